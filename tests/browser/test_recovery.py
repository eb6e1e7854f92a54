"""A call that breaks comes back by itself, and both sides are told of it meanwhile."""

import time
from dataclasses import replace

from playwright.sync_api import expect

from tests.browser.people import Patient, Practice, Practitioner, expect_picture, part
from tests.conftest import FreshServer
from tests.lab.roles import kill_role, role_process, web_listens
from tests.support import network
from tests.support.server import START_SECONDS

UNSTABLE = "Die Verbindung ist gerade nicht stabil."
OUTAGE_SECONDS = 5
BACK_SECONDS = 3
RESUME_SECONDS = 5
LONGEST_PAUSE_SECONDS = 1.0
COUNT_FRAMES = """(video) => {
  window.marked = true;
  window.frames = [];
  const count = () => {
    window.frames.push(performance.now());
    video.requestVideoFrameCallback(count);
  };
  video.requestVideoFrameCallback(count);
}"""
LONGEST_PAUSE = """() => {
  const { frames } = window;
  return Math.max(...frames.slice(1).map((at, index) => at - frames[index])) / 1000;
}"""

Side = Practitioner | Patient


def test_recovery_of_a_call_without_media_for_five_seconds_needs_nobody(
    practice: Practice,
) -> None:
    practitioner, patient, _ = practice.call()
    sides: tuple[Side, Side] = (practitioner, patient)
    for side in sides:
        expect_picture(side.person)
        count_frames(side)

    with network.without_udp():
        lost_at = time.monotonic()
        expect(part(patient.page, "other-state")).to_have_text(UNSTABLE)
        expect(patient.element).to_have_attribute("state", "connected")
        for side in sides:
            expect(side.element).to_have_attribute("state", "reconnecting")
        assert time.monotonic() - lost_at < OUTAGE_SECONDS
        patient.person.wait_for(
            lambda: time.monotonic() - lost_at >= OUTAGE_SECONDS, "the end of the outage", 6
        )
    before = [frames(side) + 5 for side in sides]
    patient.person.wait_for(
        lambda: all(frames(side) > few for side, few in zip(sides, before, strict=True)),
        "moving pictures on both sides",
        BACK_SECONDS,
    )

    for side in sides:
        expect(side.element).to_have_attribute("state", "connected")
        expect(part(side.page, "other-state")).to_have_text("")
        assert side.inside.connections() == 1
        assert side.page.evaluate("window.marked")


def test_recovery_from_a_killed_server_is_never_seen_and_restarts_work_after_it(
    practice: Practice, fresh_server: FreshServer
) -> None:
    server = fresh_server()
    email = "weber@example.org"
    server.add_user(email, "Dr. Weber", "ein langer Satz zum Anmelden")
    practitioner, patient, _ = replace(practice, server=server, email=email).call()
    sides: tuple[Side, Side] = (practitioner, patient)
    for side in sides:
        side.person.watch.allow("WebSocket|ERR_CONNECTION_REFUSED")
        expect_picture(side.person)
        count_frames(side)

    killed = kill_role(server, "web")
    patient.person.wait_for(
        lambda: role_process(server, "web") not in {None, killed} and web_listens(server),
        "another web role",
        START_SECONDS,
    )
    patient.person.wait_for(lambda: all(map(joined_again, sides)), "both seats", RESUME_SECONDS)

    for side in sides:
        assert side.page.evaluate(LONGEST_PAUSE) < LONGEST_PAUSE_SECONDS
        expect(side.element).to_have_attribute("state", "connected")
    practitioner.page.evaluate("dispatchEvent(new Event('online'))")
    patient.person.wait_for(
        lambda: practitioner.inside.descriptions()[0]["offer"] == 2, "an ICE restart"
    )
    patient.person.wait_for(
        lambda: practitioner.inside.descriptions()[1]["answer"] == 2, "its answer"
    )
    for side in sides:
        expect_picture(side.person)
        assert side.inside.connections() == 1
        assert side.page.evaluate("window.marked")


def count_frames(side: Side) -> None:
    """Note the time of every picture of the other side from now on."""
    part(side.page, "remote-video").evaluate(COUNT_FRAMES)


def frames(side: Side) -> int:
    """Return how many pictures were noted."""
    count: int = side.page.evaluate("window.frames.length")
    return count


def joined_again(side: Side) -> bool:
    """Tell whether the server welcomed this page twice."""
    return sum('"type":"welcome"' in text for text in side.inside.wires.received) >= 2
