"""Encode and decode the attributes that tell a client its address (RFC 8489 Section 14.1, 14.2)."""

from dataclasses import dataclass
from enum import IntEnum
from ipaddress import IPv4Address, IPv6Address, ip_address
from struct import Struct
from typing import ClassVar, Self

from meetone.stun.attributes import MAGIC_COOKIE, AttributeType, MalformedMessage, TransactionId

_HEADER = Struct("!xBH")
_PORT_MASK = MAGIC_COOKIE >> 16


class AddressFamily(IntEnum):
    """Tell the two kinds of address apart (RFC 8489 Section 14.1)."""

    IPV4 = 0x01
    IPV6 = 0x02


ADDRESS_BYTES: dict[int, int] = {AddressFamily.IPV4: 4, AddressFamily.IPV6: 16}


@dataclass(frozen=True, slots=True)
class TransportAddress:
    """Pair an IP address with a port, 0 to 65,535 (RFC 8489 Section 4)."""

    ip: IPv4Address | IPv6Address
    port: int

    @classmethod
    def of_socket(cls, name: tuple[str, int, *tuple[int, ...]]) -> Self:
        """Make one from what a socket calls its peer.

        An IPv4 client of a dual-stack socket appears as ::ffff:a.b.c.d. It thinks of itself as
        IPv4, and an answer in the other family would be useless to it, so it becomes IPv4 again.
        A scope (`%eth0`) means something on this machine only and is dropped.
        """
        ip = ip_address(name[0].partition("%")[0])
        if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        return cls(ip, name[1])


@dataclass(frozen=True, slots=True)
class MappedAddress:
    """Tell an RFC 3489 client its address in clear (RFC 8489 Section 14.1).

    Some NATs rewrite every occurrence of their inner address in a payload, and so destroy exactly
    this attribute. Hence the XOR-MAPPED-ADDRESS of all later clients.
    """

    TYPE: ClassVar = AttributeType.MAPPED_ADDRESS

    address: TransportAddress

    @classmethod
    def decode(cls, value: bytes) -> Self:
        """Read 8 bytes (IPv4) or 20 bytes (IPv6).

        Raises:
            MalformedMessage: The family is neither, or does not fit the length.
        """
        packed, port = _decode_address(value)
        return cls(TransportAddress(ip_address(packed), port))

    def encode(self) -> bytes:
        """Return 8 bytes (IPv4) or 20 bytes (IPv6)."""
        return _encode_address(self.address.ip.packed, self.address.port)


@dataclass(frozen=True, slots=True)
class XorMappedAddress:
    """Tell a client its address in a form that no NAT recognises (RFC 8489 Section 14.2).

    The port is XORed with the upper half of the magic cookie, the address with the cookie followed,
    for IPv6, by the transaction id.
    """

    TYPE: ClassVar = AttributeType.XOR_MAPPED_ADDRESS

    address: TransportAddress

    @classmethod
    def decode(cls, value: bytes, transaction_id: TransactionId) -> Self:
        """Read 8 bytes (IPv4) or 20 bytes (IPv6).

        Raises:
            MalformedMessage: The family is neither, or does not fit the length.
        """
        packed, port = _decode_address(value)
        ip = ip_address(_xor_with_header(packed, transaction_id))
        return cls(TransportAddress(ip, port ^ _PORT_MASK))

    def encode(self, transaction_id: TransactionId) -> bytes:
        """Return 8 bytes (IPv4) or 20 bytes (IPv6)."""
        packed = _xor_with_header(self.address.ip.packed, transaction_id)
        return _encode_address(packed, self.address.port ^ _PORT_MASK)


def _decode_address(value: bytes) -> tuple[bytes, int]:
    if len(value) < _HEADER.size:
        raise MalformedMessage("address is cut off")
    family, port = _HEADER.unpack_from(value)
    packed = value[_HEADER.size :]
    if ADDRESS_BYTES.get(family) != len(packed):
        raise MalformedMessage("address is neither IPv4 nor IPv6")
    return packed, port


def _encode_address(packed: bytes, port: int) -> bytes:
    ipv4 = len(packed) == ADDRESS_BYTES[AddressFamily.IPV4]
    family = AddressFamily.IPV4 if ipv4 else AddressFamily.IPV6
    return _HEADER.pack(family, port) + packed


def _xor_with_header(packed: bytes, transaction_id: TransactionId) -> bytes:
    key = MAGIC_COOKIE.to_bytes(4, "big") + transaction_id
    return bytes(byte ^ mask for byte, mask in zip(packed, key, strict=False))
