"""The waiting room as both sides see it: who is there, who is away, who is next, and which device goes on."""

import re

from playwright.sync_api import expect

from tests.browser.people import Patient, Practice, Practitioner, employ, expect_picture, part, soon
from tests.conftest import FreshServer, NewPerson

HOLD_SEEN = """
window.held = [];
const { send } = RTCDataChannel.prototype;
RTCDataChannel.prototype.send = function (data) {
  if (JSON.parse(data).type === "seen") held.push(() => send.call(this, data));
  else send.call(this, data);
};
"""
"""Keeps back what the practitioner's page acknowledges."""
SHOWN_CONNECTION = """(video) => {
  const [track] = video.srcObject.getTracks();
  return inside.connections.findIndex((each) =>
    each.getReceivers().some((receiver) => receiver.track === track));
}"""
"""Number of the connection whose picture is shown, in the order in which they were made."""
CLOCK = r"\d\d:\d\d"


def test_waiting_patient_before_the_practitioner_is_told_and_listed(
    fresh_server: FreshServer, new_person: NewPerson
) -> None:
    practice = employ(fresh_server(PRACTICE_PHONE="030 123-4567"), new_person)
    invitation = practice.invite(alias="Amsel 27")
    patient = practice.patient(invitation["link"])

    patient.enter("Erika Beispiel")

    expect(part(patient.page, "waiting-title")).to_have_text(
        "Das Sprechzimmer ist noch nicht geöffnet"
    )
    expect(part(patient.page, "waiting-text")).to_have_text(
        re.compile(
            f"^Die Praxis erfährt – ohne Ihren Namen –, dass Sie um {CLOCK} Uhr gekommen sind. "
            "Bitte lassen Sie diese Seite offen.$"
        )
    )
    phone = patient.page.locator("meet-visit a[href='tel:0301234567']:visible")
    expect(phone).to_have_text("030\N{NO-BREAK SPACE}123\N{NON-BREAKING HYPHEN}4567")

    practitioner = Practitioner(new_person(practice.server.origin))
    practitioner.sign_in(practice.email)
    [since] = re.findall(CLOCK, part(patient.page, "waiting-text").inner_text())
    line = practitioner.page.get_by_role("listitem").filter(has_text="Amsel 27")
    expect(line).to_contain_text(f"wartet seit {since} Uhr")
    assert "Erika" not in practitioner.page.content()
    practitioner.enter_room()

    expect(part(practitioner.waiting("Erika Beispiel"), "patient-since")).to_have_text(
        f"da seit {since} Uhr"
    )
    expect(part(patient.page, "waiting-title")).to_have_text("Sie werden erwartet")


def test_waiting_patient_is_seen_only_after_the_practitioners_page_said_so(
    practice: Practice,
) -> None:
    invitation = practice.invite()
    practitioner = practice.practitioner(script=HOLD_SEEN)
    patient = practice.patient(invitation["link"])

    patient.enter("Erika Beispiel")

    expect(practitioner.waiting("Erika Beispiel")).to_be_visible()
    practitioner.page.wait_for_function("held.length === 1")
    expect(part(patient.page, "waiting-title")).to_have_text("Sie sind hier richtig")
    practitioner.page.evaluate("held.forEach((say) => say())")
    expect(part(patient.page, "waiting-title")).to_have_text("Sie werden erwartet")
    expect(part(patient.page, "waiting-text")).to_have_text(
        re.compile(
            f"^Dr. Weber sieht, dass Sie da sind, seit {CLOCK} Uhr. Sie werden hereingebeten; "
            "bitte lassen Sie diese Seite offen.$"
        )
    )


def test_waiting_patient_is_no_longer_seen_when_the_room_is_closed(practice: Practice) -> None:
    invitation = practice.invite()
    practitioner = practice.practitioner()
    patient = practice.patient(invitation["link"])
    patient.enter("Erika Beispiel")
    expect(part(patient.page, "waiting-title")).to_have_text("Sie werden erwartet")

    practitioner.page.goto("/practice/")

    expect(part(patient.page, "waiting-title")).to_have_text(
        "Das Sprechzimmer ist noch nicht geöffnet"
    )


def test_waiting_patients_are_called_in_one_after_the_other(practice: Practice) -> None:
    names = ["Erika Beispiel", "Max Muster", "Ida Probe"]
    practitioner = practice.practitioner()
    patients = [wait(practice, name) for name in names]
    for name in names:
        expect(part(practitioner.waiting(name), "admit")).to_be_enabled()
    names_shown = part(practitioner.page, "patient-name")
    expect(names_shown).to_have_text(names)

    practitioner.admit("Erika Beispiel")
    expect_picture(practitioner.person)
    for name in names[1:]:
        expect(part(practitioner.waiting(name), "admit")).to_be_disabled()
    video = part(practitioner.page, "remote-video")
    first_shown = video.evaluate(SHOWN_CONNECTION)
    part(practitioner.page, "hang-up").click()
    expect(names_shown).to_have_text(names[1:])
    assert video.evaluate("(video) => video.srcObject") is None
    expect(part(practitioner.page, "other-name")).to_have_text("")

    practitioner.admit("Max Muster")

    expect_picture(practitioner.person)
    expect_picture(patients[1].person)
    assert video.evaluate(SHOWN_CONNECTION) != first_shown
    expect(part(practitioner.page, "other-name")).to_have_text("Max Muster")
    expect(part(practitioner.waiting("Ida Probe"), "admit")).to_be_disabled()
    expect(patients[2].element).to_have_attribute("state", "waiting")
    assert patients[2].inside.media_bytes() == {"sent": 0, "received": 0}
    assert patients[1].inside.media_bytes()["received"] > 0


def test_waiting_patient_who_reloads_keeps_the_seat(practice: Practice) -> None:
    practitioner = practice.practitioner()
    patient = wait(practice, "Erika Beispiel")
    expect(practitioner.waiting("Erika Beispiel")).to_be_visible()
    seat = practitioner.seat("Erika Beispiel")

    patient.page.reload()

    expect(patient.element).to_have_attribute("state", "waiting")
    expect(part(patient.page, "waiting-title")).to_have_text("Sie werden erwartet")
    expect(part(practitioner.waiting("Erika Beispiel"), "admit")).to_be_enabled()
    assert practitioner.seat("Erika Beispiel") == seat
    practitioner.admit("Erika Beispiel")
    expect_picture(practitioner.person)


def test_waiting_patient_who_is_lost_is_away_and_comes_back_by_the_link(practice: Practice) -> None:
    invitation = practice.invite()
    practitioner = practice.practitioner()
    lost = practice.patient(invitation["link"])
    lost.enter("Erika Beispiel")
    expect(practitioner.waiting("Erika Beispiel")).to_be_visible()
    seat = practitioner.seat("Erika Beispiel")

    lost.page.goto("about:blank")

    item = practitioner.page.locator(f'[data-seat="{seat}"]')
    expect(part(item, "patient-since")).to_have_text(re.compile(f"^weg seit {CLOCK} Uhr$"))
    expect(part(item, "admit")).to_be_disabled()
    # Another device has no resume secret: the seat is free for it once it has been empty for a while.
    back = practice.patient(invitation["link"])
    back.enter("Erika Beispiel")
    expect(part(back.page, "claim-title")).to_have_text("Ihr Platz ist schon besetzt")
    expect(part(back.page, "waiting-title")).to_have_text("Sie werden erwartet", timeout=40_000)
    expect(part(back.page, "claim")).to_be_hidden()
    expect(part(item, "patient-since")).to_have_text(re.compile(f"^da seit {CLOCK} Uhr$"))
    expect(part(practitioner.page, "waiting-patient")).to_have_count(1)


def test_waiting_patient_who_leaves_is_gone_from_the_list(practice: Practice) -> None:
    practitioner = practice.practitioner()
    patient = wait(practice, "Erika Beispiel")
    expect(practitioner.waiting("Erika Beispiel")).to_be_visible()

    part(patient.page, "leave").click()

    expect(patient.element).to_have_attribute("state", "ended")
    assert patient.inside.live_tracks() == []
    expect(part(practitioner.page, "waiting-patient")).to_have_count(0)


def test_waiting_patient_hours_too_early_is_listed_but_not_connected(practice: Practice) -> None:
    invitation = practice.invite(starts_at=soon(minutes=180), alias="Amsel 27")
    patient = practice.patient(invitation["link"])
    patient.enter("Erika Beispiel")
    practitioner = practice.practitioner()

    item = part(practitioner.page, "waiting-patient")
    expect(part(item, "patient-since")).to_have_text(
        re.compile(f"^da seit {CLOCK} Uhr, das Wartezimmer öffnet später$")
    )
    expect(part(item, "patient-name")).to_have_text("Name folgt …")
    expect(part(item, "patient-alias")).to_have_text(re.compile(f"^Amsel 27, {CLOCK} Uhr$"))
    expect(part(item, "admit")).to_be_disabled()
    expect(part(patient.page, "waiting-title")).to_have_text("Sie sind früh dran")
    expect(part(patient.page, "waiting-text")).to_have_text(
        re.compile(f"^Das Wartezimmer öffnet um {CLOCK} Uhr. ")
    )
    assert practitioner.inside.connections() == 0
    assert patient.inside.connections() == 0


def test_waiting_patient_changes_the_language_in_place(practice: Practice) -> None:
    practitioner = practice.practitioner()
    patient = wait(practice, "Erika Beispiel")
    expect(part(patient.page, "waiting-title")).to_have_text("Sie werden erwartet")

    part(patient.page, "language").click()

    expect(part(patient.page, "waiting-title")).to_have_text("You are expected")
    expect(part(patient.page, "waiting-text")).to_contain_text("Dr. Weber sees that you are here")
    expect(patient.page.locator("html")).to_have_attribute("lang", "en")
    expect(part(patient.page, "language")).to_be_focused()
    imprint = patient.page.get_by_role("link", name="Imprint")
    expect(imprint).to_have_attribute("href", "/en/imprint")
    assert patient.inside.connections() == 1
    expect(part(practitioner.waiting("Erika Beispiel"), "admit")).to_have_text("Hereinbitten")


def test_claim_of_a_second_device_leaves_the_call_alone_until_it_is_refused(
    practice: Practice,
) -> None:
    practitioner, patient, invitation = practice.call()
    second = practice.patient(invitation["link"])

    second.enter("Erika Beispiel")

    expect(part(second.page, "claim-title")).to_have_text("Ihr Platz ist schon besetzt")
    expect(part(second.page, "waiting-title")).to_be_hidden()
    expect(part(patient.page, "claim-title")).to_have_text(
        "Ein zweites Gerät möchte Ihren Platz übernehmen"
    )
    expect(part(practitioner.waiting("Erika Beispiel"), "claim")).to_contain_text(
        "Ein zweites Gerät möchte diesen Platz übernehmen."
    )
    expect_picture(practitioner.person)
    expect_picture(patient.person)

    part(patient.page, "claim-refuse").click()

    expect(second.element).to_have_attribute("state", "failed")
    expect(part(second.page, "failed-text")).to_have_text(
        "Die Sprechstunde läuft auf dem anderen Gerät weiter; dieses wurde nicht hereingelassen. "
        "War das ein Versehen, versuchen Sie es noch einmal oder rufen Sie die Praxis an."
    )
    assert second.inside.live_tracks() == []
    for side in (practitioner, patient):
        expect(part(side.page, "claim").first).to_be_hidden()
        expect(side.element).to_have_attribute("state", "connected")


def test_claim_that_is_accepted_moves_the_call_and_it_can_move_back(practice: Practice) -> None:
    practitioner, patient, invitation = practice.call()
    second = practice.patient(invitation["link"])
    second.enter("Erika Beispiel")

    part(patient.page, "claim-accept").click()

    expect(patient.element).to_have_attribute("state", "failed")
    expect(part(patient.page, "failed-title")).to_have_text(
        "Sie sind jetzt in einem anderen Fenster"
    )
    assert patient.inside.live_tracks() == []
    expect(second.element).to_have_attribute("state", "connected")
    expect_picture(second.person)
    expect_picture(practitioner.person)

    part(patient.page, "continue").click()
    expect(part(patient.page, "claim-title")).to_have_text("Ihr Platz ist schon besetzt")
    part(practitioner.waiting("Erika Beispiel"), "claim-accept").click()

    expect(second.element).to_have_attribute("state", "failed")
    expect(patient.element).to_have_attribute("state", "connected")
    expect_picture(patient.person)
    expect_picture(practitioner.person)


def wait(practice: Practice, name: str) -> Patient:
    """Let a patient with a consultation of their own wait."""
    patient = practice.patient(practice.invite()["link"])
    patient.enter(name)
    return patient
