"""Stand-ins that implement the real interfaces, for tests without sockets."""

from collections.abc import Iterable
from time import monotonic

import msgspec

from meetone.signalling.messages import Error, ServerMessage, encode
from meetone.signalling.refusals import Refusal
from meetone.signalling.websocket import Disconnected, WebSocket

_server_messages: msgspec.json.Decoder[ServerMessage] = msgspec.json.Decoder(ServerMessage)


def read(payload: bytes) -> ServerMessage:
    """Read a server's message, as strictly as the server reads a client's."""
    return _server_messages.decode(payload)


class FakeMailbox:
    """A `Mailbox` that keeps what it is given.

    Attributes:
        delivered: every payload, oldest first.
        closed: why it was closed, every time.
        handed_over: how often it was given the seat it claims.
    """

    def __init__(self) -> None:
        self.delivered: list[bytes] = []
        self.closed: list[Refusal] = []
        self.handed_over = 0

    def deliver(self, payload: bytes) -> None:
        """Keep a message."""
        self.delivered.append(payload)

    def close(self, refusal: Refusal) -> None:
        """Keep the reason."""
        self.closed.append(refusal)

    def hand_over(self) -> None:
        """Count."""
        self.handed_over += 1


class FakeWire:
    """A `Wire` whose other end is the test.

    Attributes:
        received: every message that the client got while it was open, oldest first.
        close_code: how it was closed; None while it is open.
    """

    def __init__(self) -> None:
        self.received: list[ServerMessage] = []
        self.close_code: int | None = None

    def send(self, payload: bytes) -> None:
        """Give the client a message."""
        if self.close_code is None:
            self.received.append(read(payload))

    def refuse(self, refusal: Refusal) -> None:
        """Tell the client why and, unless the error leaves the socket open, close."""
        self.send(encode(Error(error=refusal.error)))
        if refusal.close_code is not None and self.close_code is None:
            self.close_code = refusal.close_code

    def close(self) -> None:
        """Close as normal."""
        if self.close_code is None:
            self.close_code = 1000

    def take(self) -> list[ServerMessage]:
        """Return what was received since the last call."""
        taken, self.received = self.received, []
        return taken


class FakeWebSocket(WebSocket):
    """A WebSocket without a connection: what the client says is known beforehand.

    Attributes:
        said: errors that the client was told, oldest first.
        close_code: how it was closed; None while it is open.
        finished: whether the connection was given up.
    """

    def __init__(self, script: Iterable[str | Exception] = ()) -> None:
        """Play a script: texts are received, errors raised, and then the client is gone."""
        self.heard_at = monotonic()
        self.said: list[tuple[Refusal, float | None]] = []
        self.close_code: int | None = None
        self.finished = False
        self._script = iter(script)

    def receive(self, seconds: float) -> str:
        """Play the next line."""
        line = next(self._script, None)
        if line is None:
            raise Disconnected
        if isinstance(line, Exception):
            raise line
        return line

    def send(self, payload: bytes) -> None:
        """Do nothing: what is sent is of no interest here."""

    def refuse(self, refusal: Refusal, retry_after: float | None = None) -> None:
        """Keep the reason."""
        self.said.append((refusal, retry_after))
        if refusal.close_code is not None:
            self.close(refusal.close_code)

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Keep the code."""
        self.close_code = self.close_code or code

    def finish(self) -> None:
        """Note it."""
        self.close()
        self.finished = True
