"""Every sentence that a page in which people meet may have to say while it stays open.

The templates render them, and one JSON per language carries them to the page, so that a change of language changes the
words and the call goes on. A placeholder `time` is shown as a time of day, `day` as a date, both by the page.
"""

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

PHRASES: dict[str, LazyString] = {
    # What every page has around it
    "page.skip": _l("Skip to the content"),
    "page.landing": _l("MeetOne, start page"),
    "page.help": _l("Legal information and help"),
    "page.faq": _l("Questions and answers"),
    "page.imprint": _l("Imprint"),
    "page.privacy": _l("Privacy"),
    "page.terms": _l("Terms of use"),
    "page.accessibility": _l("Accessibility"),
    # The way in
    "visit.title": _l("Your video consultation"),
    "visit.with": _l("With %(practitioner)s"),
    "visit.when": _l("%(day)s, %(time)s"),
    "start.heading": _l("Let us check picture and sound"),
    "start.why": _l(
        "Your browser is about to ask whether this page may use your camera and microphone. Please choose "
        "“Allow”: without it, you could be neither seen nor heard."
    ),
    "start.nobody": _l("Nobody sees or hears you yet."),
    "start.allow": _l("Allow camera and microphone"),
    "start.skip": _l("Go on without camera"),
    "rescue.in-app.title": _l("Please open this page in your browser"),
    "rescue.in-app": _l(
        "You opened the link inside another app. Camera and microphone often do not work there. Open the menu of "
        "this app and choose “Open in browser”, or copy the link and paste it into Safari, Chrome or Firefox."
    ),
    "rescue.insecure.title": _l("This connection is not secure"),
    "rescue.insecure": _l(
        "Browsers only hand over camera and microphone on secure pages that start with https. Please open the "
        "link exactly as you received it, or call the practice."
    ),
    "rescue.unsupported.title": _l("This browser cannot make video calls"),
    "rescue.unsupported": _l(
        "Please open the link in a current version of Chrome, Edge, Safari or Firefox. You can copy the link "
        "here, or type the code on the start page there."
    ),
    "rescue.link": _l("Your link"),
    "rescue.code": _l("Your code"),
    "copy": _l("Copy link"),
    "copied": _l("The link is copied."),
    "copy.failed": _l("Copying is not allowed here. Please mark the text and copy it yourself."),
    # What may be wrong with camera and microphone
    "media.denied.title": _l("Camera and microphone are blocked"),
    "media.denied": _l(
        "The browser was told not to share them with this page. Tap the symbol to the left of the address, allow "
        "camera and microphone, and then choose “Try again”."
    ),
    "media.camera-denied.title": _l("The camera is blocked"),
    "media.camera-denied": _l(
        "You can be heard but not seen. To change this, tap the symbol to the left of the address, allow the "
        "camera, and choose “Try again”. Or go on with sound only."
    ),
    "media.camera-missing.title": _l("No camera was found"),
    "media.camera-missing": _l(
        "You can be heard but not seen. Is the camera plugged in? Then choose “Try again”. Or go on with sound "
        "only."
    ),
    "media.camera-busy.title": _l("The camera is in use"),
    "media.camera-busy": _l(
        "Another program or another tab holds the camera. Close it there and choose “Try again”. Or go on with "
        "sound only."
    ),
    "media.microphone-denied.title": _l("The microphone is blocked"),
    "media.microphone-denied": _l(
        "You can be seen but not heard. Tap the symbol to the left of the address, allow the microphone, and "
        "choose “Try again”."
    ),
    "media.microphone-missing.title": _l("No microphone was found"),
    "media.microphone-missing": _l(
        "You can be seen but not heard. Is the microphone or the headset plugged in? Then choose “Try again”."
    ),
    "media.microphone-busy.title": _l("The microphone is in use"),
    "media.microphone-busy": _l(
        "Another program holds the microphone, for example a phone call. Close it there and choose “Try again”."
    ),
    "media.missing.title": _l("Neither camera nor microphone was found"),
    "media.missing": _l(
        "Please plug them in and choose “Try again”, or open the link on a phone. You can also go on and only "
        "watch and listen."
    ),
    "media.busy.title": _l("Camera and microphone are in use"),
    "media.busy": _l(
        "Another program or another tab holds them. Close it there and choose “Try again”."
    ),
    "media.retry": _l("Try again"),
    "media.sound-only": _l("Go on with sound only"),
    # The preview
    "preview.heading": _l("How you will be seen and heard"),
    "preview.speak": _l("Say a few words: the bar should move."),
    "preview.moves": _l("Your microphone works."),
    "preview.silent": _l(
        "We hear nothing from this microphone. Is it muted on the device or the headset?"
    ),
    "preview.no-picture": _l("No picture of you"),
    "preview.self": _l("Your own picture"),
    "preview.level": _l("Level of your microphone"),
    "name.label": _l("Your name"),
    "name.hint": _l(
        "It goes straight to the practice, from your browser to theirs. The server never learns it."
    ),
    "name.missing": _l("Please enter your name, so that the practice knows who you are."),
    "consent.label": _l(
        "I agree that this consultation is held by video and that my browser connects directly with the one of "
        "the practice."
    ),
    "consent.missing": _l(
        "Without your consent the consultation cannot be held by video. If you do not want to give it, please "
        "call the practice."
    ),
    "consent.more": _l("Terms of use"),
    "consent.privacy": _l("Privacy"),
    "address.title": _l("What the other side can see"),
    "address.direct": _l(
        "From the waiting room on, your browser and the one of the practice are connected directly. Each side can"
        " see the network address of the other one; our server knows both only as long as it introduces you."
    ),
    "address.relay": _l(
        "This practice runs a relay of its own. If no direct way can be found, the encrypted data travel through "
        "it."
    ),
    "address.relay-only": _l(
        "This practice passes everything through a relay of its own. It carries the encrypted data without "
        "being able to read them, and neither side sees the network address of the other."
    ),
    "address.name": _l(
        "Your name goes to whoever holds the other end. Compare the security code during the call to be sure that"
        " this is your practice."
    ),
    "enter": _l("Enter waiting room"),
    # The waiting room
    "waiting.arriving": _l("One moment, you are being announced …"),
    "waiting.early.title": _l("You are early"),
    "waiting.early": _l(
        "The waiting room opens at %(time)s. You may leave this page open; it will go on by itself."
    ),
    "waiting.alone.title": _l("The room is not open yet"),
    "waiting.alone": _l(
        "The practice is told, without your name, that you came at %(time)s. Please leave this page open."
    ),
    "waiting.connecting.title": _l("You are in the right place"),
    "waiting.connecting": _l("The practice is there, and your browsers are being connected …"),
    "waiting.seen.title": _l("You are expected"),
    "waiting.seen": _l(
        "%(practitioner)s sees that you are here, since %(time)s. You will be called in; please leave this page "
        "open."
    ),
    "waiting.no-server": _l(
        "The connection to the server is interrupted. It is being restored; your place is kept."
    ),
    "waiting.phone": _l("You can also call the practice:"),
    "waiting.leave": _l("Leave the waiting room"),
    "claim.asked.title": _l("A second device asks for your place"),
    "claim.asked": _l(
        "Your link was opened on another device. If that was you, you can go on there; this page then closes."
    ),
    "claim.accept": _l("Go on there"),
    "claim.refuse": _l("Stay here"),
    "claim.own.title": _l("Your place is already taken"),
    "claim.own": _l(
        "This consultation is open on another device. Confirm there, or ask the practice, that you want to go on "
        "here."
    ),
    # The call
    "call.remote": _l("Picture of the other side"),
    "call.microphone": _l("Microphone"),
    "call.camera": _l("Camera"),
    "call.switch-camera": _l("Other camera"),
    "call.hang-up": _l("Hang up"),
    "call.sound": _l("Switch sound on"),
    "call.code": _l("Security code"),
    "call.code-why": _l(
        "Read the six digits to each other. If they are the same, nobody stands between you."
    ),
    "call.unstable": _l("The connection is unstable at the moment."),
    "call.reconnecting": _l(
        "The connection is interrupted. It is being restored by itself; please stay here."
    ),
    "call.no-picture": _l("The picture is on its way …"),
    "call.other-silent": _l("The other side has switched off the microphone."),
    "call.other-dark": _l("The other side has switched off the camera."),
    "call.other-neither": _l("The other side has switched off camera and microphone."),
    "call.other-paused": _l("The picture is paused so that the sound stays clear."),
    "call.other-hidden": _l("The other side is looking at another window."),
    "call.unverified": _l(
        "The security code could not be agreed on. Please do not say anything confidential."
    ),
    # How good the connection is, and why
    "quality.heading": _l("Quality of the connection"),
    "quality.measuring": _l("Connection is being measured …"),
    "quality.level.4": _l("Connection very good"),
    "quality.level.3": _l("Connection good"),
    "quality.level.2": _l("Connection weak"),
    "quality.level.1": _l("Connection bad"),
    "quality.fine.both": _l("Sound and picture arrive as they should."),
    "quality.loss.own": _l(
        "Part of what you send gets lost. It often helps to move closer to the Wi-Fi router."
    ),
    "quality.loss.other": _l(
        "Part of what the other side sends gets lost. It often helps if they move closer to their Wi-Fi "
        "router."
    ),
    "quality.loss.both": _l(
        "In both directions something gets lost. It often helps to move closer to the Wi-Fi router."
    ),
    "quality.sound.other": _l(
        "The other side's sound arrives with gaps. It often helps if they close other programs or change "
        "the network."
    ),
    "quality.picture.other": _l(
        "The other side's picture stands still at times. The sound comes first and is kept."
    ),
    "quality.delay.both": _l(
        "The way between you is slow: words arrive late. Please let each other finish speaking."
    ),
    "quality.narrow.own": _l(
        "Your connection carries little, so your picture is sent smaller. It often helps to close other "
        "programs that use the internet."
    ),
    "quality.narrow.other": _l(
        "The other side's connection carries little, so its picture is paused. The sound is kept."
    ),
    "quality.narrow.both": _l(
        "The connection carries little in both directions. The sound comes first and is kept."
    ),
    "quality.processor.own": _l(
        "Your device is busy, so your picture is sent smaller. It helps to close other programs."
    ),
    "quality.paused": _l(
        "Your picture is paused so that the sound stays clear. It comes back by itself."
    ),
    "quality.fact.sent": _l("You send"),
    "quality.fact.received": _l("You receive"),
    "quality.fact.sent-lost": _l("Lost of what you send"),
    "quality.fact.received-lost": _l("Lost of what you receive"),
    "quality.fact.concealed": _l("Gaps in the sound"),
    "quality.fact.round-trip": _l("There and back"),
    "quality.fact.way": _l("Way"),
    "quality.fact.candidates": _l("Kinds of addresses (ICE)"),
    "quality.fact.encryption": _l("Encryption"),
    "quality.fact.restarts": _l("Restarts of the connection"),
    "quality.frames": _l("%(frames)s pictures per second"),
    "quality.direct": _l("direct, without a relay (%(protocol)s)"),
    "quality.relayed": _l("relayed: through the practice's relay (%(protocol)s)"),
    "quality.detail": _l("Show a detail sharply"),
    "quality.detail-why": _l(
        "For documents and skin: your picture gets sharper and moves less smoothly."
    ),
    "quality.copy": _l("Copy report"),
    "quality.copied": _l("The report is copied. It holds neither names nor addresses."),
    "quality.report": _l("MeetOne: report on a connection"),
    # Why there is no connection, and what helps
    "failure.title": _l("There is no direct connection yet"),
    "failure.goes-on": _l(
        "New attempts are made by themselves; you need not wait for them to call."
    ),
    "failure.practice": _l(
        "New attempts are made by themselves. The person is asked to call you if it does not work."
    ),
    "cause.udp-blocked.own": _l("Your network blocks video connections (UDP)."),
    "cause.udp-blocked.other": _l("The other side's network blocks video connections (UDP)."),
    "cause.udp-blocked.both": _l("Neither network lets video connections out (UDP)."),
    "cause.nat.own": _l(
        "Your network uses another address for each connection, so the other side cannot find you."
    ),
    "cause.nat.other": _l(
        "The other side's network uses another address for each connection, so it cannot be found from "
        "here."
    ),
    "cause.nat.both": _l(
        "Both networks use another address for each connection, so no direct way can be found."
    ),
    "cause.stun-unreachable.both": _l(
        "The server that shows both browsers the way out (STUN) does not answer."
    ),
    "cause.signalling-blocked.own": _l(
        "Your network shows this page, but blocks the line to the waiting room (WebSocket)."
    ),
    "cause.permission.own": _l(
        "Your browser hides where it is in your network until it may use the camera or microphone."
    ),
    "cause.permission.other": _l(
        "The other side's browser hides where it is in the network until it may use the camera or "
        "microphone."
    ),
    "cause.no-candidates.own": _l(
        "Your browser gives away no network address, as a VPN or a strict privacy setting makes it do."
    ),
    "cause.no-candidates.other": _l(
        "The other side's browser gives away no network address, as a VPN or a strict privacy setting "
        "makes it do."
    ),
    "cause.relay-unreachable.own": _l("Your browser does not reach the practice's relay."),
    "cause.relay-unreachable.other": _l(
        "The other side's browser does not reach the practice's relay."
    ),
    "cause.no-way.both": _l("No direct way between the two networks has been found."),
    "remedy.network.own": _l(
        "Please change the network: switch the Wi-Fi off and use mobile data, or the other way round."
    ),
    "remedy.network.other": _l(
        "It helps if the other side changes the network, for example from Wi-Fi to mobile data."
    ),
    "remedy.network.both": _l(
        "It helps if one of you changes the network, for example from Wi-Fi to mobile data."
    ),
    "remedy.server.both": _l(
        "Please wait a moment; if it stays like this, the practice should have its server checked."
    ),
    "remedy.line.own": _l("Please try another network, or switch off the VPN or web filter."),
    "remedy.permission.own": _l("Please allow camera and microphone, and load the page again."),
    "remedy.permission.other": _l(
        "It helps if the other side allows camera and microphone and loads the page again."
    ),
    "remedy.browser.own": _l(
        "Please switch off the VPN or the setting for this page, or use another browser."
    ),
    "remedy.browser.other": _l(
        "It helps if the other side switches off the VPN or the setting, or uses another browser."
    ),
    # The end
    "ended.left.title": _l("You have left the consultation"),
    "ended.hung-up.title": _l("The consultation is over"),
    "ended.ended.title": _l("The consultation is over"),
    "ended.gone": _l(
        "Camera and microphone are off. Nothing of the conversation was stored, on this device or elsewhere."
    ),
    "ended.back": _l("If something was left unsaid, open your link again or call the practice."),
    "ended.again": _l("Back to the waiting room"),
    "ended.get-well": _l("All the best!"),
    # Refusals
    "failed.title": _l("This did not work"),
    "failed.taken-over.title": _l("You are here on another page"),
    "failed.taken-over": _l(
        "Your consultation was opened in another window or on another device and goes on there."
    ),
    "failed.continue": _l("Continue here"),
    "failed.expired": _l(
        "This invitation has expired: the consultation was too long ago. Please ask the practice for a new one."
    ),
    "failed.revoked": _l(
        "The practice has withdrawn or renewed this invitation. Please use the newer link, or call the practice."
    ),
    "failed.ended": _l("The practice has ended this consultation."),
    "failed.unknown": _l(
        "This link is not known here. Please check that it was copied completely, or call the practice."
    ),
    "failed.claim-refused": _l(
        "The consultation goes on on the other device; this one was not let in. If that was a mistake, try again "
        "or call the practice."
    ),
    "failed.too-many-sockets": _l(
        "There are too many connections from your network at the moment. Please wait a minute and try again."
    ),
    "failed.version": _l("MeetOne has been updated meanwhile. Please load this page again."),
    "failed.not-signed-in": _l(
        "You are signed out. Please sign in again to open the consulting room."
    ),
    "failed.other": _l(
        "Something went wrong on our side. Please load the page again; if that does not help, call the practice."
    ),
    "failed.not-loaded": _l(
        "The page did not load completely. Please check your connection and load it again."
    ),
    "failed.reload": _l("Load again"),
    # The consulting room
    "room.title": _l("Consulting room"),
    "room.waiting": _l("Waiting room"),
    "room.nobody": _l("Nobody is waiting."),
    "room.nobody-hint": _l(
        "Whoever comes appears here by themselves. You can leave this page open."
    ),
    "room.since": _l("here since %(time)s"),
    "room.away": _l("away since %(time)s"),
    "room.early": _l("here since %(time)s, the waiting room opens later"),
    "room.connecting": _l("being connected …"),
    "room.unnamed": _l("Name follows …"),
    "room.alias": _l("%(alias)s, %(time)s"),
    "room.admit": _l("Admit"),
    "room.in-call": _l("In consultation"),
    "room.end": _l("End for good"),
    "room.allow": _l("Allow camera and microphone"),
    "room.allow-why": _l(
        "Your browser will ask for them once. Then one click is enough to call somebody in."
    ),
    "room.idle.title": _l("Nobody is called in"),
    "room.idle": _l("Choose “Admit” beside the one who is next."),
    "room.day": _l("Day list"),
    "room.no-server": _l(
        "The connection to the server is interrupted. It is being restored; a running consultation goes on."
    ),
    "room.taken-over": _l("The consulting room was opened in another window and goes on there."),
    "room.claim": _l("A second device asks for this seat."),
    "room.claim-accept": _l("Let it take over"),
    "room.claim-refuse": _l("Refuse"),
    "room.came": _l("Somebody has entered the waiting room."),
    "room.left": _l("The person has left the consultation."),
    "relay.only": _l("Only through our relay"),
    "relay.why": _l(
        "Your network address then stays hidden from the other side. It holds for the next connection."
    ),
    "relay.always": _l("All connections of this practice go through its own relay."),
    "language.failed": _l("The other language could not be loaded. Please try again."),
}


def phrases_in(language: str) -> dict[str, str]:
    """Return every phrase in one language, by key, placeholders untouched."""
    with force_locale(language):
        return {key: str(phrase) for key, phrase in PHRASES.items()}
