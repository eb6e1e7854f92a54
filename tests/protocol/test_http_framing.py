"""Where one request ends and the next begins: no doubt of it may remain, or a proxy in front sees other requests."""

import re
import socket

import pytest

from tests.support.server import MeetoneProcess
from tests.support.waiting import TIMEOUT_SCALE

NEXT = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
FORM = "code=AAA-BBB-CCC"
FORM_HEADERS = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(FORM)}\r\n"
STATUS = re.compile(rb"HTTP/1\.1 (\d+) ")


def statuses(server: MeetoneProcess, request: str) -> list[int]:
    """Send bytes at once and return the status of every answer until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20 * TIMEOUT_SCALE) as stream:
        stream.sendall(request.encode("latin-1"))
        answer = b""
        try:
            while part := stream.recv(65_536):
                answer += part
        except ConnectionResetError:
            pass  # what it did not read was in the way; the answers came before
    return [int(status) for status in STATUS.findall(answer)]


def post(headers: str, body: str) -> str:
    return f"POST /code HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n{body}"


def test_request_with_a_length_ends_where_it_says(server: MeetoneProcess) -> None:
    assert statuses(server, post(FORM_HEADERS, FORM) + NEXT) == [404, 200]


@pytest.mark.parametrize(
    "upgrade",
    [
        "Connection: Upgrade\r\n",
        "Connection: Upgrade\r\nUpgrade: other\r\n",
        "Connection: Upgrade\r\nUpgrade: h2c\r\n",
    ],
)
def test_form_that_asks_for_an_upgrade_is_not_read_into_the_next_request(
    server: MeetoneProcess, upgrade: str
) -> None:
    assert statuses(server, post(upgrade + FORM_HEADERS, FORM) + NEXT) == [404, 200]


def test_form_that_asks_for_a_websocket_is_the_last_request(server: MeetoneProcess) -> None:
    upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n"

    # No address takes a form as a WebSocket; what counts is that nothing behind it is read.
    assert statuses(server, post(upgrade + FORM_HEADERS, FORM) + NEXT) == [405]


@pytest.mark.parametrize(
    "headers",
    [
        "Content-Length: +16\r\n",
        "Content-Length: 1_6\r\n",
        "Content-Length : 16\r\n",
        "Content-Length\r\n",
        "Content-Length: 16\r\nContent-Length: 16\r\n",
        "Content-Length: 16, 16\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    ],
)
def test_request_whose_end_is_doubtful_is_refused_and_is_the_last(
    server: MeetoneProcess, headers: str
) -> None:
    assert statuses(server, post(headers, FORM) + NEXT) == [400]


def test_request_in_chunks_ends_with_the_last_of_them(server: MeetoneProcess) -> None:
    headers = "Transfer-Encoding: Chunked\r\n"

    assert statuses(server, post(headers, "0\r\n\r\n") + NEXT) == [422, 200]


@pytest.mark.parametrize(
    "missing", ["Upgrade: websocket\r\n", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"]
)
def test_handshake_that_is_incomplete_is_refused(server: MeetoneProcess, missing: str) -> None:
    handshake = (
        "GET /ws/visit HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: close\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )

    assert statuses(server, handshake.replace(missing, "")) == [400]


def test_handshake_with_a_body_is_refused(server: MeetoneProcess) -> None:
    handshake = (
        "GET /ws/visit HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        "Content-Length: 2\r\n\r\nok"
    )

    assert statuses(server, handshake + NEXT) == [400]


def test_head_that_comes_byte_by_byte_is_given_up(server: MeetoneProcess) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=1) as stream:
        stream.sendall(b"GET /healthz HTTP/1.1\r\nX-Slow: ")
        answer = b""
        for _ in range(int(40 * TIMEOUT_SCALE)):
            stream.sendall(b"x")
            try:
                answer = stream.recv(100)
            except TimeoutError:
                continue
            break

    assert answer.startswith(b"HTTP/1.1 400 ")
