"""Fixtures of the browser tests."""

import pytest

from tests.browser.people import Practice, employ
from tests.conftest import NewPerson
from tests.support.server import MeetoneProcess


@pytest.fixture
def practice(server: MeetoneProcess, new_person: NewPerson) -> Practice:
    """Employ a practitioner whom only this test knows, in the installation that tests share."""
    return employ(server, new_person)
