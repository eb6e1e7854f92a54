"""One WebSocket on pywsgi's own socket (RFC 6455).

It is read in the greenlet that serves the request, and never ahead of what is asked for: a client that sends
faster than it is served is slowed down by TCP, not stored. What is sent goes to the system at once; what does not fit
there is queued, within bounds, and written by a second greenlet that lives only as long. So frames leave whole, and
nobody waits for a slow reader. Compression is not offered: it would cost 90 kB for each socket.
"""

import struct
from collections import deque
from contextlib import suppress
from http import HTTPStatus
from socket import IPPROTO_TCP, SO_SNDBUF, SOL_SOCKET, TCP_NODELAY
from time import monotonic
from typing import TYPE_CHECKING

import gevent
from gevent.socket import SHUT_RDWR, socket
from werkzeug import Response
from werkzeug.exceptions import BadRequest, HTTPException
from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, TextMessage
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import generate_accept_token

from meetone.signalling.limits import TokenBucket
from meetone.signalling.messages import MESSAGE_BYTES, Error, encode
from meetone.signalling.refusals import Refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

QUEUED_MESSAGES = 256
QUEUED_BYTES = 1024 * 1024
SEND_BUFFER_BYTES = 128 * 1024
"""How much the system keeps for a slow reader; by itself it would grow to 4 MiB."""
SEND_TIMEOUT_SECONDS = 10.0
CLOSE_TIMEOUT_SECONDS = 2.0
RECEIVE_BYTES = 16 * 1024
DISCARDED_BYTES = 1024 * 1024
"""How much a client may still send after it was told to stop; less would reset the connection under the last words."""

KEY_CHARACTERS = 24
TEXT_FINAL = 0x81
LONG = 126
LONGER = 65_536


class Disconnected(Exception):
    """The WebSocket is closed, by whichever side."""


class ProtocolViolation(Exception):
    """The client broke RFC 6455 or a bound of ours.

    Attributes:
        code: the close code that says so.
    """

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class WebSocket:
    """The server's end of one WebSocket; flask-sock makes it from the request."""

    mode = "gevent"
    """How flask-sock ends the request: without an HTTP answer."""

    def __init__(self, environ: "WSGIEnvironment") -> None:
        """Accept the upgrade.

        Raises:
            HTTPException: this is no WebSocket handshake; nothing has been answered yet.
        """
        answer = accept_upgrade(environ)
        self._socket = socket_of(environ)
        self._protocol = Connection(ConnectionType.SERVER)
        self._bucket = TokenBucket(monotonic())
        self._messages: deque[str] = deque()
        self._parts: list[str] = []
        self._size = 0
        self._outgoing: deque[bytes] = deque()
        self._outgoing_bytes = 0
        self._writer: gevent.Greenlet[..., None] | None = None
        self._reaper: gevent.Greenlet[..., None] | None = None
        self._closing = False
        self._broken = False
        self.heard_at = monotonic()
        """When the client last sent a whole frame, in seconds of the monotonic clock."""
        # pywsgi's own limit is for HTTP; here every wait has its own.
        self._socket.settimeout(None)
        self._enqueue(answer)
        LIVE.add(self)

    def receive(self, seconds: float) -> str:
        """Wait for the next message.

        Raises:
            TimeoutError: no whole message came in this time.
            Disconnected: there will be none.
            ProtocolViolation: the client broke the rules; close with the code given.
            Refused: the client is too fast.
        """
        deadline = monotonic() + seconds
        while not self._messages:
            if self._closing:
                raise Disconnected
            self._read(deadline)
        return self._messages.popleft()

    def send(self, payload: bytes) -> None:
        """Queue a text message; never blocks. Closes with 1013 when the reader is too slow."""
        if self._closing:
            return
        waiting = len(self._outgoing), self._outgoing_bytes + len(payload)
        if waiting[0] < QUEUED_MESSAGES and waiting[1] <= QUEUED_BYTES:
            self._enqueue(text_frame(payload))
        else:
            self._drop_outgoing()
            self.close(CloseReason.TRY_AGAIN_LATER)

    def refuse(self, refusal: Refusal, retry_after: float | None = None) -> None:
        """Tell the client why and, unless the error leaves the socket open, close; never blocks."""
        self.send(encode(Error(error=refusal.error, retry_after=retry_after)))
        if refusal.close_code is not None:
            self.close(refusal.close_code, refusal.error)

    def close(self, code: int = CloseReason.NORMAL_CLOSURE, reason: str = "") -> None:
        """Start the closing handshake behind what is queued; never blocks. A second call does nothing.

        What the client has sent and nobody has received yet is dropped.
        """
        if not self._closing:
            self._messages.clear()
            self._answer_close(CloseConnection(code=code, reason=reason))

    def finish(self) -> None:
        """Close, see the closing handshake through, and give the connection up (RFC 6455 Section 7)."""
        self.close()
        try:
            if self._writer is not None:
                self._writer.join()  # its own time-outs bound it
            if self._protocol.state is not ConnectionState.CLOSED:
                self._discard()
        except (OSError, TimeoutError, Disconnected):
            pass  # reset or silent: the connection is given up all the same
        finally:
            self._abort()
            if self._reaper is not None:
                self._reaper.kill(block=False)
            LIVE.discard(self)

    def _read(self, deadline: float) -> None:
        self._protocol.receive_data(self._receive_bytes(deadline))
        for event in self._protocol.events():
            if isinstance(event, CloseConnection):
                self._end(event)
                return
            self._handle(event)

    def _receive_bytes(self, deadline: float) -> bytes:
        """Wait for bytes; gevent counts the time, because the socket's own limit would bind the writer too."""
        timer = gevent.Timeout.start_new(max(0.0, deadline - monotonic()), TimeoutError)
        try:
            data = self._socket.recv(RECEIVE_BYTES)
        except OSError as error:
            if isinstance(error, TimeoutError):
                raise
            raise Disconnected from error
        finally:
            timer.close()
        if not data:
            raise Disconnected
        return data

    def _handle(self, event: Event) -> None:
        if not isinstance(event, TextMessage | BytesMessage) or event.frame_finished:
            # Every frame counts, or a client could flood with empty ones.
            self.heard_at = monotonic()
            self._bucket.spend(self.heard_at)
        if isinstance(event, TextMessage):
            self._collect(event)
        elif isinstance(event, BytesMessage):
            raise self._violation(CloseReason.UNSUPPORTED_DATA)
        elif isinstance(event, Ping) and not self._closing:
            self._enqueue(self._protocol.send(event.response()))

    def _collect(self, event: TextMessage) -> None:
        """Put a message together from its frames, and those from what TCP makes of them."""
        self._parts.append(event.data)
        self._size += len(event.data) if event.data.isascii() else len(event.data.encode())
        if self._size > MESSAGE_BYTES:
            raise self._violation(CloseReason.MESSAGE_TOO_BIG)
        if event.message_finished:
            self._messages.append("".join(self._parts))
            self._parts.clear()
            self._size = 0

    def _end(self, event: CloseConnection) -> None:
        """Answer the client's close, or end over bytes that are no frames."""
        if self._protocol.state is ConnectionState.OPEN:
            raise self._violation(event.code)
        if not self._closing:
            self._answer_close(event.response())

    def _violation(self, code: int) -> ProtocolViolation:
        self._broken = True
        return ProtocolViolation(code)

    def _answer_close(self, event: CloseConnection) -> None:
        self._closing = True
        self._enqueue(self._protocol.send(event))
        if self._writer is None:
            self._reap()

    def _discard(self) -> None:
        """Read until the client closes as well, so that our last words are not lost to a reset."""
        deadline = monotonic() + CLOSE_TIMEOUT_SECONDS
        left = DISCARDED_BYTES
        while left > 0 and self._protocol.state is not ConnectionState.CLOSED:
            data = self._receive_bytes(deadline)
            left -= len(data)
            if not self._broken:
                self._protocol.receive_data(data)
                for _event in self._protocol.events():
                    pass
            gevent.sleep(0)  # a client that floods must not hold everybody else up

    def _enqueue(self, frame: bytes) -> None:
        if self._writer is not None:
            self._outgoing.append(frame)
            self._outgoing_bytes += len(frame)
        elif rest := frame[self._send_now(frame) :]:
            self._writer = gevent.spawn(self._write, rest)

    def _send_now(self, data: bytes) -> int:
        """Give the system as much as it takes without waiting; return how much that was."""
        self._socket.settimeout(0)
        try:
            return self._socket.send(data)
        except OSError:
            return 0  # full, or broken: the writer will find out which
        finally:
            self._socket.settimeout(None)

    def _write(self, batch: bytes) -> None:
        """Write the rest of a frame, of which the system may have the beginning, and what is queued; then end."""
        try:
            while batch:
                with gevent.Timeout(SEND_TIMEOUT_SECONDS, TimeoutError):
                    self._socket.sendall(batch)
                batch = b"".join(self._outgoing)
                self._drop_outgoing()
        except OSError:
            self._closing = True
            self._drop_outgoing()
            self._abort()
        finally:
            self._writer = None
            if self._closing:
                self._reap()

    def _drop_outgoing(self) -> None:
        self._outgoing.clear()
        self._outgoing_bytes = 0

    def _reap(self) -> None:
        """Give a client that does not answer our close no more than its time: somebody may wait in `receive`."""
        if self._reaper is None:
            self._reaper = gevent.spawn_later(CLOSE_TIMEOUT_SECONDS, self._abort)

    def _abort(self) -> None:
        """End the connection; pywsgi owns the descriptor and closes it when the request returns."""
        with suppress(OSError):
            self._socket.shutdown(SHUT_RDWR)


LIVE: set[WebSocket] = set()
"""The open WebSockets of this process."""


def close_all(refusal: Refusal) -> None:
    """Tell every client why, and close."""
    for websocket in tuple(LIVE):
        websocket.refuse(refusal)


def accept_upgrade(environ: "WSGIEnvironment") -> bytes:
    """Answer the opening handshake (RFC 6455 Section 4.2.2).

    Raises:
        HTTPException: it is none.
    """
    key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "")
    asked = environ["REQUEST_METHOD"], environ.get("HTTP_UPGRADE", "").lower()
    has_body = environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ
    if asked != ("GET", "websocket") or has_body or len(key) != KEY_CHARACTERS:
        raise BadRequest
    if environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13":
        response = Response(status=HTTPStatus.UPGRADE_REQUIRED)
        response.headers["Sec-WebSocket-Version"] = "13"
        raise HTTPException(response=response)
    return (
        b"HTTP/1.1 101 Switching Protocols\r\n"
        b"Upgrade: websocket\r\n"
        b"Connection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + generate_accept_token(key.encode("latin-1")) + b"\r\n\r\n"
    )


def socket_of(environ: "WSGIEnvironment") -> socket:
    """Find the connection behind a request: for an upgrade, pywsgi hands over the file that it reads from.

    Raises:
        RuntimeError: another server than pywsgi runs the application.
    """
    found = getattr(getattr(environ["wsgi.input"], "raw", None), "_sock", None)
    if not isinstance(found, socket):
        raise RuntimeError("WebSockets need gevent's pywsgi")
    found.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    found.setsockopt(SOL_SOCKET, SO_SNDBUF, SEND_BUFFER_BYTES)
    return found


def text_frame(payload: bytes) -> bytes:
    """Frame a whole text message (RFC 6455 Section 5.2); wsproto would decode the UTF-8 only to encode it again."""
    size = len(payload)
    if size < LONG:
        header = struct.pack("!BB", TEXT_FINAL, size)
    elif size < LONGER:
        header = struct.pack("!BBH", TEXT_FINAL, LONG, size)
    else:
        header = struct.pack("!BBQ", TEXT_FINAL, LONG + 1, size)
    return header + payload
