"""The server goes and comes back; the people keep their seats."""

import time

from tests.conftest import FreshServer
from tests.protocol.signalling_clients import Practice, description, relayed
from tests.support.waiting import TIMEOUT_SCALE

SOON = 2 * TIMEOUT_SCALE


def test_server_that_is_stopped_tells_everybody_to_come_back(fresh_server: FreshServer) -> None:
    server = fresh_server(role="web")
    practice = Practice(server)
    room, _ = practice.room()
    patient, _ = practice.visit(token=practice.book().token)
    room.receive()
    waiting = practice.connect("/ws/visit")

    started = time.monotonic()
    server.stop()
    took = time.monotonic() - started

    for page in (room, patient, waiting):
        *_, error, close = page.rest()
        assert b'"server-restart"' in error
        assert close[:2] == (1012).to_bytes(2)
    assert took < 5 * TIMEOUT_SCALE
    practice.close()


def test_server_that_was_killed_finds_everybody_back_in_their_seats(
    fresh_server: FreshServer,
) -> None:
    server = fresh_server(role="web")
    practice = Practice(server)
    cookie = practice.sign_in()
    room, _ = practice.room(cookie)
    patient, welcome = practice.visit(token=practice.book().token)
    room.receive()
    admitted = room.ask({"type": "admit", "seat": welcome["seat"]})

    server.kill()
    server.start()

    room, of_room = practice.room(cookie)
    peers = of_room["peers"]
    assert isinstance(peers, list)
    [peer] = peers
    assert (peer["seat"], peer["state"], peer["instance"]) == (welcome["seat"], "away", None)
    assert peer["admittedSince"] == admitted["since"]
    patient, again = practice.visit(resume=str(welcome["resume"]))
    assert (again["seat"], again["admittedSince"]) == (welcome["seat"], admitted["since"])
    assert again["arrivedAt"] == welcome["arrivedAt"]
    presence = room.receive()
    assert isinstance(presence["peer"], dict)
    assert (presence["peer"]["state"], presence["peer"]["instance"]) == ("here", patient.instance)
    offer = description(again["seat"], patient)
    room.send(offer)
    practitioner = again["peers"][0]["seat"]  # type: ignore[index]  # the list of peers
    assert patient.receive() == relayed(offer, practitioner, room)
    practice.close()
