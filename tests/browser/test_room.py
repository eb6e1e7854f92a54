"""The consulting room itself: its camera, its windows, and the pages around it."""

import re

from playwright.sync_api import expect

from tests.browser.people import (
    PASSWORD,
    Patient,
    Practice,
    Practitioner,
    employ,
    expect_picture,
    part,
)
from tests.conftest import FreshServer, NewPerson
from tests.support.browser import Permission


def test_room_takes_the_camera_for_the_first_who_waits_and_frees_it_two_minutes_after_the_last(
    practice: Practice,
) -> None:
    invitation = practice.invite()
    practitioner = Practitioner(practice.new_person(practice.server.origin))
    practitioner.page.clock.install()
    practitioner.sign_in(practice.email)
    practitioner.enter_room()
    expect(part(practitioner.page, "allow")).to_be_hidden()
    assert practitioner.inside.wanted_devices() == []

    patient = practice.patient(invitation["link"])
    patient.enter("Erika Beispiel")
    expect(part(practitioner.page, "local-video")).to_have_js_property("hidden", False)
    assert practitioner.inside.live_tracks() == ["audio", "video"]

    part(patient.page, "leave").click()
    expect(part(practitioner.page, "waiting-patient")).to_have_count(0)
    practitioner.page.clock.run_for(110_000)
    assert practitioner.inside.live_tracks() == ["audio", "video"]
    practitioner.page.clock.run_for(15_000)
    assert practitioner.inside.live_tracks() == []


def test_room_that_must_ask_offers_a_button_and_admits_without_another_question(
    practice: Practice,
) -> None:
    invitation = practice.invite()
    practitioner = practice.practitioner(permission=Permission.ASKED)
    assert practitioner.inside.wanted_devices() == []

    part(practitioner.page, "allow").click()

    expect(part(practitioner.page, "allow")).to_be_hidden()
    assert practitioner.inside.live_tracks() == ["audio", "video"]
    patient = practice.patient(invitation["link"])
    patient.enter("Erika Beispiel")
    practitioner.admit("Erika Beispiel")
    expect_picture(patient.person)
    assert practitioner.inside.wanted_devices() == [["audio", "video"]]


def test_room_without_permission_still_sees_and_hears_the_patient(practice: Practice) -> None:
    invitation = practice.invite()
    practitioner = practice.practitioner(permission=Permission.DENIED)
    part(practitioner.page, "allow").click()
    expect(part(practitioner.page, "media-problem")).to_contain_text("Tippen Sie auf das Symbol")
    patient = practice.patient(invitation["link"])
    patient.enter("Erika Beispiel")

    practitioner.admit("Erika Beispiel")

    expect_picture(practitioner.person)
    expect(part(patient.page, "stage-message")).to_have_text(
        "Die andere Seite hat Kamera und Mikrofon ausgeschaltet."
    )


def test_room_in_a_second_window_takes_the_call_over_and_gives_it_back(practice: Practice) -> None:
    practitioner, patient, _ = practice.call()
    first = practitioner.page

    second = practitioner.person.context.new_page()
    second.goto("/practice/room")

    expect(second.locator("meet-consulting-room")).to_have_attribute("state", "connected")
    expect(part(first, "message")).to_have_text(
        "Das Sprechzimmer wurde in einem anderen Fenster geöffnet und läuft dort weiter."
    )
    expect(practitioner.element).to_have_attribute("state", "idle")
    assert practitioner.inside.live_tracks() == []
    expect_picture(patient.person)

    first.bring_to_front()
    part(first, "continue").click()

    expect(practitioner.element).to_have_attribute("state", "connected")
    expect_picture(practitioner.person)
    expect_picture(patient.person)
    expect(part(second, "continue")).to_be_visible()


def test_room_changes_the_language_in_place_and_the_call_goes_on(practice: Practice) -> None:
    practitioner, patient, _ = practice.call()
    practitioner.page.evaluate("window.marked = true")

    part(practitioner.page, "language").click()

    expect(part(practitioner.page, "hang-up")).to_have_text("Hang up")
    expect(part(practitioner.waiting("Erika Beispiel"), "in-call")).to_have_text("In consultation")
    expect(part(practitioner.waiting("Erika Beispiel"), "patient-since")).to_contain_text(
        "here since"
    )
    expect_picture(practitioner.person)
    expect_picture(patient.person)
    assert practitioner.page.evaluate("window.marked")
    expect(part(patient.page, "hang-up")).to_have_text("Auflegen")


def test_room_after_signing_out_elsewhere_says_so_and_shows_nobody(practice: Practice) -> None:
    practitioner = practice.practitioner()
    patient = practice.patient(practice.invite()["link"])
    patient.enter("Erika Beispiel")
    expect(practitioner.waiting("Erika Beispiel")).to_be_visible()
    other = practitioner.person.context.new_page()
    other.goto("/practice/")

    other.get_by_role("button", name="Abmelden").click()

    expect(part(practitioner.page, "message")).to_contain_text("Sie sind abgemeldet.")
    expect(part(practitioner.page, "waiting-patient")).to_have_count(0)
    assert practitioner.inside.live_tracks() == []


def test_room_of_another_practitioner_knows_nothing_of_the_patient(
    practice: Practice, new_person: NewPerson
) -> None:
    own = practice.practitioner()
    other = employ(practice.server, new_person).practitioner()
    patient = practice.patient(practice.invite()["link"])

    patient.enter("Erika Beispiel")

    expect(own.waiting("Erika Beispiel")).to_be_visible()
    expect(part(other.page, "nobody")).to_be_visible()
    expect(part(other.page, "waiting-patient")).to_have_count(0)


def test_practice_pages_from_the_first_start_on_ask_nobody_else(
    fresh_server: FreshServer, new_person: NewPerson
) -> None:
    server = fresh_server(role="web")
    person = new_person(server.origin)
    page = person.page

    page.goto(server.setup_link)
    page.locator('input[name="name"]').fill("Dr. Weber")
    page.locator('input[name="email"]').fill("weber@example.org")
    page.locator('input[name="password"]').fill(PASSWORD)
    page.locator('main form button[type="submit"]').click()
    expect(page).to_have_url(re.compile("/practice/$"))
    page.get_by_role("link", name="Neue Sprechstunde").click()
    page.locator('input[name="alias"]').fill("Amsel 27")
    page.locator('main form button[type="submit"]').last.click()
    expect(page.locator("main")).to_contain_text("Amsel 27")
    link = part(page, "link").input_value()
    page.goto("/practice/")
    expect(page.locator("main")).to_contain_text("Amsel 27")
    patient = Patient(new_person(server.origin, permission=Permission.ASKED))
    patient.open(link)

    # Whoever leaves says whether a page asked anybody else, or logged an error.
    paths = {
        address.removeprefix(server.origin).split("/")[1] for address in person.watch.addresses
    }
    assert {"setup", "practice", "static"} <= paths
    assert person.watch.third_parties() == patient.person.watch.third_parties() == []
