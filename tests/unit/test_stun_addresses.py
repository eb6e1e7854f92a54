from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given

from meetone.stun.addresses import MappedAddress, TransportAddress, XorMappedAddress
from meetone.stun.attributes import MalformedMessage, TransactionId
from tests.unit.stun_strategies import transaction_ids, transport_addresses
from tests.unit.stun_vectors import IPV4_MAPPED, IPV6_MAPPED, TRANSACTION_ID


class TestTransportAddress:
    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            (("192.0.2.1", 1), TransportAddress(IPv4Address("192.0.2.1"), 1)),
            (("2001:db8::1", 2, 0, 0), TransportAddress(IPv6Address("2001:db8::1"), 2)),
            (("::ffff:192.0.2.1", 3, 0, 0), TransportAddress(IPv4Address("192.0.2.1"), 3)),
            (("fe80::1%eth0", 4, 0, 2), TransportAddress(IPv6Address("fe80::1"), 4)),
        ],
    )
    def test_of_socket_keeps_what_means_something_to_the_client(
        self, name: tuple[str, int], expected: TransportAddress
    ) -> None:
        assert TransportAddress.of_socket(name) == expected


class TestMappedAddress:
    """RFC 8489 Section 14.1."""

    def test_encode_ipv4_is_family_port_address(self) -> None:
        assert MappedAddress(IPV4_MAPPED).encode() == bytes.fromhex("0001 8055 c0000201")

    def test_encode_ipv6_is_family_port_address(self) -> None:
        assert MappedAddress(IPV6_MAPPED).encode() == bytes.fromhex(
            "0002 8055 20010db8 12345678 00112233 44556677"
        )

    @given(transport_addresses)
    def test_decode_of_encoded_returns_the_same(self, address: TransportAddress) -> None:
        mapped = MappedAddress(address)

        assert MappedAddress.decode(mapped.encode()) == mapped

    def test_decode_cut_header_raises(self) -> None:
        with pytest.raises(MalformedMessage, match=r"^address is cut off$"):
            MappedAddress.decode(b"\x00\x01\x80")

    @pytest.mark.parametrize(
        "value",
        [
            bytes.fromhex("0003 8055 c0000201"),
            bytes.fromhex("0001 8055 c00002"),
            bytes.fromhex("0002 8055 c0000201"),
            bytes.fromhex("0001 8055"),
        ],
    )
    def test_decode_unknown_family_or_wrong_length_raises(self, value: bytes) -> None:
        with pytest.raises(MalformedMessage, match=r"^address is neither IPv4 nor IPv6$"):
            MappedAddress.decode(value)


class TestXorMappedAddress:
    """RFC 8489 Section 14.2, values of RFC 5769."""

    def test_encode_ipv4_is_xored_with_the_cookie(self) -> None:
        expected = bytes.fromhex("0001 a147 e112a643")

        assert XorMappedAddress(IPV4_MAPPED).encode(TRANSACTION_ID) == expected

    def test_encode_ipv6_is_xored_with_cookie_and_transaction_id(self) -> None:
        expected = bytes.fromhex("0002 a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9")

        assert XorMappedAddress(IPV6_MAPPED).encode(TRANSACTION_ID) == expected

    @given(transport_addresses, transaction_ids)
    def test_decode_of_encoded_returns_the_same(
        self, address: TransportAddress, transaction_id: TransactionId
    ) -> None:
        mapped = XorMappedAddress(address)
        value = mapped.encode(transaction_id)

        assert XorMappedAddress.decode(value, transaction_id) == mapped

    def test_decode_of_nothing_raises(self) -> None:
        with pytest.raises(MalformedMessage, match=r"^address is cut off$"):
            XorMappedAddress.decode(b"", TRANSACTION_ID)
