"""Clients that break the rules, and what the others notice of it: nothing."""

import json
import socket
import struct
import time
from contextlib import suppress

import pytest
from websocket import ABNF

from tests.conftest import FreshServer
from tests.protocol.signalling_clients import (
    ANSWER_SECONDS,
    Booked,
    Practice,
    Socket,
    description,
    frame,
    join,
)
from tests.support.server import MeetoneProcess
from tests.support.waiting import TIMEOUT_SCALE, wait_for

LARGEST = 65_536
HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: {version}\r\n"
    "Origin: {origin}\r\n{more}\r\n"
)


@pytest.fixture
def stranger(practice: Practice) -> Socket:
    return practice.connect("/ws/visit")


@pytest.fixture
def patient(practice: Practice, booked: Booked) -> Socket:
    page, welcome = practice.visit(token=booked.token)
    assert welcome["type"] == "welcome"
    return page


class TestFirstMessage:
    @pytest.mark.parametrize(
        "text", ["", "hello", "{}", '{"type":"ping"}', '{"type":"leave"}', "[" * 60_000]
    )
    def test_that_is_no_join_is_refused(self, stranger: Socket, text: str) -> None:
        stranger.send(text)

        assert stranger.refusal() == ("bad-message", 4400)

    def test_of_another_version_is_refused(self, stranger: Socket) -> None:
        stranger.send({**join(stranger, token="t"), "version": 2, "novelty": True})

        assert stranger.refusal() == ("version", 4426)

    def test_that_does_not_come_is_waited_for_ten_seconds(self, stranger: Socket) -> None:
        started = time.monotonic()
        stranger.stream.settimeout(15 * TIMEOUT_SCALE)

        assert stranger.refusal() == ("join-timeout", 4408)
        assert time.monotonic() - started > 9

    def test_on_the_room_with_a_token_is_refused(self, practice: Practice, cookie: str) -> None:
        page = practice.connect("/ws/room", cookie=cookie)

        page.send(join(page, token="t"))

        assert page.refusal() == ("bad-message", 4400)


class TestFrames:
    def test_of_one_message_may_be_many_with_a_ping_between(
        self, practice: Practice, booked: Booked, stranger: Socket
    ) -> None:
        text = json.dumps(join(stranger, token=booked.token, language="de")).encode()

        stranger.send_bytes(
            frame(text[:10], final=False)
            + frame(b"are you there?", ABNF.OPCODE_PING)
            + frame(b"", ABNF.OPCODE_CONT, final=False)
            + frame(text[10:], ABNF.OPCODE_CONT)
        )

        opcode, pong = stranger.connection.recv_data(control_frame=True)
        assert (opcode, bytes(pong)) == (ABNF.OPCODE_PONG, b"are you there?")
        assert stranger.receive()["type"] == "welcome"

    def test_that_come_byte_by_byte_are_put_together(self, patient: Socket) -> None:
        for byte in frame(b'{"type":"ping"}'):
            patient.send_bytes(bytes((byte,)))

        assert patient.receive() == {"type": "pong"}

    def test_with_a_message_as_large_as_allowed_are_read(self, patient: Socket) -> None:
        patient.send('{"type":"ping"}'.ljust(LARGEST))

        assert patient.receive() == {"type": "pong"}

    @pytest.mark.parametrize("text", [" " * (LARGEST + 1), "ä" * (LARGEST // 2 + 1)])
    def test_with_a_larger_message_are_closed_with_1009(self, patient: Socket, text: str) -> None:
        patient.send(text)

        assert patient.close_code() == 1009

    def test_with_a_larger_message_in_pieces_are_closed_with_1009(self, patient: Socket) -> None:
        patient.send_bytes(frame(b" " * 40_000, final=False))
        patient.send_bytes(frame(b" " * 40_000, ABNF.OPCODE_CONT, final=False))

        assert patient.close_code() == 1009

    def test_that_announce_a_gigabyte_are_closed_as_soon_as_it_is_too_much(
        self, patient: Socket
    ) -> None:
        patient.send_bytes(b"\x81\xff" + struct.pack("!Q", 2**30) + b"\0\0\0\0")
        patient.send_bytes(b" " * (LARGEST + 1))

        assert patient.close_code() == 1009

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (frame(b"\xff\xfe"), 1007),
            (frame(b"{}", ABNF.OPCODE_BINARY), 1003),
            (b"\x81\x02{}", 1002),  # not masked
            (b"\xc1\x82\0\0\0\0{}", 1002),  # compressed, though that was not agreed
            (b"\x83\x80\0\0\0\0", 1002),  # an opcode that does not exist
            (frame(b"{}", ABNF.OPCODE_CONT), 1002),
            (frame(b"x" * 126, ABNF.OPCODE_PING), 1002),
            (frame(b"\x03", ABNF.OPCODE_CLOSE), 1002),
        ],
    )
    def test_that_are_malformed_are_closed_as_rfc_6455_says(
        self, patient: Socket, data: bytes, code: int
    ) -> None:
        patient.send_bytes(data)

        assert patient.close_code() == code

    @pytest.mark.parametrize(
        "data",
        [
            frame(b'{"type":"ping"}'),
            frame(b"", ABNF.OPCODE_PING),
            frame(b"", ABNF.OPCODE_PONG),
        ],
    )
    def test_that_flood_are_closed(self, patient: Socket, data: bytes) -> None:
        patient.send_bytes(data * 150)

        *_, error, close = patient.rest()
        assert json.loads(error) == {"type": "error", "error": "too-fast", "retryAfter": 5.0}
        assert struct.unpack("!H", close[:2]) == (4429,)

    def test_of_nothing_without_end_are_closed(self, patient: Socket) -> None:
        patient.send_bytes(frame(b" ", final=False))

        patient.send_bytes(frame(b"", ABNF.OPCODE_CONT, final=False) * 150)

        assert patient.refusal() == ("too-fast", 4429)

    def test_close_is_answered_with_the_same_code_and_the_connection_ends(
        self, patient: Socket
    ) -> None:
        patient.send_bytes(frame(struct.pack("!H", 4000), ABNF.OPCODE_CLOSE))

        assert patient.close_code() == 4000
        assert patient.stream.recv(1) == b""


def handshake(server: MeetoneProcess, path: str, version: int = 13, more: str = "") -> bytes:
    host = server.origin.removeprefix("http://")
    return HANDSHAKE.format(
        path=path, host=host, version=version, origin=server.origin, more=more
    ).encode()


def connect(server: MeetoneProcess) -> socket.socket:
    stream = socket.create_connection(("127.0.0.1", server.port), timeout=ANSWER_SECONDS)
    stream.settimeout(ANSWER_SECONDS)
    return stream


def read_head(stream: socket.socket) -> bytes:
    data = b""
    while not data.endswith(b"\r\n\r\n"):
        data += stream.recv(1)
    return data


def read_all(stream: socket.socket) -> bytes:
    data = b""
    with suppress(ConnectionResetError):
        while part := stream.recv(65_536):
            data += part
    return data


HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


class TestUpgrade:
    def test_answers_as_rfc_6455_says_and_offers_no_compression(
        self, server: MeetoneProcess
    ) -> None:
        more = "Sec-WebSocket-Extensions: permessage-deflate\r\n"
        with connect(server) as stream:
            stream.sendall(handshake(server, "/ws/visit", more=more))

            head = read_head(stream)

        assert head == (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
        )

    def test_of_another_version_is_refused_with_ours(self, server: MeetoneProcess) -> None:
        with connect(server) as stream:
            stream.sendall(handshake(server, "/ws/visit", version=8))

            head = read_head(stream)

        assert head.startswith(b"HTTP/1.1 426 ")
        assert b"Sec-WebSocket-Version: 13\r\n" in head

    def test_without_a_key_is_refused(self, server: MeetoneProcess) -> None:
        with connect(server) as stream:
            request = handshake(server, "/ws/visit").replace(b"dGhlIHNhbXBsZSBub25jZQ==", b"")
            stream.sendall(request)

            assert read_head(stream).startswith(b"HTTP/1.1 400 ")

    @pytest.mark.parametrize("path", ["/ws/visit", "/ws/room"])
    def test_that_is_not_asked_for_is_refused(self, server: MeetoneProcess, path: str) -> None:
        with connect(server) as stream:
            stream.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

            assert read_head(stream).startswith(b"HTTP/1.1 400 ")

    @pytest.mark.parametrize("at_once", [True, False])
    def test_leaves_no_way_back_to_http(self, server: MeetoneProcess, at_once: bool) -> None:
        # A proxy in front lets everything through after an upgrade.
        with connect(server) as stream:
            stream.sendall(HEALTH)
            assert read_head(stream).startswith(b"HTTP/1.1 200 ")
            assert stream.recv(100) == b"ok\n"

            stream.sendall(handshake(server, "/ws/visit") + (HEALTH if at_once else b""))
            assert read_head(stream).startswith(b"HTTP/1.1 101 ")
            stream.sendall(frame(struct.pack("!H", 1000), ABNF.OPCODE_CLOSE))
            with suppress(OSError):
                stream.sendall(HEALTH)

            assert read_all(stream) == b"\x88\x02\x03\xe8"

    def test_whose_client_half_closes_is_lost_at_once(
        self, practice: Practice, cookie: str, booked: Booked, patient: Socket
    ) -> None:
        room, _ = practice.room(cookie)

        patient.stream.shutdown(socket.SHUT_WR)

        presence = room.receive()
        assert isinstance(presence["peer"], dict)
        assert (presence["peer"]["consultation"], presence["peer"]["state"]) == (booked.id, "away")


class TestNumber:
    def test_of_sockets_of_one_address_is_bounded(self, fresh_server: FreshServer) -> None:
        server = fresh_server(role="web")
        pages = [Socket(server, "/ws/visit") for _ in range(60)]

        refused = Socket(server, "/ws/visit")

        assert refused.refusal() == ("too-many-sockets", 4429)
        pages.pop().drop()
        assert wait_for(lambda: is_served(server), "a free place among the sockets")
        for page in (*pages, refused):
            page.close()


def is_served(server: MeetoneProcess) -> bool:
    page = Socket(server, "/ws/visit")
    page.send("hello")
    error, _ = page.refusal()
    page.close()
    return error == "bad-message"


class TestSlowReader:
    """A patient who does not read must not hold up the room or another patient."""

    @pytest.fixture
    def reader(self, practice: Practice, cookie: str) -> tuple[Socket, Socket, Socket, object]:
        """A room, a patient who reads, one who does not yet, and the seat of the latter."""
        room, _ = practice.room(cookie)
        other, _ = practice.visit(token=practice.book().token)
        room.receive()
        slow = practice.connect("/ws/visit", receive_buffer=64 * 1024)
        token = practice.book().token
        welcome = slow.ask(join(slow, token=token, language="de"))
        room.receive()
        return room, other, slow, welcome["seat"]

    def fill(self, room: Socket, slow: Socket, seat: object) -> None:
        offer = {"type": "offer", "sdp": "x" * 32_000}
        for number in range(1, 116):
            room.send(description(seat, slow, seq=number, description=offer))
        assert room.is_quiet()

    def test_who_reads_again_gets_whole_messages_and_then_1013(
        self, reader: tuple[Socket, Socket, Socket, object]
    ) -> None:
        room, other, slow, seat = reader

        self.fill(room, slow, seat)
        assert other.is_quiet()

        *texts, close = slow.rest()
        received = [json.loads(text)["seq"] for text in texts]
        assert received == list(range(1, len(received) + 1))
        assert 0 < len(received) < 115
        assert struct.unpack("!H", close[:2]) == (1013,)

    def test_who_never_reads_is_away_after_ten_seconds(
        self, reader: tuple[Socket, Socket, Socket, object]
    ) -> None:
        room, other, slow, seat = reader
        room.stream.settimeout(16 * TIMEOUT_SCALE)

        self.fill(room, slow, seat)

        presence = room.receive()
        peer = presence["peer"]
        assert isinstance(peer, dict)
        assert (presence["type"], peer["seat"], peer["state"]) == ("presence", seat, "away")
        assert other.is_quiet()


def test_nothing_that_people_send_is_logged(fresh_server: FreshServer) -> None:
    server = fresh_server(role="web")
    practice = Practice(server)
    booked = practice.book()
    page, welcome = practice.visit(token=booked.token)
    seat = welcome["peers"][0]["seat"]  # type: ignore[index]  # the list of peers
    offer = {"type": "offer", "sdp": "v=0 o=Frau-Muster 192.0.2.77"}
    page.send(description(seat, page, description=offer))
    page.send({"type": "description", "sdp": "Frau-Muster"})
    assert page.refusal() == ("bad-message", 4400)
    practice.close()
    server.stop()

    said = server.output
    assert "/ws/visit" in said
    for secret in (booked.token, str(welcome["resume"]), "Muster", "192.0.2.77", "127.0.0.1 -"):
        assert secret not in said
