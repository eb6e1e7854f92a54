"""Who sits where, over real sockets."""

from contextlib import closing
from datetime import timedelta

import pytest
from websocket import ABNF

from tests.protocol.signalling_clients import (
    Booked,
    Json,
    Practice,
    Socket,
    description,
    frame,
    join,
    relayed,
)


@pytest.fixture
def room(practice: Practice, cookie: str) -> Socket:
    page, welcome = practice.room(cookie)
    assert welcome["type"] == "welcome"
    return page


def error(kind: str) -> Json:
    return {"type": "error", "error": kind, "retryAfter": None}


def peer_of(message: Json) -> tuple[object, object]:
    peer = message["peer"]
    assert message["type"] == "presence"
    assert isinstance(peer, dict)
    return peer["seat"], peer["state"]


def practitioners_seat(welcome: Json) -> object:
    peers = welcome["peers"]
    assert isinstance(peers, list)
    [seat] = [peer["seat"] for peer in peers if peer["role"] == "practitioner"]
    return seat


def test_join_with_the_link_is_seated_and_the_room_learns_of_it(
    practice: Practice, booked: Booked, room: Socket
) -> None:
    _, welcome = practice.visit(token=booked.token)

    assert (welcome["type"], welcome["role"]) == ("welcome", "patient")
    assert peer_of(room.receive()) == (welcome["seat"], "here")
    urls = [f"stun:198.51.100.1:{port}" for port in practice.server.stun_ports]
    assert welcome["iceServers"] == [{"urls": urls}]


def test_offer_and_answer_are_relayed_with_the_servers_stamp(
    practice: Practice, booked: Booked, room: Socket
) -> None:
    patient, welcome = practice.visit(token=booked.token)
    room.receive()
    practitioner = practitioners_seat(welcome)
    offer = description(welcome["seat"], patient, **{"from": "somebody-else"})
    ack: Json = {"type": "ack", "to": practitioner, "toInstance": room.instance, "seq": 1}

    room.send(offer)
    assert patient.receive() == relayed(offer, practitioner, room)
    patient.send(ack)
    assert room.receive() == relayed(ack, welcome["seat"], patient)


def test_offer_before_the_room_opens_is_refused_and_the_socket_stays(practice: Practice) -> None:
    early = practice.book(starts_in=timedelta(hours=2))
    patient, welcome = practice.visit(token=early.token)

    answer = patient.ask(description(practitioners_seat(welcome), patient))

    assert answer == error("not-open")
    assert patient.is_quiet()


def test_reloaded_page_resumes_and_the_older_socket_is_closed(
    practice: Practice, booked: Booked
) -> None:
    older, welcome = practice.visit(token=booked.token)

    newer, again = practice.visit(resume=str(welcome["resume"]))

    assert (again["seat"], again["resume"]) == (welcome["seat"], None)
    assert older.refusal() == ("taken-over", 4409)
    assert newer.is_quiet()


def test_lost_socket_is_shown_as_away(practice: Practice, booked: Booked, room: Socket) -> None:
    patient, welcome = practice.visit(token=booked.token)
    room.receive()

    patient.drop()

    assert peer_of(room.receive()) == (welcome["seat"], "away")


def test_leaving_is_shown_as_left_and_frees_the_seat(
    practice: Practice, booked: Booked, room: Socket
) -> None:
    patient, welcome = practice.visit(token=booked.token)
    room.receive()

    patient.send({"type": "leave"})

    assert patient.close_code() == 1000
    assert peer_of(room.receive()) == (welcome["seat"], "left")
    assert practice.visit(token=booked.token)[1]["type"] == "welcome"


def test_leaving_and_closing_in_one_breath_is_shown_as_left(
    practice: Practice, booked: Booked, room: Socket
) -> None:
    # A page that is closed says leave and closes at once; both may come in one packet.
    patient, welcome = practice.visit(token=booked.token)
    room.receive()

    patient.send_bytes(frame(b'{"type":"leave"}') + frame(b"", ABNF.OPCODE_CLOSE))

    assert peer_of(room.receive()) == (welcome["seat"], "left")


def test_second_device_claims_and_is_seated_by_the_practitioner(
    practice: Practice, booked: Booked, room: Socket
) -> None:
    first, welcome = practice.visit(token=booked.token)
    room.receive()
    assert room.ask({"type": "admit", "seat": welcome["seat"]})["type"] == "admitted"

    second, claiming = practice.visit(token=booked.token)
    claim = room.receive()

    assert claiming == {"type": "claiming", "claim": claim["claim"]}
    assert first.receive() == claim
    room.send({"type": "hand-over", "claim": claim["claim"], "accept": True})
    again = second.receive()
    assert (again["type"], again["seat"]) == ("welcome", welcome["seat"])
    assert again["admittedSince"] is not None
    assert first.receive()["type"] == "claim-closed"
    assert first.refusal() == ("taken-over", 4409)


def test_second_device_that_is_refused_is_closed_and_the_first_untouched(
    practice: Practice, booked: Booked
) -> None:
    first, _ = practice.visit(token=booked.token)
    second, _ = practice.visit(token=booked.token)
    claim = first.receive()

    first.send({"type": "hand-over", "claim": claim["claim"], "accept": False})

    assert second.refusal() == ("claim-refused", 4423)
    assert first.receive() == {
        "type": "claim-closed",
        "seat": claim["seat"],
        "claim": claim["claim"],
    }
    assert first.is_quiet()


def test_end_tells_everybody_and_voids_link_and_secret(
    practice: Practice, booked: Booked, room: Socket
) -> None:
    patient, welcome = practice.visit(token=booked.token)
    room.receive()

    answer = room.ask({"type": "end", "consultation": booked.id})

    assert answer == {"type": "ended", "consultation": booked.id}
    assert patient.receive() == answer
    assert patient.refusal() == ("ended", 4410)
    page, refused = practice.visit(token=booked.token)
    assert (refused, page.close_code()) == (error("ended"), 4410)
    page, refused = practice.visit(resume=str(welcome["resume"]))
    assert (refused, page.close_code()) == (error("unknown-seat"), 4404)
    assert room.is_quiet()


def test_expired_link_is_refused(practice: Practice) -> None:
    expired = practice.book(starts_in=-timedelta(hours=4, minutes=32))

    page, refused = practice.visit(token=expired.token)

    assert (refused, page.close_code()) == (error("expired"), 4410)


def test_token_with_another_signature_is_refused(practice: Practice, booked: Booked) -> None:
    last = "A" if booked.token[-1] != "A" else "E"

    page, refused = practice.visit(token=booked.token[:-1] + last)

    assert (refused, page.close_code()) == (error("unknown-invitation"), 4404)
    assert practice.visit(token=booked.token)[1]["type"] == "welcome"


def test_newest_room_replaces_the_older(practice: Practice, cookie: str, room: Socket) -> None:
    newer, welcome = practice.room(cookie)

    assert welcome["type"] == "welcome"
    assert room.refusal() == ("taken-over", 4409)
    assert newer.is_quiet()


@pytest.mark.parametrize("cookie", [None, "session=x"])
def test_room_without_a_session_is_refused_before_it_says_anything(
    practice: Practice, cookie: str | None
) -> None:
    assert practice.connect("/ws/room", cookie=cookie).refusal() == ("not-signed-in", 4401)


def test_room_for_staff_is_refused(practice: Practice) -> None:
    staff = Practice(practice.server, role="staff").sign_in()

    refusal = practice.connect("/ws/room", cookie=staff).refusal()

    assert refusal == ("not-practitioner", 4403)


def test_room_from_a_foreign_page_or_none_is_refused(
    practice: Practice, cookie: str, room: Socket
) -> None:
    for origin in ("http://evil.example", "null", None, practice.server.origin + ".evil.example"):
        stranger = practice.connect("/ws/room", cookie=cookie, origin=origin)

        assert stranger.refusal() == ("bad-origin", 4403)
    assert room.is_quiet()


def test_visit_from_a_foreign_page_is_refused(practice: Practice, booked: Booked) -> None:
    stranger = practice.connect("/ws/visit", origin="http://evil.example")

    assert stranger.refusal() == ("bad-origin", 4403)
    assert practice.visit(token=booked.token)[1]["type"] == "welcome"


def test_visit_of_a_program_without_origin_is_served(practice: Practice, booked: Booked) -> None:
    program = practice.connect("/ws/visit", origin=None)

    answer = program.ask(join(program, token=booked.token, language="en"))

    assert answer["type"] == "welcome"


def test_room_of_an_ended_session_is_closed(practice: Practice) -> None:
    with closing(Practice(practice.server)) as own:
        cookie = own.sign_in()
        room, _ = own.room(cookie)

        own.sign_out()

        assert room.refusal() == ("not-signed-in", 4401)
        again = own.connect("/ws/room", cookie=cookie)
        assert again.refusal() == ("not-signed-in", 4401)
