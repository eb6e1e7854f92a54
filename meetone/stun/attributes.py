"""Encode and decode STUN attributes (RFC 8489 Section 14).

An attribute on the wire is type, length and value, padded to 32 bits. `Attribute` is that and
nothing more, because most of what arrives need not be understood: a server that ignores an
attribute should not look into it either. The classes below it give the values a meaning. They
encode to and decode from an attribute's value, without header and padding.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import ClassVar, NewType, Self
from zlib import crc32

from meetone.errors import RemoteError

TransactionId = NewType("TransactionId", bytes)
"""12 bytes that the client chose at random and that every response repeats (RFC 8489 Section 5)."""

TRANSACTION_ID_BYTES = 12
MAGIC_COOKIE = 0x2112A442
ALIGNMENT_BYTES = 4
MAX_TEXT_BYTES = 763
"""Longest reason phrase or SOFTWARE that a receiver accepts (RFC 8489 Sections 14.8 and 14.14)."""

FINGERPRINT_XOR = 0x5354554E
"""ASCII "STUN", so that an application's own CRC-32 is not taken for ours (Section 14.7)."""

_FIRST_COMPREHENSION_OPTIONAL = 0x8000
_HEADER = Struct("!HH")
_ERROR_HEADER = Struct("!2xBB")
_ERROR_HUNDREDS = range(3, 7)
_ERROR_REST = range(100)
_TYPE = Struct("!H")
_CRC = Struct("!I")


class MalformedMessage(RemoteError):
    """The bytes are no STUN message, or one that contradicts itself."""


class AttributeType(IntEnum):
    """Name the attribute types that this server knows.

    A type in the lower half is comprehension-required, one in the upper half comprehension-optional
    (RFC 8489 Section 14). The list is that of RFC 8489 Section 18.3 and of ICE (RFC 8445
    Section 16.1), and CHANGE-REQUEST, which RFC 3489 clients send even when they want no change.
    """

    MAPPED_ADDRESS = 0x0001
    CHANGE_REQUEST = 0x0003
    USERNAME = 0x0006
    MESSAGE_INTEGRITY = 0x0008
    ERROR_CODE = 0x0009
    UNKNOWN_ATTRIBUTES = 0x000A
    REALM = 0x0014
    NONCE = 0x0015
    MESSAGE_INTEGRITY_SHA256 = 0x001C
    PASSWORD_ALGORITHM = 0x001D
    USERHASH = 0x001E
    XOR_MAPPED_ADDRESS = 0x0020
    PRIORITY = 0x0024
    USE_CANDIDATE = 0x0025

    PASSWORD_ALGORITHMS = 0x8002
    ALTERNATE_DOMAIN = 0x8003
    SOFTWARE = 0x8022
    ALTERNATE_SERVER = 0x8023
    FINGERPRINT = 0x8028
    ICE_CONTROLLED = 0x8029
    ICE_CONTROLLING = 0x802A


KNOWN_TYPES = frozenset(AttributeType)


@dataclass(frozen=True, slots=True)
class Attribute:
    """Hold one attribute as it stands in a message (RFC 8489 Section 14).

    Attributes:
        type: 0 to 0xFFFF; not necessarily a known `AttributeType`.
        value: 0 to 65,535 bytes, without the padding.
    """

    type: int
    value: bytes

    @classmethod
    def decode_all(cls, data: bytes, offset: int) -> Iterator[Self]:
        """Yield the attributes in `data` from `offset` to its end.

        The content of the padding is ignored, as Section 14 demands: RFC 5769's own samples pad
        with spaces.

        Raises:
            MalformedMessage: An attribute reaches beyond the end.
        """
        end = len(data)
        while offset < end:
            if end - offset < _HEADER.size:
                raise MalformedMessage("attribute header is cut off")
            attribute_type, length = _HEADER.unpack_from(data, offset)
            offset += _HEADER.size
            if length + padding_bytes(length) > end - offset:
                raise MalformedMessage("attribute reaches beyond the message")
            yield cls(attribute_type, data[offset : offset + length])
            offset += length + padding_bytes(length)

    def encode(self) -> bytes:
        """Return header, value and zero padding: 4 bytes or more, a multiple of 4."""
        length = len(self.value)
        return _HEADER.pack(self.type, length) + self.value + bytes(padding_bytes(length))

    @property
    def comprehension_required(self) -> bool:
        """Tell whether a server that does not know this type must refuse the request."""
        return self.type < _FIRST_COMPREHENSION_OPTIONAL


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """Say why a request failed (RFC 8489 Section 14.8).

    Attributes:
        code: 300 to 699.
        reason: A phrase for people, at most 763 bytes of UTF-8.
    """

    TYPE: ClassVar = AttributeType.ERROR_CODE

    code: int
    reason: str

    @classmethod
    def decode(cls, value: bytes) -> Self:
        """Read 21 reserved bits, the hundreds (3 bits), the rest (8 bits) and the reason.

        Raises:
            MalformedMessage: A number is out of range, or the reason is no text.
        """
        if len(value) < _ERROR_HEADER.size:
            raise MalformedMessage("ERROR-CODE is cut off")
        reserved_and_hundreds, rest = _ERROR_HEADER.unpack_from(value)
        hundreds = reserved_and_hundreds & 0b111
        if hundreds not in _ERROR_HUNDREDS or rest not in _ERROR_REST:
            raise MalformedMessage("ERROR-CODE is out of range")
        return cls(hundreds * 100 + rest, _decode_text(value[_ERROR_HEADER.size :]))

    def encode(self) -> bytes:
        """Return 4 bytes and the reason."""
        return _ERROR_HEADER.pack(*divmod(self.code, 100)) + self.reason.encode()


@dataclass(frozen=True, slots=True)
class UnknownAttributes:
    """List the types that made a server answer 420 (RFC 8489 Section 14.13).

    Attributes:
        types: Each 0 to 0xFFFF.
    """

    TYPE: ClassVar = AttributeType.UNKNOWN_ATTRIBUTES

    types: tuple[int, ...]

    @classmethod
    def decode(cls, value: bytes) -> Self:
        """Read 2 bytes per type.

        Raises:
            MalformedMessage: The length is odd.
        """
        if len(value) % _TYPE.size:
            raise MalformedMessage("UNKNOWN-ATTRIBUTES ends in half a type")
        return cls(tuple(attribute_type for (attribute_type,) in _TYPE.iter_unpack(value)))

    def encode(self) -> bytes:
        """Return 2 bytes per type."""
        return b"".join(map(_TYPE.pack, self.types))


@dataclass(frozen=True, slots=True)
class Software:
    """Name the software that sends a message (RFC 8489 Section 14.14).

    Attributes:
        description: For people; at most 763 bytes of UTF-8.
    """

    TYPE: ClassVar = AttributeType.SOFTWARE

    description: str

    @classmethod
    def decode(cls, value: bytes) -> Self:
        """Read UTF-8.

        Raises:
            MalformedMessage: It is no UTF-8, or too long.
        """
        return cls(_decode_text(value))

    def encode(self) -> bytes:
        """Return UTF-8."""
        return self.description.encode()


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Distinguish STUN from other protocols on the same port (RFC 8489 Section 14.7).

    Attributes:
        crc: CRC-32 (that of ITU V.42, as in zip files) over the message before this attribute,
            XORed with `FINGERPRINT_XOR`.
    """

    TYPE: ClassVar = AttributeType.FINGERPRINT
    ENCODED_BYTES: ClassVar = 8

    crc: int

    @classmethod
    def over(cls, data: bytes) -> Self:
        """Compute it over a message whose length field already counts this attribute."""
        return cls(crc32(data) ^ FINGERPRINT_XOR)

    @classmethod
    def decode(cls, value: bytes) -> Self:
        """Read 4 bytes.

        Raises:
            MalformedMessage: There are fewer or more.
        """
        if len(value) != _CRC.size:
            raise MalformedMessage("FINGERPRINT is not 4 bytes long")
        return cls(*_CRC.unpack(value))

    def encode(self) -> bytes:
        """Return 4 bytes."""
        return _CRC.pack(self.crc)


def padding_bytes(length: int) -> int:
    """Return how many bytes (0 to 3) bring `length` to a multiple of 4."""
    return -length % ALIGNMENT_BYTES


def _decode_text(value: bytes) -> str:
    if len(value) > MAX_TEXT_BYTES:
        raise MalformedMessage("text is too long")
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise MalformedMessage("text is not UTF-8") from error
