"""How good a call is, and why there is none: said on both pages, in words."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Practice, employ, expect_picture, part
from tests.conftest import FreshServer, NewPerson

PHONE = "+49 30 1234567"
ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+|[0-9a-f]*:[0-9a-f:]+:|\.local\b|://", re.IGNORECASE)

NARROW = """(() => {
  const getStats = RTCPeerConnection.prototype.getStats;
  RTCPeerConnection.prototype.getStats = async function (...selector) {
    const report = await getStats.apply(this, selector);
    if (!window.isNarrow) return report;
    const entries = [...report].map(([id, entry]) =>
      entry.type === "candidate-pair" ? [id, { ...entry, availableOutgoingBitrate: 60_000 }] : [id, entry]);
    return new Map(entries);
  };
})();"""
"""A browser that says of its way, while `isNarrow` is set, that it carries 60 kbit/s."""


@pytest.fixture
def report_of(practice: Practice) -> Callable[[Page], str]:
    """Copy the report of a page as a person does."""

    def copy(page: Page) -> str:
        page.context.grant_permissions(
            ["camera", "microphone", "clipboard-read", "clipboard-write"],
            origin=practice.server.origin,
        )
        part(page, "quality").locator("summary").click()
        expect(part(page, "quality-facts").locator("dt")).to_have_count(10)
        part(page, "quality-copy").click()
        expect(part(page, "quality-copied")).not_to_be_empty()
        copied: str = page.evaluate("navigator.clipboard.readText()")
        return copied

    return copy


def test_call_says_how_good_it_is_on_both_pages(practice: Practice) -> None:
    practitioner, patient, _ = practice.call()

    for page in (practitioner.page, patient.page):
        expect(part(page, "quality")).to_have_attribute("data-level", re.compile("[34]"))
        expect(part(page, "quality")).to_have_attribute("data-way", "direct")
        expect(part(page, "quality-words")).to_have_text(re.compile("^Verbindung (sehr )?gut$"))
        expect(part(page, "quality-warning")).to_be_hidden()


def test_report_holds_numbers_but_neither_names_nor_addresses(
    practice: Practice, report_of: Callable[[Page], str]
) -> None:
    practitioner, patient, invitation = practice.call("Erika Beispiel")
    expect_picture(patient.person)
    expect_picture(practitioner.person)

    for page in (practitioner.page, patient.page):
        expect(part(page, "quality")).to_have_attribute("data-level", re.compile("[34]"))
        report = report_of(page)
        assert re.search(r"Sie senden: [\d,]+ [kM]bit/s, \d+ × \d+, \d+ Bilder pro Sekunde", report)
        assert "direkt, ohne Relay (UDP)" in report
        assert re.search(r"Verschlüsselung: DTLS 1\.[23], TLS_\w+, \w+", report)
        for secret in ("Erika", "Beispiel", "Weber", "Amsel", invitation["code"]):
            assert secret not in report
        assert ADDRESS.search(report) is None, report


def test_address_in_a_report_would_be_found() -> None:
    for text in ("198.51.100.7", "2001:db8::1", "a1b2.local", "stun://there"):
        assert ADDRESS.search(f"Weg: {text}") is not None


def test_menu_of_quality_closes_with_escape_and_with_a_click_beside_it(practice: Practice) -> None:
    _, patient, _ = practice.call()
    menu = part(patient.page, "quality")
    summary = menu.locator("summary")

    summary.click()
    expect(part(patient.page, "quality-sentence")).to_be_visible()
    patient.page.keyboard.press("Escape")
    expect(part(patient.page, "quality-sentence")).to_be_hidden()
    expect(summary).to_be_focused()

    summary.click()
    expect(part(patient.page, "quality-sentence")).to_be_visible()
    part(patient.page, "other-name").click()
    expect(part(patient.page, "quality-sentence")).to_be_hidden()


def test_words_of_quality_follow_the_language(practice: Practice) -> None:
    _, patient, _ = practice.call()
    expect(part(patient.page, "quality-words")).to_have_text(re.compile("^Verbindung (sehr )?gut$"))
    part(patient.page, "quality").locator("summary").click()
    expect(part(patient.page, "quality-facts")).to_contain_text("Sie senden")

    patient.page.locator('button[name="language"][value="en"]').click()

    expect(part(patient.page, "quality-words")).to_have_text(
        re.compile("^Connection (very )?good$")
    )
    part(patient.page, "quality").locator("summary").click()
    expect(part(patient.page, "quality-facts")).to_contain_text("You send")


def test_picture_that_is_held_back_is_told_to_both_and_comes_back(practice: Practice) -> None:
    invitation = practice.invite()
    practitioner = practice.practitioner()
    patient = practice.patient(invitation["link"], script=NARROW)
    patient.enter("Erika Beispiel")
    practitioner.admit("Erika Beispiel")
    expect_picture(practitioner.person)

    patient.page.evaluate("window.isNarrow = true")

    expect(part(patient.page, "quality")).to_have_attribute("data-step", "paused", timeout=20_000)
    expect(part(patient.page, "quality-warning")).to_have_text(
        "Ihr Bild ist angehalten, damit der Ton klar bleibt. Es kommt von selbst zurück."
    )
    expect(part(practitioner.page, "stage-message")).to_have_text(
        "Das Bild ist angehalten, damit der Ton klar bleibt."
    )
    expect(patient.element).to_have_attribute("state", "connected")

    patient.page.evaluate("window.isNarrow = false")

    expect(part(patient.page, "quality")).to_have_attribute("data-step", "full", timeout=60_000)
    expect(part(patient.page, "quality-warning")).to_be_hidden()
    expect(part(practitioner.page, "stage-message")).to_be_empty()
    expect_picture(practitioner.person)


def test_connection_that_does_not_come_about_is_explained_on_both_pages(
    fresh_server: FreshServer, new_person: NewPerson
) -> None:
    server = fresh_server(
        practice_phone=PHONE, turn_urls="turn:localhost:9", turn_secret="s", relay_only="1"
    )
    practice = employ(server, new_person)
    practitioner = practice.practitioner()
    patient = practice.patient(practice.invite(alias="Amsel 27")["link"])

    patient.enter("Erika Beispiel")

    failure = part(patient.page, "failure")
    expect(failure).to_be_visible(timeout=20_000)
    expect(failure).to_contain_text("Ihr Browser erreicht das Relay der Praxis nicht.")
    expect(failure).to_contain_text("Bitte wechseln Sie das Netz")
    expect(failure.locator('a[href^="tel:"]')).to_be_visible()
    waiting = part(practitioner.page, "waiting-patient")
    expect(part(waiting, "failure-cause")).to_have_text(
        "Ihr Browser erreicht das Relay der Praxis nicht.", timeout=20_000
    )
    expect(part(waiting, "patient-alias")).to_contain_text("Amsel 27")
    expect(patient.element).to_have_attribute("state", "waiting")


def test_connection_that_stands_explains_nothing(practice: Practice) -> None:
    invitation = practice.invite()
    practitioner = practice.practitioner()
    patient = practice.patient(invitation["link"])

    patient.enter("Erika Beispiel")
    expect(part(practitioner.waiting("Erika Beispiel"), "admit")).to_be_enabled()

    expect(part(patient.page, "failure")).to_be_hidden()
    expect(part(practitioner.waiting("Erika Beispiel"), "failure")).to_be_hidden()


def test_relay_is_chosen_by_the_practitioner_and_remembered(
    fresh_server: FreshServer, new_person: NewPerson
) -> None:
    practice = employ(fresh_server(turn_urls="turn:localhost:9", turn_secret="s"), new_person)
    practitioner = practice.practitioner()
    choice = part(practitioner.page, "relay-only")
    expect(choice).not_to_be_checked()

    choice.check()
    practitioner.page.reload()
    expect(choice).to_be_checked()

    patient = practice.patient(practice.invite()["link"])
    patient.enter("Erika Beispiel")
    expect(part(practitioner.page, "failure-cause")).to_have_text(
        "Ihr Browser erreicht das Relay der Praxis nicht.", timeout=20_000
    )

    choice.uncheck()
    practitioner.page.reload()
    expect(part(practitioner.waiting("Erika Beispiel"), "admit")).to_be_enabled()
