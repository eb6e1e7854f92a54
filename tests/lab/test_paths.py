"""The path between the two breaks: another address, a cable pulled. Nobody has to click."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.lab.call import Lab
from tests.lab.measuring import now
from tests.lab.table import Table
from tests.lab.topology import Site
from tests.support.server import MeetoneProcess

CUT_SECONDS = 20
PATIENCE_SECONDS = 30
"""For what comes too late to be told by how much."""


@dataclass(frozen=True, slots=True)
class Move:
    """One change of address."""

    what: str
    change: Callable[[Site], None]
    seconds: float
    """Until sound and picture must be back."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One cable that is pulled for a while."""

    what: str
    pull: Callable[[Site], None]
    put_back: Callable[[Site], None]
    seconds: float


MOVES = (
    Move("client's own address changes", Site.move_client, 3),
    Move("WAN address behind the NAT changes", Site.move_wan, 5),
)
CUTS = (
    Cut("client's link", Site.unplug_client, Site.plug_client, 3),
    Cut("WAN link", Site.unplug_wan, Site.plug_wan, 5),
)


@pytest.mark.parametrize("move", MOVES, ids=["client", "wan"])
def test_address_change(lab: Lab, server: MeetoneProcess, table: Table, move: Move) -> None:
    call = lab.call(server)
    with table.row(move.what) as row:
        start = now()
        move.change(lab.sites[1])

        back = call.time_until_back(start, PATIENCE_SECONDS)
        row.at_most("sound and picture back", back, move.seconds)
        row.note("moments, s", call.moments(start))
        row.true("both pages in the call", call.standing())


@pytest.mark.parametrize("cut", CUTS, ids=["client", "wan"])
def test_link_down(lab: Lab, server: MeetoneProcess, table: Table, cut: Cut) -> None:
    call = lab.call(server)
    with table.row(f"{cut.what} down for {CUT_SECONDS} s") as row:
        cut.pull(lab.sites[1])
        call.meter.pass_time(CUT_SECONDS)
        states = [
            element.get_attribute("state")
            for element in (call.practitioner.element, call.patient.element)
        ]
        cut.put_back(lab.sites[1])
        start = now()

        back = call.time_until_back(start, PATIENCE_SECONDS)
        row.equal("both pages say so meanwhile", states, ["reconnecting", "reconnecting"])
        row.at_most("sound and picture back, no click", back, cut.seconds)
        row.note("moments, s", call.moments(start))
        row.true("both pages in the call", call.standing())
