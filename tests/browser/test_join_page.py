"""The patient's way in: code, camera and microphone and what may be wrong with them, name and consent."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import Patient, Practice, employ, expect_picture, part
from tests.conftest import FreshServer, NewPerson
from tests.support import network
from tests.support.browser import PHONE, Permission

INSIDE_ANOTHER_APP = """Object.defineProperty(navigator, "userAgent", {
  value: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Instagram 380.0.0",
});"""


def without(kind: str, error: str) -> str:
    """Return a script after which the browser refuses a kind of device with an error."""
    return f"""{{
      const {{ getUserMedia }} = MediaDevices.prototype;
      window.broken = true;
      MediaDevices.prototype.getUserMedia = async function (constraints) {{
        if (broken && constraints.{kind}) throw new DOMException("", "{error}");
        return getUserMedia.call(this, constraints);
      }};
    }}"""


@pytest.mark.parametrize(
    ("error", "title", "words"),
    [
        ("NotAllowedError", "Die Kamera ist gesperrt", "erlauben die Kamera"),
        ("NotFoundError", "Keine Kamera gefunden", "Ist die Kamera angeschlossen?"),
        ("NotReadableError", "Die Kamera wird gerade benutzt", "benutzt gerade die Kamera"),
    ],
)
def test_join_without_a_camera_says_why_and_goes_on_with_sound(
    practice: Practice, error: str, title: str, words: str
) -> None:
    invitation = practice.invite()
    patient = practice.patient(invitation["link"], script=without("video", error))

    part(patient.page, "allow").click()

    expect(part(patient.page, "media-problem-title")).to_have_text(title)
    expect(part(patient.page, "media-problem-text")).to_contain_text(words)
    expect(part(patient.page, "camera")).to_be_disabled()
    expect(part(patient.page, "no-picture")).to_be_visible()
    part(patient.page, "sound-only").click()
    expect(part(patient.page, "media-problem")).to_be_hidden()
    expect(part(patient.page, "name")).to_be_focused()
    assert patient.inside.live_tracks() == ["audio"]
    patient.introduce("Erika Beispiel")


def test_join_with_sound_only_is_told_to_the_other_side(practice: Practice) -> None:
    invitation = practice.invite()
    practitioner = practice.practitioner()
    patient = practice.patient(invitation["link"], script=without("video", "NotFoundError"))
    patient.enter("Erika Beispiel")

    practitioner.admit("Erika Beispiel")

    expect(part(practitioner.page, "stage-message")).to_have_text(
        "Die andere Seite hat die Kamera ausgeschaltet."
    )
    expect_picture(patient.person)
    assert patient.inside.live_tracks() == ["audio"]


def test_join_camera_that_comes_back_is_taken_on_another_try(practice: Practice) -> None:
    invitation = practice.invite()
    patient = practice.patient(invitation["link"], script=without("video", "NotReadableError"))
    part(patient.page, "allow").click()
    expect(part(patient.page, "media-problem")).to_be_visible()

    patient.page.evaluate("broken = false")
    part(patient.page, "retry").click()

    expect(part(patient.page, "media-problem")).to_be_hidden()
    expect(part(patient.page, "local-video")).to_be_visible()
    assert patient.inside.live_tracks() == ["audio", "video"]


def test_join_without_permission_says_how_to_give_it_and_lets_enter_anyway(
    practice: Practice,
) -> None:
    invitation = practice.invite()
    practitioner = practice.practitioner()
    patient = practice.patient(invitation["link"], permission=Permission.DENIED)

    part(patient.page, "allow").click()

    expect(part(patient.page, "media-problem-title")).to_have_text(
        "Kamera und Mikrofon sind gesperrt"
    )
    expect(part(patient.page, "media-problem-text")).to_contain_text("Noch einmal versuchen")
    expect(part(patient.page, "retry")).to_be_visible()
    expect(part(patient.page, "sound-only")).to_be_hidden()
    patient.introduce("Erika Beispiel")
    practitioner.admit("Erika Beispiel")
    expect_picture(patient.person)
    assert patient.inside.live_tracks() == []


def test_join_without_a_microphone_says_that_nobody_can_hear(practice: Practice) -> None:
    invitation = practice.invite()
    patient = practice.patient(invitation["link"], script=without("audio", "NotFoundError"))

    part(patient.page, "allow").click()

    expect(part(patient.page, "media-problem-title")).to_have_text("Kein Mikrofon gefunden")
    expect(part(patient.page, "sound-only")).to_be_hidden()
    expect(part(patient.page, "level-words")).to_be_hidden()
    expect(part(patient.page, "microphone")).to_be_disabled()
    assert patient.inside.live_tracks() == ["video"]


def test_join_without_camera_by_choice_takes_it_when_it_is_switched_on(practice: Practice) -> None:
    patient = practice.patient(practice.invite()["link"])

    part(patient.page, "skip").click()

    expect(patient.element).to_have_attribute("state", "preview")
    expect(part(patient.page, "media-problem")).to_be_hidden()
    expect(part(patient.page, "no-picture")).to_be_visible()
    assert patient.inside.wanted_devices() == [["audio"]]
    part(patient.page, "camera").click()
    expect(part(patient.page, "local-video")).to_be_visible()
    assert patient.inside.wanted_devices() == [["audio"], ["video"]]


def test_join_asks_for_nothing_before_a_click_and_once_for_preview_and_call(
    practice: Practice,
) -> None:
    invitation = practice.invite()
    practitioner = practice.practitioner()
    patient = practice.patient(invitation["link"])
    assert patient.inside.wanted_devices() == []

    patient.enter("Erika Beispiel")
    practitioner.admit("Erika Beispiel")

    expect_picture(practitioner.person)
    assert patient.inside.wanted_devices() == [["audio", "video"]]
    assert practitioner.inside.wanted_devices() == [["audio", "video"]]


def test_join_microphone_level_moves_with_the_beep(practice: Practice) -> None:
    patient = practice.patient(practice.invite()["link"])

    part(patient.page, "allow").click()

    expect(part(patient.page, "level")).to_have_attribute("aria-valuenow", re.compile("^[1-9]"))
    expect(part(patient.page, "level-words")).to_have_text("Ihr Mikrofon funktioniert.")


def test_join_with_gaps_says_beside_each_field_what_is_missing(practice: Practice) -> None:
    patient = practice.patient(practice.invite()["link"])
    part(patient.page, "allow").click()
    name, consent = part(patient.page, "name"), part(patient.page, "consent")

    part(patient.page, "enter").click()

    expect(part(patient.page, "name-error")).to_have_text(
        "Bitte geben Sie Ihren Namen ein, damit die Praxis weiß, wer Sie sind."
    )
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_be_focused()
    expect(part(patient.page, "consent-error")).to_contain_text("Ohne Ihr Einverständnis")
    name.fill("Erika Beispiel")
    expect(part(patient.page, "name-error")).to_be_hidden()
    expect(part(patient.page, "consent-error")).to_be_visible()
    part(patient.page, "enter").click()
    expect(consent).to_be_focused()
    expect(patient.element).to_have_attribute("state", "preview")
    consent.check()
    expect(part(patient.page, "consent-error")).to_be_hidden()
    part(patient.page, "enter").click()
    expect(patient.element).to_have_attribute("state", "waiting")


def test_join_inside_another_app_helps_out_of_it(practice: Practice) -> None:
    invitation = practice.invite()
    patient = practice.patient(invitation["link"], screen=PHONE, script=INSIDE_ANOTHER_APP)
    rescue = part(patient.page, "rescue")

    expect(part(rescue, "rescue-title")).to_have_text(
        "Bitte öffnen Sie diese Seite in Ihrem Browser"
    )
    expect(rescue.locator("code")).to_have_text(invitation["link"])
    expect(rescue).to_contain_text(invitation["code"])
    # Some of these browsers can do it after all.
    expect(part(patient.page, "allow")).to_be_visible()
    part(rescue, "copy").click()
    expect(rescue.locator("meet-copy")).to_have_attribute("state", "copied")
    expect(part(rescue, "status")).to_have_text("Der Link ist kopiert.")
    part(patient.page, "language").click()
    expect(part(rescue, "rescue-title")).to_have_text("Please open this page in your browser")
    part(rescue, "copy").click()
    expect(part(rescue, "status")).to_have_text("The link is copied.")


def test_join_over_an_insecure_connection_says_so_and_asks_for_no_camera(
    fresh_server: FreshServer, new_person: NewPerson
) -> None:
    practice = employ(fresh_server(role="web", public_host=network.ADDRESS), new_person)
    invitation = practice.invite()

    patient = practice.patient(invitation["link"])

    # Chromium says what it thinks of such an address.
    patient.person.watch.allow("^The Cross-Origin-Opener-Policy header has been ignored")
    expect(part(patient.page, "rescue-title")).to_have_text("Diese Verbindung ist nicht gesichert")
    expect(part(patient.page, "rescue")).to_contain_text(invitation["code"])
    expect(part(patient.page, "allow")).to_be_hidden()
    expect(part(patient.page, "skip")).to_be_hidden()
    part(patient.page, "copy").click()
    expect(part(patient.page, "status")).to_have_text(
        "Kopieren ist hier nicht erlaubt. Bitte markieren Sie den Text und kopieren Sie ihn selbst."
    )


def test_join_page_changes_the_language_in_place_and_keeps_what_was_entered(
    practice: Practice,
) -> None:
    patient = practice.patient(practice.invite()["link"])
    part(patient.page, "allow").click()
    part(patient.page, "name").fill("Erika Beispiel")

    part(patient.page, "language").click()

    expect(patient.page.get_by_label("Your name")).to_have_value("Erika Beispiel")
    expect(patient.page.get_by_role("button", name="Enter waiting room")).to_be_visible()
    expect(patient.element).to_have_attribute("state", "preview")
    terms = patient.element.get_by_role("link", name="Terms of use")
    expect(terms).to_have_attribute("href", "/en/terms")
    # Remembered by a cookie, so that the next page speaks it too.
    patient.page.reload()
    expect(patient.page.locator("html")).to_have_attribute("lang", "en")


def test_join_by_code_leads_to_the_same_call_as_the_link(practice: Practice) -> None:
    invitation = practice.invite()
    practitioner = practice.practitioner()
    patient = Patient(practice.new_person(practice.server.origin, permission=Permission.ASKED))
    patient.person.watch.allow("404")
    patient.page.goto("/de/")
    field = patient.page.get_by_label("Ihr Zugangscode")

    field.fill("ABC-DEF-GHJ")
    patient.page.get_by_role("button", name="Zu meinem Termin").click()
    expect(patient.page.get_by_role("alert")).to_contain_text("Diesen Code kennen wir nicht")
    field.fill(invitation["code"].lower().replace("-", ""))
    patient.page.get_by_role("button", name="Zu meinem Termin").click()

    expect(patient.page).to_have_url(invitation["link"])
    patient.enter("Erika Beispiel")
    practitioner.admit("Erika Beispiel")
    expect_picture(patient.person)
