"""A whole consultation between two browsers, from the invitation to the closing page."""

import re
from collections import Counter
from pathlib import Path
from secrets import token_hex

import pytest
from playwright.sync_api import expect

from tests.browser.inside import m_lines
from tests.browser.people import Patient, Practice, Practitioner, expect_picture, part
from tests.support import network
from tests.support.browser import PHONE

CHANNELS = ["chat", "control", "t140", "transfers"]
NOTHING = {"sent": 0, "received": 0}


@pytest.mark.parametrize("language", ["de", "en"])
def test_consultation_of_two_browsers_goes_from_link_to_closing_page(
    practice: Practice, language: str
) -> None:
    locale = {"de": "de-DE", "en": "en-GB"}[language]
    invitation = practice.invite(language=language)
    practitioner = practice.practitioner(locale=locale)

    patient = practice.patient(invitation["link"], locale=locale)
    patient.enter("Erika Beispiel")
    expect(practitioner.waiting("Erika Beispiel")).to_be_visible()
    expect(part(patient.page, "waiting-text")).to_contain_text("Dr. Weber")

    practitioner.admit("Erika Beispiel")
    expect(patient.element).to_have_attribute("state", "connected")
    expect_picture(practitioner.person)
    expect_picture(patient.person)

    part(patient.page, "hang-up").click()
    expect(patient.element).to_have_attribute("state", "ended")
    expect(practitioner.element).to_have_attribute("state", "idle")
    expect(part(practitioner.page, "waiting-patient")).to_have_count(0)


def test_consultation_before_admit_is_agreed_on_but_carries_no_media(practice: Practice) -> None:
    invitation = practice.invite()
    practitioner = practice.practitioner()
    patient = practice.patient(invitation["link"])
    both = (practitioner, patient)

    patient.enter("Erika Beispiel")
    expect(part(practitioner.waiting("Erika Beispiel"), "admit")).to_be_enabled()
    wait_for_checks(both)

    [offer] = patient.inside.offers()
    assert m_lines(offer) == ["audio", "video", "video", "application"]
    assert [side.inside.open_channels() for side in both] == [CHANNELS, CHANNELS]
    assert [side.inside.media_bytes() for side in both] == [NOTHING, NOTHING]
    assert_one_offer_and_one_answer(practitioner, patient)

    practitioner.admit("Erika Beispiel")
    expect_picture(practitioner.person)
    expect_picture(patient.person)
    assert all(min(side.inside.media_bytes().values()) > 10_000 for side in both)
    assert_one_offer_and_one_answer(practitioner, patient)


def test_consultation_connections_ask_our_own_stun_server_only(practice: Practice) -> None:
    practitioner, patient, _ = practice.call()

    urls = [f"stun:{network.ADDRESS}:{port}" for port in practice.server.stun_ports]
    assert set(practitioner.inside.stun_urls()) == set(urls)
    assert set(patient.inside.stun_urls()) == set(urls)


def test_consultation_name_reaches_the_practitioner_and_nothing_else(practice: Practice) -> None:
    mark = f"meier-{token_hex(6)}"
    name = f"Zwölfboten-{mark.title()}"
    alias = f"Amsel {token_hex(3)}"
    invitation = practice.invite(alias=alias)
    practitioner = practice.practitioner()
    patient = practice.patient(invitation["link"])

    patient.enter(name)
    practitioner.admit(name)
    expect_picture(practitioner.person)
    on_the_wires = practitioner.inside.everything() + patient.inside.everything()
    part(patient.page, "hang-up").click()
    expect(practitioner.element).to_have_attribute("state", "idle")

    assert alias in on_the_wires
    assert mark not in on_the_wires.lower()
    assert files_with(practice.server.instance, alias) != []
    assert files_with(practice.server.folder, mark) == []


def test_consultation_hang_up_of_the_patient_ends_it_and_the_link_opens_again(
    practice: Practice,
) -> None:
    practitioner, patient, _ = practice.call()
    assert patient.inside.live_tracks() == ["audio", "video"]

    part(patient.page, "hang-up").click()

    expect(patient.element).to_have_attribute("state", "ended")
    expect(part(patient.page, "ended-title")).to_have_text("Sie haben die Sprechstunde verlassen")
    expect(practitioner.element).to_have_attribute("state", "idle")
    expect(part(practitioner.page, "waiting-patient")).to_have_count(0)
    assert patient.inside.live_tracks() == []
    part(patient.page, "again").click()
    expect(patient.element).to_have_attribute("state", "start")
    patient.enter("Erika Beispiel")
    practitioner.admit("Erika Beispiel")
    expect_picture(patient.person)


def test_consultation_hang_up_of_the_practitioner_shows_the_closing_page(
    practice: Practice,
) -> None:
    practitioner, patient, invitation = practice.call()

    part(practitioner.page, "hang-up").click()

    expect(practitioner.element).to_have_attribute("state", "idle")
    expect(part(practitioner.page, "waiting-patient")).to_have_count(0)
    expect(patient.element).to_have_attribute("state", "ended")
    expect(part(patient.page, "ended-title")).to_have_text("Die Sprechstunde ist beendet")
    assert patient.inside.live_tracks() == []
    # The link still works: something may have been left unsaid.
    patient.open(invitation["link"])


def test_consultation_ended_for_good_closes_the_link(practice: Practice) -> None:
    practitioner, patient, invitation = practice.call()

    part(practitioner.page, "end").click()

    expect(practitioner.element).to_have_attribute("state", "idle")
    expect(patient.element).to_have_attribute("state", "ended")
    expect(part(patient.page, "ended-title")).to_have_text("Die Sprechstunde ist beendet")
    assert patient.inside.live_tracks() == []
    practitioner.person.wait_for(
        lambda: [m for m in practitioner.inside.wires.received if '"type":"ended"' in m],
        "the server's word that it is over",
    )
    patient.person.watch.allow("410")
    answer = patient.page.goto(invitation["link"])
    assert answer is not None
    assert answer.status == 410
    expect(patient.page.locator("main")).to_contain_text(
        "Die Praxis hat diese Sprechstunde beendet."
    )


def test_consultation_reload_of_the_patient_goes_on_without_a_question(practice: Practice) -> None:
    practitioner, patient, _ = practice.call()
    expect_picture(practitioner.person)
    seat = practitioner.seat("Erika Beispiel")
    note_states(patient)

    patient.page.reload()

    expect(patient.element).to_have_attribute("state", "connected")
    expect(practitioner.element).to_have_attribute("state", "connected")
    expect_picture(patient.person)
    expect_picture(practitioner.person)
    assert practitioner.seat("Erika Beispiel") == seat
    assert states(patient) == ["reconnecting", "connected"]


def test_consultation_reload_of_the_practitioner_goes_on_without_a_click(
    practice: Practice,
) -> None:
    practitioner, patient, _ = practice.call()
    expect_picture(patient.person)
    note_states(patient)

    practitioner.page.reload()

    expect(practitioner.element).to_have_attribute("state", "connected")
    expect(patient.element).to_have_attribute("state", "connected")
    expect_picture(practitioner.person)
    expect_picture(patient.person)
    assert patient.page.evaluate("window.marked")


def test_consultation_toggles_say_what_they_do_and_do_it(practice: Practice) -> None:
    practitioner, patient, _ = practice.call()
    expect_picture(practitioner.person)
    camera, microphone = (part(patient.page, name) for name in ("camera", "microphone"))
    message = part(practitioner.page, "stage-message")
    state = part(practitioner.page, "other-state")

    microphone.click()
    expect(microphone).to_have_attribute("aria-pressed", "false")
    expect(state).to_have_text("Die andere Seite hat das Mikrofon ausgeschaltet.")
    practitioner.person.wait_for(lambda: loudness(practitioner) == 0, "silence")

    camera.click()
    expect(camera).to_have_attribute("aria-pressed", "false")
    expect(message).to_have_text("Die andere Seite hat Kamera und Mikrofon ausgeschaltet.")
    practitioner.person.wait_for(lambda: brightness(practitioner) < 8, "a black picture")

    camera.click()
    microphone.click()
    expect(camera).to_have_attribute("aria-pressed", "true")
    expect(microphone).to_have_attribute("aria-pressed", "true")
    expect(message).to_have_text("")
    expect(state).to_have_text("")
    practitioner.person.wait_for(lambda: brightness(practitioner) > 60, "a picture")
    practitioner.person.wait_for(lambda: loudness(practitioner) > 0, "a beep")


def test_consultation_own_picture_goes_on_in_the_call(practice: Practice) -> None:
    _, patient, _ = practice.call()
    own = part(patient.page, "local-video")

    expect(own).to_be_visible()
    started = own.evaluate("(video) => video.currentTime")
    patient.person.wait_for(
        lambda: own.evaluate("(video) => video.currentTime") > started, "the next frame"
    )


def test_consultation_language_changes_in_place_and_the_call_goes_on(practice: Practice) -> None:
    practitioner, patient, _ = practice.call()
    expect_picture(patient.person)
    shown = part(practitioner.page, "hang-up").inner_text()
    note_states(patient)

    part(patient.page, "language").click()

    expect(part(patient.page, "hang-up")).to_have_text("Hang up")
    expect(patient.page).to_have_title(re.compile("^Your video consultation · "))
    expect(part(patient.page, "language")).to_have_text("Deutsch")
    expect_picture(patient.person)
    expect_picture(practitioner.person)
    assert patient.page.evaluate("window.marked")
    assert part(practitioner.page, "hang-up").inner_text() == shown == "Auflegen"
    assert patient.inside.connections() == 1

    part(patient.page, "language").click()
    expect(part(patient.page, "hang-up")).to_have_text("Auflegen")


def test_consultation_on_a_phone_keeps_every_control_in_reach(practice: Practice) -> None:
    invitation = practice.invite()
    practitioner = practice.practitioner()
    patient = practice.patient(invitation["link"], screen=PHONE)
    patient.enter("Erika Beispiel")

    practitioner.admit("Erika Beispiel")

    for name in ("microphone", "camera", "language", "hang-up"):
        expect(part(patient.page, name)).to_be_in_viewport(ratio=1)
        part(patient.page, name).click(trial=True)


def test_consultation_by_keyboard_alone_goes_the_whole_way(practice: Practice) -> None:
    invitation = practice.invite()
    practitioner = practice.practitioner()
    patient = practice.patient(invitation["link"])

    press_on(patient, "allow", "Enter")
    expect(patient.element).to_have_attribute("state", "preview")
    tab_to(patient, "name")
    patient.page.keyboard.type("Erika Beispiel")
    press_on(patient, "consent", "Space")
    press_on(patient, "enter", "Enter")
    expect(patient.element).to_have_attribute("state", "waiting")
    expect(part(practitioner.waiting("Erika Beispiel"), "admit")).to_be_enabled()
    press_on(practitioner, "admit", "Enter")
    expect(practitioner.element).to_have_attribute("state", "connected")
    expect(patient.element).to_have_attribute("state", "connected")
    press_on(patient, "microphone", "Space")
    expect(part(patient.page, "microphone")).to_have_attribute("aria-pressed", "false")
    press_on(practitioner, "hang-up", "Enter")

    expect(patient.element).to_have_attribute("state", "ended")
    expect(practitioner.element).to_have_attribute("state", "idle")


def wait_for_checks(sides: tuple[Practitioner | Patient, ...]) -> None:
    """Wait until the path was found alive once more on every side: time in which media could have flowed."""
    for side in sides:
        wait_for_check(side)


def wait_for_check(side: Practitioner | Patient) -> None:
    before = side.inside.checks_answered()
    side.person.wait_for(lambda: side.inside.checks_answered() > before, "a consent check", 15)


def assert_one_offer_and_one_answer(practitioner: Practitioner, patient: Patient) -> None:
    offers, answers = Counter(offer=1), Counter(answer=1)
    assert practitioner.inside.descriptions() == (offers, answers)
    assert patient.inside.descriptions() == (answers, offers)


def files_with(folder: Path, text: str) -> list[Path]:
    """Find the files of a folder in which a text of ASCII stands, whatever its case."""
    wanted = text.lower().encode()
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if wanted in path.read_bytes().lower()]


def note_states(patient: Patient) -> None:
    """Mark this page, and note from the next load on which states the visit goes through."""
    patient.page.evaluate("window.marked = true")
    patient.person.context.add_init_script(
        """window.states = [];
        new MutationObserver(() => {
          const state = document.querySelector("meet-visit")?.getAttribute("state");
          if (customElements.get("meet-visit") && state && states.at(-1) !== state) states.push(state);
        }).observe(document, { subtree: true, attributes: true, attributeFilter: ["state"] });"""
    )


def states(patient: Patient) -> list[str]:
    seen: list[str] = patient.page.evaluate("window.states")
    return seen


def brightness(practitioner: Practitioner) -> int:
    """Return the brightest colour of the picture of the other side, 0 to 255."""
    value: int = part(practitioner.page, "remote-video").evaluate(
        """(video) => {
          const context = new OffscreenCanvas(16, 16).getContext("2d");
          context.drawImage(video, 0, 0, 16, 16);
          const { data } = context.getImageData(0, 0, 16, 16);
          return Math.max(...data.filter((_value, index) => index % 4 !== 3));
        }"""
    )
    return value


def loudness(practitioner: Practitioner) -> float:
    """Return the level of the sound of the other side, 0 to 1, as the receiver measures it."""
    value: float = practitioner.page.evaluate(
        """() => {
          const [audio] = inside.connections.at(-1).getReceivers();
          const [source] = audio.getSynchronizationSources();
          return source?.audioLevel ?? 0;
        }"""
    )
    return value


def press_on(side: Practitioner | Patient, name: str, key: str) -> None:
    """Reach a part with the keyboard and press a key on it."""
    tab_to(side, name)
    side.page.keyboard.press(key)


def tab_to(side: Practitioner | Patient, name: str) -> None:
    """Press Tab until a part has the focus; a page has fewer stops than this allows."""
    for _ in range(40):
        side.page.keyboard.press("Tab")
        if part(side.page, name).first.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not reach {name}")
