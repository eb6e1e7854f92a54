"""A bad line at the patient's: lost packets, long ways, little room. One call goes through all of it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.lab.call import TRANSITION_SECONDS, Call, Lab
from tests.lab.conftest import Ground
from tests.lab.delay_line import delayed
from tests.lab.measuring import Figures, now
from tests.lab.table import Row, Table
from tests.lab.topology import percent_of_packets
from tests.support.server import MeetoneProcess

CONCEALED_AT_LOSS = {5: 0.05, 10: 0.05, 20: 0.10}
"""Percent of packets lost each way, and the part of the sound that may be made up."""
CONCEALED_AT_RATE = 0.03
STEPS = {1000: "medium", 300: "small", 100: "paused", 64: "paused"}
"""Kilobits a second, and what is sent of a camera of 640×360: all of it, 426×240, sound only."""
SMALLEST_PIXELS = 76_800
"""EN 301 549 Section 6.5.2."""
CAPTURED_PIXELS = 640 * 360
BACK_SECONDS = 60


@dataclass(slots=True)
class Steady:
    """A call that goes on from row to row, and what it is like undisturbed."""

    lab: Lab
    server: MeetoneProcess
    call: Call | None = None
    undisturbed: tuple[Figures, ...] = ()

    def going_on(self) -> Call:
        """Return the call; if a row has broken it, another one."""
        if self.call is None or not self.call.standing():
            self.call = self.lab.call(self.server)
            self.call.meter.pass_time(TRANSITION_SECONDS)
            self.undisturbed = self.call.watch()
        return self.call

    def measure(self, row: Row, concealed: float | None) -> tuple[Figures, ...]:
        """Let a fault take effect, then measure; expect a bound on what the sound lost to it."""
        call = self.going_on()
        start = now()
        call.meter.pass_time(TRANSITION_SECONDS)
        for side, figures in zip(call.sides, call.figures(start), strict=True):
            row.note(f"{side.who}, the first {TRANSITION_SECONDS:.0f} s", str(figures))
        found = call.watch()
        for side, figures, before in zip(call.sides, found, self.undisturbed, strict=True):
            row.note(side.who, str(figures))
            if concealed is not None:
                more = max(0.0, figures.concealed - before.concealed)
                row.at_most(f"{side.who}: sound made up", more, concealed, "%")
            row.true(f"{side.who}: no disconnect", figures.connected)
        row.true("both pages in the call", call.standing())
        return found


@pytest.fixture(scope="module")
def steady(ground: Ground, server: MeetoneProcess) -> Iterator[Steady]:
    with ground.lab() as lab:
        yield Steady(lab, server)
        lab.sites[1].unlimit()


def test_nothing(steady: Steady, table: Table) -> None:
    with table.row("none, 30 s") as row:
        call = steady.going_on()
        for side, figures in zip(call.sides, steady.undisturbed, strict=True):
            row.note(side.who, str(figures))
            row.at_least(f"{side.who} sees", figures.frames_per_second, 20, "fps")
            row.true(f"{side.who} hears something", figures.energy > 0)


@pytest.mark.parametrize("percent", CONCEALED_AT_LOSS)
def test_loss(steady: Steady, table: Table, percent: int) -> None:
    steady.going_on()
    with (
        table.row(f"{percent} % loss each way") as row,
        steady.lab.sites[1].dropping(percent_of_packets(percent)),
    ):
        for figures in steady.measure(row, CONCEALED_AT_LOSS[percent]):
            row.at_least("packets were lost", figures.lost, percent / 200, "%")


def test_long_way(steady: Steady, table: Table) -> None:
    call = steady.going_on()
    with (
        table.row("200 ms RTT, 30 ms jitter") as row,
        delayed(steady.lab.sites, milliseconds=100, jitter=15),
    ):
        steady.measure(row, None)
        route = call.meter.route()
        assert route is not None
        row.at_least("the way is so long", route["roundTrip"], 0.19, "s")


@pytest.mark.parametrize("kilobits", STEPS)
def test_rate(steady: Steady, table: Table, kilobits: int) -> None:
    call = steady.going_on()
    with table.row(f"{kilobits} kbit/s each way") as row:
        steady.lab.sites[1].limit(kilobits)
        found = steady.measure(row, CONCEALED_AT_RATE)

        for side, figures in zip(call.sides, found, strict=True):
            step = side.attribute("quality", "data-step")
            row.equal(f"{side.who} sends the step", step, STEPS[kilobits])
            row.note(f"{side.who} reads", side.says("quality-words"))
            if kilobits >= 1000:
                row.at_least(f"{side.who} sees", figures.frames_per_second, 20, "fps")
            if STEPS[kilobits] == "paused":
                told = (side.says("quality-warning"), side.says("stage-message"))
                expected = (call.phrase("quality.paused"), call.phrase("call.other-paused"))
                row.true(f"{side.who} is told about both pictures", told == expected)
            else:
                row.at_least(f"{side.who} sees", figures.pixels, SMALLEST_PIXELS, "pixels")


def test_limit_gone(steady: Steady, table: Table) -> None:
    call = steady.going_on()
    with table.row("limit gone") as row:
        steady.lab.sites[1].unlimit()
        start = now()

        def full() -> bool:
            recent = call.figures(now() - 2)
            return all(
                each.pixels >= CAPTURED_PIXELS and each.frames_per_second >= 20 for each in recent
            )

        call.meter.wait(full, BACK_SECONDS + 5)
        row.at_most("full picture on both sides", now() - start, BACK_SECONDS)
