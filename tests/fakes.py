"""Stand-ins that implement the real interfaces, for tests without sockets."""

import msgspec

from meetone.signalling.messages import Error, ServerMessage, encode
from meetone.signalling.refusals import Refusal

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
