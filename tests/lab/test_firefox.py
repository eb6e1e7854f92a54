"""The patient has Firefox, the practitioner Chromium: the same must hold."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.call import NAME, Lab
from tests.lab.firefox import Firefox
from tests.lab.measuring import PROBE, Meter, now, wait_until_back
from tests.lab.roles import kill_role, role_process, web_listens
from tests.lab.table import Table
from tests.support import network
from tests.support.server import MeetoneProcess

STATE = "document.querySelector('meet-visit').getAttribute('state')"
CLICK = "(name) => document.querySelector(`[data-part='${name}']`).click()"
FILL = """(text) => {
  const field = document.querySelector("[data-part='name']");
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}"""


@pytest.fixture
def firefox(lab: Lab, tmp_path: Path) -> Iterator[Firefox]:
    with Firefox(lab.sites[1].client, tmp_path / "profile", network.ADDRESS) as firefox:
        firefox.before_every_page(PROBE.read_text())
        yield firefox


def test_firefox(lab: Lab, server: MeetoneProcess, table: Table, firefox: Firefox) -> None:
    practice, _ = lab.practice(server)
    link = practice.invite()["link"]
    with table.row("patient with Firefox") as row:
        practitioner = practice.practitioner()
        meters = (Meter(practitioner.page), Meter(firefox))
        firefox.goto(link)
        firefox.evaluate(CLICK, "allow")
        expect_state(meters[0], firefox, "preview")
        firefox.evaluate(FILL, NAME)
        firefox.evaluate(CLICK, "consent")
        firefox.evaluate(CLICK, "enter")
        expect_state(meters[0], firefox, "waiting")
        start = now()
        practitioner.admit(NAME)
        row.at_most("in the call", wait_until_back(meters, start, 15), 5)

        start = now()
        killed = kill_role(server, "web")
        meters[0].wait(lambda: role_process(server, "web") not in {None, killed}, 20)
        meters[0].wait(lambda: web_listens(server), 20)
        meters[0].pass_time(5)
        for who, meter in zip(("practitioner", "patient"), meters, strict=True):
            figures = meter.figures(start, now())
            row.at_most(f"web role killed: {who} without a frame", figures.longest_gap, 1)
            row.at_most(f"web role killed: {who} without sound", figures.longest_silence, 1)
            welcomed = [s for s in meter.signals(start) if s["type"] == "welcome"]
            row.true(f"web role killed: {who}'s seat resumed", bool(welcomed))

        firefox.reload()
        back = wait_until_back(meters, meters[1].loaded_at(), 15)
        row.at_most("reload: both see moving pictures after load", back, 3)
        row.equal("state at the end", firefox.evaluate(STATE), "connected")


def expect_state(meter: Meter, firefox: Firefox, state: str) -> None:
    found = meter.wait(lambda: firefox.evaluate(STATE) == state, 15)
    assert found, f"the page is not {state} but {firefox.evaluate(STATE)}"
