from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given

from meetone.stun.addresses import MappedAddress, TransportAddress, XorMappedAddress
from meetone.stun.attributes import Attribute, AttributeType, TransactionId
from meetone.stun.message import Message, MessageClass, Method
from meetone.stun.responder import MAX_REPORTED_ATTRIBUTES, respond, unknown_attributes
from tests.unit.stun_strategies import binding_requests, datagrams, transport_addresses
from tests.unit.stun_vectors import IPV4_MAPPED, IPV6_MAPPED, SAMPLE_REQUEST, TRANSACTION_ID

CLASSIC_COOKIE = int.from_bytes(b"clas", "big")
SOFTWARE = Attribute(AttributeType.SOFTWARE, b"MeetOne")
UNKNOWN = Attribute(0x0026, b"")

AMPLIFICATION = 2
IP_AND_UDP_HEADER_BYTES = {4: 20 + 8, 6: 40 + 8}


def request(
    *attributes: Attribute,
    message_class: MessageClass = MessageClass.REQUEST,
    method: int = Method.BINDING,
    fingerprint: bool = False,
    cookie: int | None = None,
) -> bytes:
    message = Message(message_class, method, TRANSACTION_ID, attributes, fingerprint)
    if cookie is None:
        return message.encode()
    return Message(message_class, method, TRANSACTION_ID, attributes, fingerprint, cookie).encode()


def answer_to(datagram: bytes, source: TransportAddress = IPV4_MAPPED) -> Message:
    response = respond(datagram, source)
    assert response is not None
    return Message.decode(response)


def on_the_wire(datagram: bytes, source: TransportAddress) -> int:
    return len(datagram) + IP_AND_UDP_HEADER_BYTES[source.ip.version]


class TestSuccess:
    """RFC 8489 Sections 6.3.1.1 and 12."""

    @pytest.mark.parametrize("source", [IPV4_MAPPED, IPV6_MAPPED])
    def test_binding_request_is_told_its_source(self, source: TransportAddress) -> None:
        assert answer_to(request(), source) == Message(
            MessageClass.SUCCESS_RESPONSE,
            Method.BINDING,
            TRANSACTION_ID,
            (
                Attribute(
                    AttributeType.XOR_MAPPED_ADDRESS,
                    XorMappedAddress(source).encode(TRANSACTION_ID),
                ),
                SOFTWARE,
            ),
        )

    def test_response_is_these_bytes(self) -> None:
        assert respond(request(), IPV4_MAPPED) == bytes.fromhex(
            "0101 0018 2112a442 b7e7a701 bc34d686 fa87dfae"
            "0020 0008 0001a147 e112a643"
            "8022 0007 4d656574 4f6e6500"
        )

    def test_ipv4_mapped_source_is_told_its_ipv4_address(self) -> None:
        source = TransportAddress.of_socket(("::ffff:192.0.2.1", 32853, 0, 0))

        assert respond(request(), source) == respond(request(), IPV4_MAPPED)

    def test_fingerprint_is_sent_to_who_sent_it(self) -> None:
        assert answer_to(request(fingerprint=True)).fingerprint

    def test_fingerprint_is_not_sent_to_others(self) -> None:
        assert not answer_to(request()).fingerprint

    def test_connectivity_check_is_answered_without_integrity(self) -> None:
        response = answer_to(SAMPLE_REQUEST)

        assert response.message_class == MessageClass.SUCCESS_RESPONSE
        assert response.fingerprint
        assert [attribute.type for attribute in response.attributes] == [
            AttributeType.XOR_MAPPED_ADDRESS,
            AttributeType.SOFTWARE,
        ]

    def test_known_attribute_with_nonsense_in_it_is_ignored(self) -> None:
        nonsense = (
            Attribute(AttributeType.SOFTWARE, b"\xff"),
            Attribute(AttributeType.REALM, b"\xff"),
        )

        assert answer_to(request(*nonsense)) == answer_to(request())

    def test_unknown_optional_attribute_is_ignored(self) -> None:
        assert answer_to(request(Attribute(0xC057, b"abcd"))) == answer_to(request())


class TestClassicClients:
    """RFC 3489, and RFC 5389 Section 12.2."""

    @pytest.mark.parametrize("source", [IPV4_MAPPED, IPV6_MAPPED])
    def test_request_without_cookie_is_told_its_source_in_clear(
        self, source: TransportAddress
    ) -> None:
        assert answer_to(request(cookie=CLASSIC_COOKIE), source) == Message(
            MessageClass.SUCCESS_RESPONSE,
            Method.BINDING,
            TransactionId(TRANSACTION_ID),
            (Attribute(AttributeType.MAPPED_ADDRESS, MappedAddress(source).encode()),),
            cookie=CLASSIC_COOKIE,
        )

    def test_response_repeats_all_16_bytes_of_the_transaction_id(self) -> None:
        response = respond(bytes.fromhex("0001 0000") + b"sixteen bytes id", IPV4_MAPPED)

        assert response == (
            bytes.fromhex("0101 000c")
            + b"sixteen bytes id"
            + bytes.fromhex("00010008 00018055 c0000201")
        )

    def test_change_request_for_no_change_is_granted(self) -> None:
        nothing = Attribute(AttributeType.CHANGE_REQUEST, bytes(4))

        response = answer_to(request(nothing, cookie=CLASSIC_COOKIE))

        assert response == answer_to(request(cookie=CLASSIC_COOKIE))

    @pytest.mark.parametrize("flags", [b"\0\0\0\x02", b"\0\0\0\x04", b"\0\0\0\x06", b""])
    def test_change_request_for_another_address_or_port_is_refused(self, flags: bytes) -> None:
        change = Attribute(AttributeType.CHANGE_REQUEST, flags)

        assert answer_to(request(change, cookie=CLASSIC_COOKIE)) == Message(
            MessageClass.ERROR_RESPONSE,
            Method.BINDING,
            TRANSACTION_ID,
            (
                Attribute(AttributeType.ERROR_CODE, b"\0\0\x04\x14Unknown Attribute   "),
                Attribute(AttributeType.UNKNOWN_ATTRIBUTES, b"\x00\x03\x00\x03"),
            ),
            cookie=CLASSIC_COOKIE,
        )

    def test_even_number_of_unknown_types_repeats_none(self) -> None:
        unknown = Attribute(0x0002, bytes(8)), UNKNOWN

        response = answer_to(request(*unknown, cookie=CLASSIC_COOKIE))

        assert response.attributes[1].value == b"\x00\x02\x00\x26"


class TestUnknownAttributes:
    """RFC 8489 Section 6.3.1."""

    @pytest.mark.parametrize("fingerprint", [False, True])
    def test_unknown_required_attribute_is_answered_with_420(self, fingerprint: bool) -> None:
        assert answer_to(request(UNKNOWN, fingerprint=fingerprint)) == Message(
            MessageClass.ERROR_RESPONSE,
            Method.BINDING,
            TRANSACTION_ID,
            (
                Attribute(AttributeType.ERROR_CODE, b"\0\0\x04\x14Unknown Attribute"),
                Attribute(AttributeType.UNKNOWN_ATTRIBUTES, b"\x00\x26"),
                SOFTWARE,
            ),
            fingerprint=fingerprint,
        )

    def test_each_unknown_type_is_listed_once_in_order(self) -> None:
        types = (0x7FFF, 0x0002, 0x7FFF, 0x8FFF, 0x0002)

        message = Message.decode(request(*(Attribute(number, b"") for number in types)))

        assert unknown_attributes(message) == (0x7FFF, 0x0002)

    def test_more_unknown_types_than_the_bound_are_cut_off(self) -> None:
        many = [Attribute(0x4000 + i, b"") for i in range(MAX_REPORTED_ATTRIBUTES + 1)]

        response = answer_to(request(*many))

        assert len(response.attributes[1].value) == 2 * 16

    @pytest.mark.parametrize(
        "integrity", [AttributeType.MESSAGE_INTEGRITY, AttributeType.MESSAGE_INTEGRITY_SHA256]
    )
    def test_unknown_attribute_behind_integrity_is_ignored(self, integrity: AttributeType) -> None:
        covered = Attribute(integrity, bytes(20))

        assert answer_to(request(covered, UNKNOWN)) == answer_to(request())
        assert answer_to(request(UNKNOWN, covered)) == answer_to(request(UNKNOWN))


class TestSilence:
    """RFC 8489 Section 6.3: what is wrong is discarded; each test differs from `request()`."""

    @pytest.mark.parametrize(
        "message_class",
        [MessageClass.INDICATION, MessageClass.SUCCESS_RESPONSE, MessageClass.ERROR_RESPONSE],
    )
    def test_other_class_gets_no_answer(self, message_class: MessageClass) -> None:
        assert respond(request(message_class=message_class), IPV4_MAPPED) is None

    def test_other_method_gets_no_answer(self) -> None:
        assert respond(request(method=0x003), IPV4_MAPPED) is None

    def test_wrong_fingerprint_gets_no_answer(self) -> None:
        right = request(fingerprint=True)
        wrong = right[:-1] + bytes([right[-1] ^ 1])

        assert respond(right, IPV4_MAPPED) is not None
        assert respond(wrong, IPV4_MAPPED) is None

    @pytest.mark.parametrize("datagram", [b"", b"\0", request()[:-1], request() + b"\0"])
    def test_malformed_gets_no_answer(self, datagram: bytes) -> None:
        assert respond(datagram, IPV4_MAPPED) is None

    @given(datagrams, transport_addresses)
    def test_own_responses_get_no_answer(self, datagram: bytes, source: TransportAddress) -> None:
        response = respond(datagram, source)

        assert response is None or respond(response, source) is None


class TestAmplification:
    """A forged source receives at most twice what the forger sends, IP and UDP headers included."""

    @given(datagrams, transport_addresses)
    def test_any_datagram_never_raises_and_never_gets_more_than_twice_its_bytes(
        self, datagram: bytes, source: TransportAddress
    ) -> None:
        response = respond(datagram, source)

        if response is not None:
            assert on_the_wire(response, source) <= AMPLIFICATION * on_the_wire(datagram, source)

    @given(binding_requests, transport_addresses)
    def test_any_binding_request_never_gets_more_than_twice_its_bytes(
        self, message: Message, source: TransportAddress
    ) -> None:
        datagram = message.encode()
        response = respond(datagram, source)

        assert response is not None or len(datagram) > 1232
        if response is not None:
            assert on_the_wire(response, source) <= AMPLIFICATION * on_the_wire(datagram, source)

    @pytest.mark.parametrize(
        ("datagram", "ip", "received", "sent"),
        [
            (request(), "192.0.2.1", 20, 44),
            (request(), "2001:db8::1", 20, 56),
            (request(fingerprint=True), "192.0.2.1", 28, 52),
            (request(fingerprint=True), "2001:db8::1", 28, 64),
            (request(UNKNOWN), "192.0.2.1", 24, 68),
            (request(UNKNOWN), "2001:db8::1", 24, 68),
            (request(cookie=CLASSIC_COOKIE), "2001:db8::1", 20, 44),
            (request(UNKNOWN, cookie=CLASSIC_COOKIE), "192.0.2.1", 24, 56),
        ],
    )
    def test_smallest_requests_get_these_numbers_of_bytes(
        self, datagram: bytes, ip: str, received: int, sent: int
    ) -> None:
        address = IPv4Address(ip) if "." in ip else IPv6Address(ip)

        response = respond(datagram, TransportAddress(address, 1024))

        assert response is not None
        assert (len(datagram), len(response)) == (received, sent)
