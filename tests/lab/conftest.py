"""Fixtures of the fault lab, and the table at its end.

make lab                                   every row
.venv/bin/pytest tests/lab -k reload       some of them
.venv/bin/pytest tests/lab --save          and keep the numbers in benchmarks/results/
"""

import os
import platform
import shlex
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.conftest import PEOPLE, RUNNING
from tests.lab.call import PHONE, Lab
from tests.lab.speech import write_speech
from tests.lab.table import Table
from tests.lab.topology import CONE, Site
from tests.support import network
from tests.support.browser import CHROMIUM, Browsers, Person
from tests.support.server import MeetoneProcess, free_port

RESULTS = Path(__file__).resolve().parents[2] / "benchmarks" / "results"
ROW_SECONDS = 400
TABLE = pytest.StashKey[Table]()
TURN_SECRET = "only inside the lab"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to keep the numbers."""
    parser.addoption("--save", action="store_true", help="write the table to benchmarks/results/")


def pytest_configure(config: pytest.Config) -> None:
    """Begin an empty table."""
    config.stash[TABLE] = Table()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every row the time that its windows take."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(ROW_SECONDS))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the table, and keep it if asked."""
    table = config.stash[TABLE]
    if not table.rows:
        return
    terminalreporter.section("fault lab")
    terminalreporter.write_line(table.text())
    if config.getoption("--save", default=False):
        command = shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])
        machine = f"{os.cpu_count()} cores, Linux {platform.release()}"
        terminalreporter.write_line(f"written to {table.save(RESULTS, command, machine)}")


@pytest.fixture(scope="session")
def table(pytestconfig: pytest.Config) -> Table:
    return pytestconfig.stash[TABLE]


@pytest.fixture(scope="session")
def turn_port() -> int:
    return free_port()


@pytest.fixture(scope="session")
def installations(
    tmp_path_factory: pytest.TempPathFactory, turn_port: int
) -> dict[str, MeetoneProcess]:
    """Prepare an installation without a relay and one with; a browser must know both origins."""
    turn = f"turn:{network.ADDRESS}:{turn_port}"
    relay = {
        "TURN_URLS": f"{turn}?transport=udp,{turn}?transport=tcp",
        "TURN_SECRET": TURN_SECRET,
    }
    return {
        name: MeetoneProcess(
            tmp_path_factory.mktemp(name),
            public_host=network.ADDRESS,
            settings={"PRACTICE_PHONE": PHONE, **settings},
        )
        for name, settings in (("direct", {}), ("relay", relay))
    }


@pytest.fixture(scope="session")
def server(
    installations: dict[str, MeetoneProcess], pytestconfig: pytest.Config
) -> Iterator[MeetoneProcess]:
    """Run the installation without a relay."""
    with installations["direct"] as process:
        pytestconfig.stash[RUNNING].append(process)
        yield process


@dataclass(frozen=True, slots=True)
class Ground:
    """What all rows stand on."""

    sites: tuple[Site, Site]
    browsers: tuple[Browser, Browser]
    people: list[Person]

    @contextmanager
    def lab(self) -> Iterator[Lab]:
        """Open the lab with both routers as they are at home; at the end everybody leaves."""
        for site in self.sites:
            site.use_nat(CONE)
        with ExitStack() as stack:
            yield Lab(self.sites, self.browsers, self.people, stack)


@pytest.fixture(scope="session")
def ground(
    browsers: Browsers,
    installations: dict[str, MeetoneProcess],
    tmp_path_factory: pytest.TempPathFactory,
    pytestconfig: pytest.Config,
) -> Iterator[Ground]:
    """Build both sites and start a browser at each."""
    folder = tmp_path_factory.mktemp("lab")
    speech = folder / "speech.wav"
    write_speech(speech)
    origins = ",".join(process.origin for process in installations.values())
    flags = [
        "--use-fake-device-for-media-stream=fps=30",
        f"--use-file-for-fake-audio-capture={speech}",
    ]
    with ExitStack() as stack:
        sites = (stack.enter_context(Site(0)), stack.enter_context(Site(1)))
        practitioner, patient = (
            stack.enter_context(
                browsers.launch(
                    executable=site.client.wrap(CHROMIUM, folder),
                    secure_origin=origins,
                    more_flags=flags,
                )
            )
            for site in sites
        )
        yield Ground(sites, (practitioner, patient), pytestconfig.stash[PEOPLE])


@pytest.fixture
def lab(ground: Ground) -> Iterator[Lab]:
    """Open the lab for one row."""
    with ground.lab() as lab:
        yield lab
