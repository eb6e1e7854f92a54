"""No direct way between the two: said in words, and with a relay it works all the same."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

import pytest

from tests.lab.call import NAME, PHONE, Call, Lab
from tests.lab.conftest import TURN_SECRET
from tests.lab.measuring import now
from tests.lab.table import Table
from tests.lab.topology import SYMMETRIC, UDP
from tests.lab.turn import turn_server
from tests.support.server import MeetoneProcess

EXPLAINED_SECONDS = 20
FAULTS = ("UDP blocked at the patient's", "symmetric NAT on both sides")


def cause(lab: Lab, fault: str) -> AbstractContextManager[None]:
    """Bring a fault about."""
    if fault == FAULTS[0]:
        return lab.sites[1].dropping(UDP)
    for site in lab.sites:
        site.use_nat(SYMMETRIC)
    return nullcontext()


@pytest.fixture(scope="module")
def relay(installations: dict[str, MeetoneProcess], turn_port: int) -> Iterator[MeetoneProcess]:
    """Run the installation that has a relay, and the relay."""
    with turn_server(turn_port, TURN_SECRET), installations["relay"] as process:
        yield process


@pytest.mark.parametrize("fault", FAULTS)
def test_explained(lab: Lab, server: MeetoneProcess, table: Table, fault: str) -> None:
    call = lab.arriving(server)
    with table.row(fault) as row, cause(lab, fault):
        start = now()
        call.patient.enter(NAME)
        call.meter.wait(lambda: None not in _told(call).values(), EXPLAINED_SECONDS + 5)
        seconds = now() - start
        told = _told(call)

        for who, text in told.items():
            row.at_most(f"{who} is told", seconds if text else None, EXPLAINED_SECONDS)
            row.note(who, text or "nothing")
        row.true("plan B", PHONE in (told["patient"] or ""))


@pytest.mark.parametrize("fault", FAULTS)
def test_relayed(lab: Lab, relay: MeetoneProcess, table: Table, fault: str) -> None:
    call = lab.arriving(relay)
    with table.row(f"{fault}, with a relay") as row, cause(lab, fault):
        call.patient.enter(NAME)
        call.admit()

        route = call.sides[1].meter.route()
        row.true("a relay carries it", "relay" in (route or {}).values(), str(route))
        for side, words in zip(call.sides, call.way(), strict=True):
            row.true(f"{side.who} reads “relayed”", bool(words), words)


def _told(call: Call) -> dict[str, str | None]:
    """Return what each page says about why there is no connection."""
    return {side.who: call.explanation(side) for side in call.sides}
