"""No direct way between the two: said in words, and with a relay it works all the same."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial

import pytest

from tests.browser.people import part
from tests.lab.call import NAME, PHONE, Lab
from tests.lab.conftest import TURN_SECRET
from tests.lab.measuring import now
from tests.lab.table import Table
from tests.lab.topology import SYMMETRIC, UDP
from tests.lab.turn import turn_server
from tests.support.server import MeetoneProcess

EXPLAINED_SECONDS = 20
PHONE_LINK = f"tel:{PHONE.replace(' ', '')}"
UDP_BLOCKED = "UDP blocked at the patient's"
FAULTS = {
    UDP_BLOCKED: {
        "practitioner": ("udp-blocked", "other"),
        "patient": ("udp-blocked", "own"),
    },
    "symmetric NAT on both sides": {
        "practitioner": ("nat", "both"),
        "patient": ("nat", "both"),
    },
}
"""And what each page has to say: the cause, and whose side it is."""


def cause(lab: Lab, fault: str) -> AbstractContextManager[None]:
    """Bring a fault about."""
    if fault == UDP_BLOCKED:
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
        for side in call.sides:
            told = call.meter.wait(partial(side.attribute, "failure", "data-cause"), 30)
            seconds = now() - start if told else None
            row.at_most(f"{side.who} is told why", seconds, EXPLAINED_SECONDS)
            found = [side.attribute("failure", f"data-{name}") for name in ("cause", "side")]
            row.equal(f"{side.who} reads the cause", tuple(found), FAULTS[fault][side.who])
            row.note(side.who, side.says("failure-cause"))
        telephone = part(call.patient.page, "failure").locator('a[href^="tel:"]')
        row.equal("plan B: the patient may call", telephone.get_attribute("href"), PHONE_LINK)
        plan = call.phrase("failure.practice")
        row.true("plan B: the practice knows", plan in call.sides[0].says("failure"))


@pytest.mark.parametrize("fault", FAULTS)
def test_relayed(lab: Lab, relay: MeetoneProcess, table: Table, fault: str) -> None:
    call = lab.arriving(relay)
    with table.row(f"{fault}, with a relay") as row, cause(lab, fault):
        call.patient.enter(NAME)
        call.admit()

        for side in call.sides:
            call.meter.wait(partial(side.attribute, "quality", "data-way"), 5)
            route = side.meter.route()
            carried = route is not None and "relay" in {route["local"], route["remote"]}
            row.true(f"{side.who}: a relay carries it", carried, str(route))
            part(side.person.page, "quality").locator("summary").click()
            said = call.phrase("quality.relayed").partition(" (%")[0]
            row.true(f"{side.who} reads “{said}”", said in side.says("quality-facts"))
