"""The server dies, or cannot be reached: the call must not notice."""

from tests.browser.people import part
from tests.lab.call import NAME, Call, Lab
from tests.lab.measuring import Step, now
from tests.lab.roles import kill_role, role_process, web_listens
from tests.lab.table import Row, Table
from tests.lab.topology import tcp_of
from tests.support.server import MeetoneProcess

OUTAGE_SECONDS = 60
LONGEST_PAUSE = 1.0
"""Seconds without a frame or a packet that count as undisturbed on a busy machine."""


def test_web_role_killed(lab: Lab, server: MeetoneProcess, table: Table) -> None:
    call = lab.call(server)
    with table.row("web role killed (SIGKILL)") as row:
        start = now()
        killed = kill_role(server, "web")
        assert call.meter.wait(lambda: role_process(server, "web") not in {None, killed}, 20)
        assert call.meter.wait(lambda: web_listens(server), 20)
        listening = now()
        call.meter.wait(lambda: _resumed(call, start) is not None, 20)
        resumed = _resumed(call, start)

        row.note("listens again after", f"{listening - start:.1f} s")
        row.at_most("both seats resumed", None if resumed is None else resumed - listening, 5)
        _expect_undisturbed(row, call, start)

        moved = now()
        call.sides[1].site.move_client()
        row.at_most("ICE restart after that: media back", call.time_until_back(moved, 10), 3)
        row.true("by a restart, on both pages", all(_restarts(side_steps(call, moved))))


def test_signalling_dropped(lab: Lab, server: MeetoneProcess, table: Table) -> None:
    call = lab.call(server)
    with table.row(f"signalling dropped for {OUTAGE_SECONDS} s") as row:
        patient = call.sides[1]
        seconds = OUTAGE_SECONDS / 3
        start = now()
        with patient.site.dropping(*tcp_of(server.port)):
            call.meter.pass_time(seconds)
            # Goes from browser to browser.
            microphone = part(call.practitioner.page, "microphone")
            for _ in range(3):
                microphone.click()
            heard = call.meter.wait(lambda: _says_muted(call), 3)
            # Goes through the server: a new network lets the offerer restart ICE.
            call.practitioner.page.evaluate("dispatchEvent(new Event('online'))")
            call.meter.pass_time(2 * seconds)
        microphone.click()
        ended = now()
        arrived = call.meter.wait(lambda: _agreed(call, start), 20)

        row.true("what was switched three times is told, and only the last", heard)
        row.true("offers, answers, candidates of meanwhile arrive once, in order", arrived)
        row.note("arrived after", f"{now() - ended:.1f} s")
        _expect_undisturbed(row, call, start)


def test_stun_killed_during_set_up(lab: Lab, server: MeetoneProcess, table: Table) -> None:
    call = lab.arriving(server)
    with table.row("STUN role killed during set-up") as row:
        start = now()
        killed = kill_role(server, "stun")
        call.patient.enter(NAME)
        call.admit()
        taken = [
            step["text"]
            for steps in side_steps(call, start)
            for step in steps
            if step["what"] == "took candidate"
        ]
        hosts = [candidate for candidate in taken if " typ host" in candidate]
        row.true("host candidates were used", bool(hosts), f"{len(hosts)} of {len(taken)}")
        row.note("in the call after", f"{now() - start:.1f} s")
        row.true("restarted", role_process(server, "stun") not in {None, killed})
        call.end()

        row.true("a later call works", lab.call(server).standing())


def side_steps(call: Call, since: float) -> list[list[Step]]:
    """Return the steps of negotiations on the practitioner's and on the patient's page."""
    return [side.meter.negotiation(since) for side in call.sides]


def _resumed(call: Call, start: float) -> float | None:
    """Return when the later of both pages was welcomed again, in seconds."""
    welcomes = [
        [signal["at"] / 1000 for signal in side.meter.signals(start) if signal["type"] == "welcome"]
        for side in call.sides
    ]
    return max(found[0] for found in welcomes) if all(welcomes) else None


def _expect_undisturbed(row: Row, call: Call, start: float) -> None:
    for side, figures in zip(call.sides, call.figures(start), strict=True):
        row.at_most(f"{side.who} without a frame", figures.longest_gap, LONGEST_PAUSE)
        row.at_most(f"{side.who} without sound", figures.longest_silence, LONGEST_PAUSE)
        row.note(side.who, str(figures))
    row.true("same connection, both pages in the call", call.standing())


def _restarts(sides: list[list[Step]]) -> list[bool]:
    practitioner, patient = sides
    return [
        any(step["what"] == "took answer" for step in practitioner),
        any(step["what"] == "took offer" for step in patient),
    ]


def _says_muted(call: Call) -> bool:
    return bool(part(call.patient.page, "other-state").inner_text())


def _agreed(call: Call, since: float) -> bool:
    """Tell whether each page has taken all that the other made, once and in order, and that was something."""
    practitioner, patient = side_steps(call, since)
    pairs = [
        (_steps(practitioner, "made"), _steps(patient, "took")),
        (_steps(patient, "made"), _steps(practitioner, "took")),
    ]
    return all(made and made == took for made, took in pairs)


def _steps(steps: list[Step], verb: str) -> list[tuple[str, str]]:
    return [
        (step["what"].removeprefix(verb), step["text"])
        for step in steps
        if step["what"].startswith(verb)
    ]
