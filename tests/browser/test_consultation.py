"""A whole consultation between two browsers, from the invitation to the closing page."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import Patient, Practitioner, employ, expect_picture, invite, part
from tests.conftest import FreshServer, NewPerson
from tests.support.server import MeetoneProcess


@pytest.fixture
def practice(fresh_server: FreshServer) -> MeetoneProcess:
    """Run an installation with one practitioner."""
    server = fresh_server(practice_phone="030 1234567")
    employ(server)
    return server


@pytest.mark.parametrize("language", ["de", "en"])
def test_consultation_of_two_browsers_goes_from_link_to_closing_page(
    practice: MeetoneProcess, new_person: NewPerson, language: str
) -> None:
    locale = {"de": "de-DE", "en": "en-GB"}[language]
    invitation = invite(practice, language=language)
    practitioner = Practitioner.arrive(new_person, practice, locale=locale)

    patient = Patient.arrive(new_person, practice, invitation["link"], locale=locale)
    patient.enter("Erika Beispiel")
    expect(practitioner.waiting("Erika Beispiel")).to_be_visible()
    expect(part(patient.page, "waiting-text")).to_contain_text("Dr. Weber")

    practitioner.admit("Erika Beispiel")
    expect(practitioner.element).to_have_attribute("state", "connected")
    expect(patient.element).to_have_attribute("state", "connected")
    expect_picture(practitioner.person)
    expect_picture(patient.person)

    part(patient.page, "hang-up").click()
    expect(patient.element).to_have_attribute("state", "ended")
    expect(practitioner.element).to_have_attribute("state", "idle")
    expect(part(practitioner.page, "waiting-patient")).to_have_count(0)
