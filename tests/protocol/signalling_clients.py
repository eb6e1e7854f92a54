"""Clients of the signalling WebSockets, and a practice in which they meet."""

import http.cookiejar
import json
import re
import secrets
import socket
import struct
import urllib.parse
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import websocket
from websocket import ABNF

from tests.support.server import MeetoneProcess
from tests.support.waiting import TIMEOUT_SCALE

ANSWER_SECONDS = 5 * TIMEOUT_SCALE
PASSWORD = "ein Regenschirm am Fenster 7"
CSRF_FIELD = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')

Json = dict[str, object]


class Socket:
    """One WebSocket to the server, spoken as a browser speaks it."""

    def __init__(
        self,
        server: MeetoneProcess,
        path: str,
        *,
        origin: str | None = "",
        cookie: str | None = None,
        receive_buffer: int | None = None,
    ) -> None:
        """Connect.

        Args:
            server: whom to speak to.
            path: `/ws/visit` or `/ws/room`.
            origin: the page's; empty: that of the server; None: send none.
            cookie: value of the `Cookie` header.
            receive_buffer: bytes that the system keeps for this client.
        """
        buffer = [] if receive_buffer is None else [(socket.SO_RCVBUF, receive_buffer)]
        self.instance = secrets.token_urlsafe(9)
        self.connection = websocket.create_connection(
            server.url(path).replace("http", "ws", 1),
            timeout=ANSWER_SECONDS,
            origin=server.origin if origin == "" else origin,
            suppress_origin=origin is None,
            cookie=cookie,
            sockopt=[(socket.SOL_SOCKET, *option) for option in buffer],
        )
        self._stream = self.connection.sock

    @property
    def stream(self) -> socket.socket:
        """The TCP connection."""
        assert self._stream is not None
        return self._stream

    def send(self, message: Json | str) -> None:
        """Send a message; text goes as it is."""
        self.connection.send(message if isinstance(message, str) else json.dumps(message))

    def send_bytes(self, data: bytes) -> None:
        """Send bytes below the framing."""
        self.stream.sendall(data)

    def receive(self) -> Json:
        """Wait for the next message.

        Raises:
            AssertionError: the socket was closed instead.
        """
        opcode, data = self._next()
        assert opcode == ABNF.OPCODE_TEXT, (opcode, data)
        message = json.loads(data)
        assert isinstance(message, dict)
        return message

    def ask(self, message: Json) -> Json:
        """Send a message and wait for the next one that comes."""
        self.send(message)
        return self.receive()

    def close_code(self) -> int:
        """Wait for the server's close.

        Raises:
            AssertionError: something else came.
        """
        opcode, data = self._next()
        assert opcode == ABNF.OPCODE_CLOSE, (opcode, data)
        code: int = struct.unpack("!H", data[:2])[0]
        return code

    def rest(self) -> list[bytes]:
        """Return the payloads of all frames up to the server's close, that included."""
        opcode, received = ABNF.OPCODE_TEXT, []
        while opcode != ABNF.OPCODE_CLOSE:
            opcode, data = self._next()
            received.append(data)
        return received

    def refusal(self) -> tuple[object, int]:
        """Wait for an error and the close behind it; return its id and the close code."""
        error = self.receive()
        assert error["type"] == "error", error
        return error["error"], self.close_code()

    def is_quiet(self) -> bool:
        """Tell whether nothing has come: the answer to a ping is the next thing that does."""
        return self.ask({"type": "ping"}) == {"type": "pong"}

    def drop(self) -> None:
        """Lose the connection without a word."""
        self.stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.stream.close()

    def close(self) -> None:
        """Let go of the connection; harmless when it is gone already."""
        self.stream.close()

    def _next(self) -> tuple[int, bytes]:
        opcode, data = self.connection.recv_data(control_frame=True)
        return opcode, bytes(data)


@dataclass(frozen=True, slots=True)
class Booked:
    """A consultation and the token of the patient's link."""

    id: str
    token: str
    code: str


class Practice:
    """One practitioner of an installation, and the people who come to see them."""

    def __init__(self, server: MeetoneProcess, *, role: str = "practitioner") -> None:
        self.server = server
        self._sockets: list[Socket] = []
        self._jar = http.cookiejar.CookieJar()
        self.email = f"{secrets.token_hex(6)}@praxis.example"
        server.add_user(self.email, "Dr. Weber", PASSWORD, role=role)

    def book(self, *, starts_in: timedelta = timedelta(0)) -> Booked:
        """Make a consultation; one that starts now is open."""
        starts_at = (datetime.now(UTC) + starts_in).isoformat(timespec="minutes")
        added = self.server.add_consultation(self.email, starts_at)
        return Booked(str(added["id"]), added["link"].rpartition("/")[2], added["code"])

    def sign_in(self) -> str:
        """Sign in through the page; return the cookie."""
        url = self._send_form("/login", "/login", {"email": self.email, "password": PASSWORD})
        assert url == self.server.url("/practice/"), url
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)

    def sign_out(self) -> None:
        """Sign the last one who signed in out again."""
        self._send_form("/practice/", "/logout", {})

    def _send_form(self, page: str, action: str, fields: dict[str, str]) -> str:
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))
        with browser.open(self.server.url(page)) as shown:
            text = shown.read().decode()
        found = CSRF_FIELD.search(text)
        assert found is not None, text
        request = urllib.request.Request(  # noqa: S310  # our own server's address
            self.server.url(action),
            data=urllib.parse.urlencode({**fields, "csrf_token": found[1]}).encode(),
            headers={"Origin": self.server.origin},
        )
        with browser.open(request) as answer:
            url: str = answer.url
        return url

    def connect(
        self,
        path: str,
        *,
        origin: str | None = "",
        cookie: str | None = None,
        receive_buffer: int | None = None,
    ) -> Socket:
        """Open a WebSocket that `close` closes; see `Socket`."""
        page = Socket(
            self.server, path, origin=origin, cookie=cookie, receive_buffer=receive_buffer
        )
        self._sockets.append(page)
        return page

    def close(self) -> None:
        """Let everybody go."""
        while self._sockets:
            self._sockets.pop().close()

    def visit(self, **right: str) -> tuple[Socket, Json]:
        """Open a patient's page with `token` or `resume`; return what the server answered."""
        page = self.connect("/ws/visit")
        return page, page.ask(join(page, language="de", consent="2026-11", **right))

    def room(self, cookie: str | None = None) -> tuple[Socket, Json]:
        """Open the consulting room; return what the server answered."""
        page = self.connect("/ws/room", cookie=cookie or self.sign_in())
        return page, page.ask(join(page))


def frame(data: bytes, opcode: int = ABNF.OPCODE_TEXT, *, final: bool = True) -> bytes:
    """Return one masked frame, as a client sends it."""
    header = bytes(((0x80 if final else 0) | opcode,))
    mask = b"\x01\x02\x03\x04"
    size = len(data)
    if size < 126:
        header += bytes((0x80 | size,))
    elif size < 65_536:
        header += struct.pack("!BH", 0x80 | 126, size)
    else:
        header += struct.pack("!BQ", 0x80 | 127, size)
    masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))
    return header + mask + masked


def join(page: Socket, **fields: str) -> Json:
    """Return a first message."""
    return {"type": "join", "version": 1, "instance": page.instance, **fields}


def description(to: object, page: Socket, **fields: object) -> Json:
    """Return an offer for a seat, from one page."""
    return {
        "type": "description",
        "to": to,
        "toInstance": page.instance,
        "connection": "connection-1",
        "seq": 1,
        "description": {"type": "offer", "sdp": "v=0"},
        **fields,
    }


def relayed(message: Json, sender: object, page: Socket) -> Json:
    """Return a message as it arrives."""
    return {**message, "from": sender, "fromInstance": page.instance}
