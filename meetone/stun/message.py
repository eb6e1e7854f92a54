"""Encode and decode STUN messages (RFC 8489 Section 5)."""

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import Self

from meetone.stun.attributes import (
    ALIGNMENT_BYTES,
    MAGIC_COOKIE,
    TRANSACTION_ID_BYTES,
    Attribute,
    AttributeType,
    Fingerprint,
    MalformedMessage,
    TransactionId,
)

HEADER_BYTES = 20
MAX_MESSAGE_BYTES = 1232
"""What fits into IPv6's smallest MTU: 1,280 bytes less the IP (40) and UDP (8) headers.

RFC 8489 Section 6.1 tells clients that do not know their path to stay below it. A Binding request
of a browser takes 20 to 100.
"""

_HEADER = Struct(f"!HHI{TRANSACTION_ID_BYTES}s")
_TYPE_ZERO_BITS = 0xC000


class MessageClass(IntEnum):
    """Distinguish the four kinds of message (RFC 8489 Section 5)."""

    REQUEST = 0b00
    INDICATION = 0b01
    SUCCESS_RESPONSE = 0b10
    ERROR_RESPONSE = 0b11


class Method(IntEnum):
    """Name the methods that this server has (RFC 8489 Section 18.2)."""

    BINDING = 0x001


@dataclass(frozen=True, slots=True)
class Message:
    """Hold one STUN message (RFC 8489 Section 5).

    FINGERPRINT is not among the attributes. It says nothing that the other bytes do not say, so it
    is checked and removed by `decode` and computed by `encode`: nobody in between can get it wrong.

    Attributes:
        message_class: Request, indication, success response or error response.
        method: 12 bits; not necessarily a known `Method`.
        transaction_id: 12 bytes.
        attributes: In the order on the wire, may be empty.
        fingerprint: Whether FINGERPRINT ends the message.
        cookie: 32 bits: `MAGIC_COOKIE`, or the first quarter of the 16-byte transaction id of a
            classic client.
    """

    message_class: MessageClass
    method: int
    transaction_id: TransactionId
    attributes: tuple[Attribute, ...] = ()
    fingerprint: bool = False
    cookie: int = MAGIC_COOKIE

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read one whole message.

        Raises:
            MalformedMessage: It breaks Section 5 or 14, its FINGERPRINT is wrong or not the last
                attribute, or it is longer than `MAX_MESSAGE_BYTES`.
        """
        if len(data) < HEADER_BYTES:
            raise MalformedMessage("message is shorter than its header")
        if len(data) != message_bytes(data):
            raise MalformedMessage("message is not as long as it says")
        type_bits, _, cookie, transaction_id = _HEADER.unpack_from(data)
        attributes = tuple(Attribute.decode_all(data, HEADER_BYTES))
        fingerprint = _ends_with_fingerprint(attributes, data)
        return cls(
            message_class=MessageClass(type_bits >> 7 & 0b10 | type_bits >> 4 & 0b01),
            method=type_bits >> 2 & 0xF80 | type_bits >> 1 & 0x70 | type_bits & 0xF,
            transaction_id=TransactionId(transaction_id),
            attributes=attributes[:-1] if fingerprint else attributes,
            fingerprint=fingerprint,
            cookie=cookie,
        )

    def encode(self) -> bytes:
        """Return the message as it goes over the wire, a multiple of 4 bytes."""
        body = b"".join([attribute.encode() for attribute in self.attributes])
        length = len(body) + Fingerprint.ENCODED_BYTES * self.fingerprint
        header = _HEADER.pack(
            message_type(self.message_class, self.method),
            length,
            self.cookie,
            self.transaction_id,
        )
        if not self.fingerprint:
            return header + body
        fingerprint = Fingerprint.over(header + body)
        return header + body + Attribute(fingerprint.TYPE, fingerprint.encode()).encode()

    @property
    def classic(self) -> bool:
        """Tell whether the sender speaks RFC 3489, which has no cookie (RFC 5389 Section 12.2)."""
        return self.cookie != MAGIC_COOKIE


def message_type(message_class: MessageClass, method: int) -> int:
    """Weave the two bits of the class into the twelve of the method (Section 5, Figure 3)."""
    return (
        (method & 0xF80) << 2
        | (message_class & 0b10) << 7
        | (method & 0x70) << 1
        | (message_class & 0b01) << 4
        | (method & 0xF)
    )


def message_bytes(header: bytes) -> int:
    """Return how long a message is, by its first 4 bytes or more.

    Two zero bits at the start and two at the end of the length are all that tells STUN from another
    protocol at this point (RFC 8489 Section 5).

    Raises:
        MalformedMessage: These bits are not zero, or it is more than `MAX_MESSAGE_BYTES`.
    """
    type_bits = int.from_bytes(header[0:2], "big")
    length = int.from_bytes(header[2:4], "big")
    if type_bits & _TYPE_ZERO_BITS or length % ALIGNMENT_BYTES:
        raise MalformedMessage("this is not STUN")
    if HEADER_BYTES + length > MAX_MESSAGE_BYTES:
        raise MalformedMessage("message is too long")
    return HEADER_BYTES + length


def _ends_with_fingerprint(attributes: tuple[Attribute, ...], data: bytes) -> bool:
    positions = [
        position
        for position, attribute in enumerate(attributes)
        if attribute.type == AttributeType.FINGERPRINT
    ]
    if not positions:
        return False
    if positions != [len(attributes) - 1]:
        raise MalformedMessage("FINGERPRINT is not the last attribute")
    if Fingerprint.decode(attributes[-1].value) != Fingerprint.over(
        data[: -Fingerprint.ENCODED_BYTES]
    ):
        raise MalformedMessage("FINGERPRINT is wrong")
    return True
