"""Fixtures that more than one layer of the tests uses."""

import tempfile
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, expect, sync_playwright

from tests.support import network
from tests.support.browser import (
    ACTION_MILLISECONDS,
    DESKTOP,
    Browsers,
    Permission,
    Person,
    Screen,
    open_context,
)
from tests.support.server import MeetoneProcess, last_lines
from tests.support.waiting import TIMEOUT_SCALE

NETWORKED_FOLDERS = frozenset({"protocol", "browser", "lab"})
RUNNING = pytest.StashKey[list[MeetoneProcess]]()
PEOPLE = pytest.StashKey[list[Person]]()


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the lists from which a failed test is explained."""
    config.stash[RUNNING] = []
    config.stash[PEOPLE] = []
    # How long one example takes says more about the machine than about the code.
    settings.register_profile("meetone", deadline=None)
    settings.load_profile("meetone")
    expect.set_options(timeout=ACTION_MILLISECONDS * TIMEOUT_SCALE)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Move into a network of our own before the first test, if any of them uses a network."""
    if any(NETWORKED_FOLDERS.intersection(item.path.parts) for item in session.items):
        try:
            network.enter()
        except network.NetworkUnavailableError as error:
            pytest.exit(str(error), returncode=pytest.ExitCode.USAGE_ERROR)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a failure what the servers wrote and what the people saw."""
    report = yield
    if report.failed:
        for server in item.config.stash[RUNNING]:
            report.sections.append((f"MeetOne on {server.origin}", last_lines(server.output)))
        people = item.config.stash[PEOPLE]
        if people:
            report.sections.append(("Screenshots", _screenshots(people, item.name)))
    return report


def _screenshots(people: list[Person], name: str) -> str:
    folder = Path(tempfile.mkdtemp(prefix="meetone-screenshots-"))
    file_name = "".join(c if c.isalnum() else "-" for c in name)
    paths = [
        path
        for number, person in enumerate(people)
        for path in person.take_screenshots(folder, f"{file_name}-{number}")
    ]
    return "\n".join(map(str, paths))


@contextmanager
def _running(process: MeetoneProcess, config: pytest.Config) -> Iterator[MeetoneProcess]:
    """Run a server; while it runs, failed tests show what it writes."""
    running = config.stash[RUNNING]
    running.append(process)
    try:
        with process:
            yield process
    finally:
        running.remove(process)


@pytest.fixture(scope="session")
def server(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[MeetoneProcess]:
    """Run one installation for all tests that leave it as they found it."""
    with _running(MeetoneProcess(tmp_path_factory.mktemp("server")), pytestconfig) as process:
        yield process


class FreshServer(Protocol):
    """Starts one more installation, for this test alone."""

    def __call__(
        self, *, role: str = "", public_host: str = "localhost", **settings: str
    ) -> MeetoneProcess:
        """Return it as soon as it answers; settings are written without `MEETONE_`."""


@pytest.fixture
def fresh_server(tmp_path: Path, pytestconfig: pytest.Config) -> Iterator[FreshServer]:
    """Start installations that are gone after the test."""
    with ExitStack() as stack:

        def start(
            *, role: str = "", public_host: str = "localhost", **settings: str
        ) -> MeetoneProcess:
            folder = Path(tempfile.mkdtemp(dir=tmp_path, prefix="server-"))
            process = MeetoneProcess(folder, role=role, public_host=public_host, settings=settings)
            return stack.enter_context(_running(process, pytestconfig))

        yield start


@pytest.fixture(scope="session")
def browsers() -> Iterator[Browsers]:
    """Keep the browsers of this session."""
    with sync_playwright() as driver:
        started = Browsers(driver)
        yield started
        started.close()


class NewPerson(Protocol):
    """Seats one more person at a browser of their own."""

    def __call__(
        self,
        origin: str,
        *,
        permission: Permission = Permission.GRANTED,
        browser: Browser | None = None,
        locale: str = "de-DE",
        screen: Screen = DESKTOP,
    ) -> Person:
        """Return the person before an empty page; `origin` is that of the server."""


@pytest.fixture
def new_person(browsers: Browsers, pytestconfig: pytest.Config) -> Iterator[NewPerson]:
    """Seat people who leave after the test, and then say what no page may do was done.

    Leaving fails the test if a page logged an error that `person.watch.allow` does not expect, or
    if it asked any other origin than the server's.
    """
    people = pytestconfig.stash[PEOPLE]
    with ExitStack() as stack:

        def seat(
            origin: str,
            *,
            permission: Permission = Permission.GRANTED,
            browser: Browser | None = None,
            locale: str = "de-DE",
            screen: Screen = DESKTOP,
        ) -> Person:
            context = open_context(
                browser or browsers.get(permission),
                origin,
                permission,
                locale=locale,
                screen=screen,
            )
            person = Person(context, origin)
            people.append(person)
            stack.callback(people.remove, person)
            stack.callback(person.leave)
            return person

        yield seat
