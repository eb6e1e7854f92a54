import pytest
from hypothesis import given

from meetone.stun.addresses import XorMappedAddress
from meetone.stun.attributes import (
    Attribute,
    AttributeType,
    Fingerprint,
    MalformedMessage,
    TransactionId,
)
from meetone.stun.message import (
    MAX_MESSAGE_BYTES,
    Message,
    MessageClass,
    Method,
    message_bytes,
    message_type,
)
from tests.unit.stun_strategies import datagrams, messages
from tests.unit.stun_vectors import (
    IPV4_MAPPED,
    IPV6_MAPPED,
    SAMPLE_IPV4_RESPONSE,
    SAMPLE_IPV6_RESPONSE,
    SAMPLE_REQUEST,
    TRANSACTION_ID,
)

HEADER = bytes.fromhex("0001 0000 2112a442") + TRANSACTION_ID


class TestRfc5769:
    def test_sample_request_decodes_to_what_the_rfc_lists(self) -> None:
        assert Message.decode(SAMPLE_REQUEST) == Message(
            MessageClass.REQUEST,
            Method.BINDING,
            TRANSACTION_ID,
            (
                Attribute(AttributeType.SOFTWARE, b"STUN test client"),
                Attribute(AttributeType.PRIORITY, bytes.fromhex("6e0001ff")),
                Attribute(AttributeType.ICE_CONTROLLED, bytes.fromhex("932ff9b1 51263b36")),
                Attribute(AttributeType.USERNAME, b"evtj:h6vY"),
                Attribute(
                    AttributeType.MESSAGE_INTEGRITY,
                    bytes.fromhex("9aeaa70c bfd8cb56 781ef2b5 b2d3f249 c1b571a2"),
                ),
            ),
            fingerprint=True,
        )

    def test_sample_ipv4_response_decodes_to_what_the_rfc_lists(self) -> None:
        response = Message.decode(SAMPLE_IPV4_RESPONSE)

        software, mapped, integrity = response.attributes
        assert response.message_class == MessageClass.SUCCESS_RESPONSE
        assert response.transaction_id == TRANSACTION_ID
        assert response.fingerprint
        assert software == Attribute(AttributeType.SOFTWARE, b"test vector")
        assert mapped.type == AttributeType.XOR_MAPPED_ADDRESS
        assert XorMappedAddress.decode(mapped.value, TRANSACTION_ID).address == IPV4_MAPPED
        assert integrity.type == AttributeType.MESSAGE_INTEGRITY

    def test_sample_ipv6_response_decodes_to_what_the_rfc_lists(self) -> None:
        response = Message.decode(SAMPLE_IPV6_RESPONSE)

        _, mapped, _ = response.attributes
        assert response.message_class == MessageClass.SUCCESS_RESPONSE
        assert response.fingerprint
        assert mapped.type == AttributeType.XOR_MAPPED_ADDRESS
        assert XorMappedAddress.decode(mapped.value, TRANSACTION_ID).address == IPV6_MAPPED

    @pytest.mark.parametrize("sample", [SAMPLE_REQUEST, SAMPLE_IPV4_RESPONSE, SAMPLE_IPV6_RESPONSE])
    def test_fingerprint_is_the_one_in_the_sample(self, sample: bytes) -> None:
        assert Fingerprint.over(sample[:-8]).encode() == sample[-4:]

    @pytest.mark.parametrize("position", range(len(SAMPLE_REQUEST)))
    def test_sample_with_any_byte_changed_raises(self, position: int) -> None:
        damaged = bytearray(SAMPLE_REQUEST)
        damaged[position] ^= 0x01

        # A change within the last attribute's own type hides it, and is therefore no contradiction.
        if position in (100, 101):
            assert not Message.decode(bytes(damaged)).fingerprint
        else:
            with pytest.raises(MalformedMessage):
                Message.decode(bytes(damaged))

    def test_encode_without_foreign_padding_is_the_sample(self) -> None:
        zero_padded = SAMPLE_IPV4_RESPONSE.replace(b"vector ", b"vector\0")[:-4]

        encoded = Message.decode(SAMPLE_IPV4_RESPONSE).encode()

        assert encoded[:-4] == zero_padded


class TestMessage:
    """RFC 8489 Section 5."""

    @given(messages.filter(lambda message: len(message.encode()) <= MAX_MESSAGE_BYTES))
    def test_decode_of_encoded_returns_the_same(self, message: Message) -> None:
        assert Message.decode(message.encode()) == message

    @given(datagrams)
    def test_decode_of_any_bytes_returns_a_message_or_raises_malformed(self, data: bytes) -> None:
        try:
            message = Message.decode(data)
        except MalformedMessage:
            return
        assert len(message.encode()) == len(data)

    def test_encode_of_the_smallest_request_is_its_header(self) -> None:
        request = Message(MessageClass.REQUEST, Method.BINDING, TRANSACTION_ID)

        assert request.encode() == HEADER
        assert Message.decode(HEADER) == request

    @pytest.mark.parametrize(
        ("message_class", "method", "expected"),
        [
            (MessageClass.REQUEST, Method.BINDING, 0x0001),
            (MessageClass.INDICATION, Method.BINDING, 0x0011),
            (MessageClass.SUCCESS_RESPONSE, Method.BINDING, 0x0101),
            (MessageClass.ERROR_RESPONSE, Method.BINDING, 0x0111),
            (MessageClass.REQUEST, 0xFFF, 0x3EEF),
            (MessageClass.ERROR_RESPONSE, 0xFFF, 0x3FFF),
        ],
    )
    def test_message_type_weaves_class_into_method(
        self, message_class: MessageClass, method: int, expected: int
    ) -> None:
        assert message_type(message_class, method) == expected

    def test_decode_without_cookie_is_classic(self) -> None:
        classic = Message.decode(bytes.fromhex("0001 0000") + b"sixteen bytes id")

        assert classic.classic
        assert classic.cookie == int.from_bytes(b"sixt", "big")
        assert classic.transaction_id == TransactionId(b"een bytes id")

    def test_decode_with_cookie_is_not_classic(self) -> None:
        assert not Message.decode(HEADER).classic

    @pytest.mark.parametrize("size", [0, 1, 3, 4, 19])
    def test_decode_less_than_a_header_raises(self, size: int) -> None:
        with pytest.raises(MalformedMessage, match=r"^message is shorter than its header$"):
            Message.decode(HEADER[:size])

    @pytest.mark.parametrize("data", [HEADER + bytes(4), b"\x00\x01\x00\x04" + HEADER[4:]])
    def test_decode_more_or_less_than_announced_raises(self, data: bytes) -> None:
        with pytest.raises(MalformedMessage, match=r"^message is not as long as it says$"):
            Message.decode(data)

    @pytest.mark.parametrize("first", [b"\x40\x01", b"\x80\x01", b"\xc0\x01"])
    def test_decode_with_one_of_the_first_two_bits_raises(self, first: bytes) -> None:
        with pytest.raises(MalformedMessage, match=r"^this is not STUN$"):
            Message.decode(first + HEADER[2:])

    @pytest.mark.parametrize("length", [1, 2, 3])
    def test_decode_length_not_a_multiple_of_four_raises(self, length: int) -> None:
        with pytest.raises(MalformedMessage, match=r"^this is not STUN$"):
            Message.decode(b"\x00\x01\x00" + bytes([length]) + HEADER[4:] + bytes(length))

    def test_decode_of_the_longest_message_is_read(self) -> None:
        filler = Attribute(AttributeType.SOFTWARE, bytes(MAX_MESSAGE_BYTES - 20 - 4))
        longest = Message(MessageClass.REQUEST, Method.BINDING, TRANSACTION_ID, (filler,))

        assert len(longest.encode()) == 1232
        assert Message.decode(longest.encode()) == longest

    def test_decode_of_four_more_bytes_raises(self) -> None:
        filler = Attribute(AttributeType.SOFTWARE, bytes(MAX_MESSAGE_BYTES - 20))
        longer = Message(MessageClass.REQUEST, Method.BINDING, TRANSACTION_ID, (filler,))

        with pytest.raises(MalformedMessage, match=r"^message is too long$"):
            Message.decode(longer.encode())

    def test_message_bytes_needs_only_the_first_four(self) -> None:
        assert message_bytes(SAMPLE_REQUEST[:4]) == len(SAMPLE_REQUEST)


class TestFingerprint:
    """RFC 8489 Section 14.7."""

    def test_decode_wrong_fingerprint_raises(self) -> None:
        with pytest.raises(MalformedMessage, match=r"^FINGERPRINT is wrong$"):
            Message.decode(SAMPLE_REQUEST[:-1] + b"\x00")

    def test_decode_fingerprint_before_another_attribute_raises(self) -> None:
        body = SAMPLE_REQUEST[20:] + Attribute(AttributeType.SOFTWARE, b"").encode()
        data = b"\x00\x01" + len(body).to_bytes(2, "big") + SAMPLE_REQUEST[4:20] + body

        with pytest.raises(MalformedMessage, match=r"^FINGERPRINT is not the last attribute$"):
            Message.decode(data)

    def test_decode_two_fingerprints_raises(self) -> None:
        once = Message(MessageClass.REQUEST, Method.BINDING, TRANSACTION_ID, fingerprint=True)
        twice = Attribute(AttributeType.FINGERPRINT, once.encode()[-4:])
        message = Message(
            MessageClass.REQUEST, Method.BINDING, TRANSACTION_ID, (twice,), fingerprint=True
        )

        with pytest.raises(MalformedMessage, match=r"^FINGERPRINT is not the last attribute$"):
            Message.decode(message.encode())

    def test_decode_fingerprint_of_another_length_raises(self) -> None:
        message = Message(
            MessageClass.REQUEST,
            Method.BINDING,
            TRANSACTION_ID,
            (Attribute(AttributeType.FINGERPRINT, bytes(8)),),
        )

        with pytest.raises(MalformedMessage, match=r"^FINGERPRINT is not 4 bytes long$"):
            Message.decode(message.encode())
