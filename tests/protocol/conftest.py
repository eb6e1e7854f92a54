"""Fixtures of the signalling tests: a practice on the running server."""

from collections.abc import Iterator

import pytest

from tests.protocol.signalling_clients import Booked, Practice
from tests.support.server import MeetoneProcess


@pytest.fixture(scope="module")
def opened(server: MeetoneProcess) -> tuple[Practice, str]:
    """A practice for the tests of one module, and the cookie of its practitioner."""
    practice = Practice(server)
    return practice, practice.sign_in()


@pytest.fixture
def practice(opened: tuple[Practice, str]) -> Iterator[Practice]:
    """A practice in which nobody is connected yet, and from which everybody goes after the test."""
    practice, _ = opened
    yield practice
    practice.close()


@pytest.fixture
def cookie(opened: tuple[Practice, str]) -> str:
    """The cookie of the practitioner, who is signed in."""
    return opened[1]


@pytest.fixture
def booked(practice: Practice) -> Booked:
    """A consultation that starts now."""
    return practice.book()
