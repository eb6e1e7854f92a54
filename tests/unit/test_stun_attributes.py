import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetone.stun.attributes import (
    FINGERPRINT_XOR,
    MAX_TEXT_BYTES,
    Attribute,
    AttributeType,
    ErrorCode,
    Fingerprint,
    MalformedMessage,
    Software,
    UnknownAttributes,
    padding_bytes,
)
from tests.unit.stun_strategies import attributes, texts


class TestAttribute:
    """RFC 8489 Section 14: type, length, value, padding."""

    def test_encode_pads_with_zeros_and_counts_only_the_value(self) -> None:
        assert Attribute(0x8022, b"abcde").encode() == b"\x80\x22\x00\x05abcde\x00\x00\x00"

    def test_decode_ignores_content_of_padding(self) -> None:
        data = b"\x80\x22\x00\x05abcde   \x00\x25\x00\x00"

        assert list(Attribute.decode_all(data, 0)) == [
            Attribute(AttributeType.SOFTWARE, b"abcde"),
            Attribute(AttributeType.USE_CANDIDATE, b""),
        ]

    def test_decode_from_the_end_yields_nothing(self) -> None:
        assert list(Attribute.decode_all(b"header", 6)) == []

    def test_decode_cut_header_raises(self) -> None:
        with pytest.raises(MalformedMessage, match=r"^attribute header is cut off$"):
            list(Attribute.decode_all(b"\x80\x22\x00", 0))

    @pytest.mark.parametrize("data", [b"\x80\x22\x00\x05abcd", b"\x80\x22\x00\x05abcde\x00\x00"])
    def test_decode_value_or_padding_beyond_the_end_raises(self, data: bytes) -> None:
        with pytest.raises(MalformedMessage, match=r"^attribute reaches beyond the message$"):
            list(Attribute.decode_all(data, 0))

    @given(st.lists(attributes))
    def test_decode_of_encoded_returns_the_same(self, some: list[Attribute]) -> None:
        data = b"".join(attribute.encode() for attribute in some)

        assert list(Attribute.decode_all(data, 0)) == some

    @pytest.mark.parametrize(
        ("attribute_type", "required"),
        [(0x0000, True), (0x7FFF, True), (0x8000, False), (0xFFFF, False)],
    )
    def test_comprehension_is_required_in_the_lower_half(
        self, attribute_type: int, required: bool
    ) -> None:
        assert Attribute(attribute_type, b"").comprehension_required is required

    @pytest.mark.parametrize(("length", "padding"), [(0, 0), (1, 3), (2, 2), (3, 1), (4, 0)])
    def test_padding_fills_up_to_32_bits(self, length: int, padding: int) -> None:
        assert padding_bytes(length) == padding


class TestErrorCode:
    """RFC 8489 Section 14.8."""

    def test_encode_splits_hundreds_from_the_rest(self) -> None:
        assert ErrorCode(420, "Unknown").encode() == b"\x00\x00\x04\x14Unknown"

    @given(st.builds(ErrorCode, st.integers(300, 699), texts))
    def test_decode_of_encoded_returns_the_same(self, error: ErrorCode) -> None:
        assert ErrorCode.decode(error.encode()) == error

    def test_decode_ignores_reserved_bits(self) -> None:
        assert ErrorCode.decode(b"\xff\xff\xfc\x14") == ErrorCode(420, "")

    def test_decode_cut_number_raises(self) -> None:
        with pytest.raises(MalformedMessage, match=r"^ERROR-CODE is cut off$"):
            ErrorCode.decode(b"\x00\x00\x04")

    @pytest.mark.parametrize("number", [b"\x02\x00", b"\x07\x00", b"\x04\x64"])
    def test_decode_number_out_of_range_raises(self, number: bytes) -> None:
        with pytest.raises(MalformedMessage, match=r"^ERROR-CODE is out of range$"):
            ErrorCode.decode(b"\x00\x00" + number)


class TestUnknownAttributes:
    """RFC 8489 Section 14.13."""

    def test_encode_lists_types(self) -> None:
        assert UnknownAttributes((0x0002, 0x7FFF)).encode() == b"\x00\x02\x7f\xff"

    @given(st.builds(UnknownAttributes, st.lists(st.integers(0, 0xFFFF)).map(tuple)))
    def test_decode_of_encoded_returns_the_same(self, unknown: UnknownAttributes) -> None:
        assert UnknownAttributes.decode(unknown.encode()) == unknown

    def test_decode_odd_length_raises(self) -> None:
        with pytest.raises(MalformedMessage, match=r"^UNKNOWN-ATTRIBUTES ends in half a type$"):
            UnknownAttributes.decode(b"\x00\x02\x7f")


class TestSoftware:
    """RFC 8489 Section 14.14."""

    @given(st.builds(Software, texts))
    def test_decode_of_encoded_returns_the_same(self, software: Software) -> None:
        assert Software.decode(software.encode()) == software

    def test_decode_longest_text_is_read(self) -> None:
        assert Software.decode(b"a" * MAX_TEXT_BYTES) == Software("a" * 763)

    def test_decode_longer_text_raises(self) -> None:
        with pytest.raises(MalformedMessage, match=r"^text is too long$"):
            Software.decode(b"a" * (MAX_TEXT_BYTES + 1))

    def test_decode_invalid_utf8_raises(self) -> None:
        with pytest.raises(MalformedMessage, match=r"^text is not UTF-8$"):
            Software.decode(b"\xff")


class TestFingerprint:
    """RFC 8489 Section 14.7."""

    def test_over_the_check_string_is_the_well_known_crc(self) -> None:
        assert Fingerprint.over(b"123456789") == Fingerprint(0xCBF43926 ^ FINGERPRINT_XOR)

    @given(st.builds(Fingerprint, st.integers(0, 0xFFFFFFFF)))
    def test_decode_of_encoded_returns_the_same(self, fingerprint: Fingerprint) -> None:
        assert Fingerprint.decode(fingerprint.encode()) == fingerprint

    @pytest.mark.parametrize("value", [b"", b"123", b"12345"])
    def test_decode_other_length_raises(self, value: bytes) -> None:
        with pytest.raises(MalformedMessage, match=r"^FINGERPRINT is not 4 bytes long$"):
            Fingerprint.decode(value)
