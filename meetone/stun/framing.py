"""Cut a byte stream into STUN messages (RFC 8489 Section 6.2.2)."""

from meetone.stun.attributes import MalformedMessage
from meetone.stun.message import message_bytes

_LENGTH_KNOWN_BYTES = 4


class MessageStream:
    """Collect what a TCP connection delivers until messages are complete.

    Over TCP a message says by its own length field where the next one begins; there is no other
    framing. So the first header that is not STUN breaks the stream: nobody can say where another
    message would start.

    It never holds more than one incomplete message, less than `MAX_MESSAGE_BYTES`.

    Attributes:
        broken: Whether the stream turned out not to be STUN, or announced too long a message.
            Nothing comes out of it any more.
    """

    def __init__(self) -> None:
        """Start at the beginning of a connection."""
        self.broken = False
        self._buffer = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes as they come and return the messages that they complete, in order.

        What comes out does not depend on how the network cut the stream into pieces.

        Args:
            data: Any number of bytes; the caller bounds them by the size of its reads.

        Returns:
            Whole messages by their length, otherwise unchecked; may be empty.
        """
        if self.broken:
            return []
        buffer = self._buffer + data
        start = 0
        messages = []
        try:
            while len(buffer) - start >= _LENGTH_KNOWN_BYTES:
                end = start + message_bytes(buffer[start : start + _LENGTH_KNOWN_BYTES])
                if end > len(buffer):
                    break
                messages.append(buffer[start:end])
                start = end
        except MalformedMessage:
            self.broken = True
            start = len(buffer)
        self._buffer = buffer[start:]
        return messages
