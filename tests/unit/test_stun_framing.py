from hypothesis import given
from hypothesis import strategies as st

from meetone.stun.framing import MessageStream
from meetone.stun.message import MAX_MESSAGE_BYTES, Message
from tests.unit.stun_strategies import messages
from tests.unit.stun_vectors import SAMPLE_IPV4_RESPONSE, SAMPLE_REQUEST

encoded_messages = messages.map(Message.encode).filter(lambda data: len(data) <= MAX_MESSAGE_BYTES)


def test_stream_of_one_message_returns_it() -> None:
    stream = MessageStream()

    assert stream.feed(SAMPLE_REQUEST) == [SAMPLE_REQUEST]
    assert not stream.broken


def test_stream_byte_by_byte_returns_message_with_its_last_byte() -> None:
    stream = MessageStream()

    returned = [stream.feed(SAMPLE_REQUEST[i : i + 1]) for i in range(len(SAMPLE_REQUEST))]

    assert returned == [[]] * (len(SAMPLE_REQUEST) - 1) + [[SAMPLE_REQUEST]]


def test_stream_of_pipelined_messages_returns_them_in_order() -> None:
    stream = MessageStream()

    both = stream.feed(SAMPLE_REQUEST + SAMPLE_IPV4_RESPONSE + SAMPLE_REQUEST[:5])

    assert both == [SAMPLE_REQUEST, SAMPLE_IPV4_RESPONSE]
    assert stream.feed(SAMPLE_REQUEST[5:]) == [SAMPLE_REQUEST]


@given(st.lists(encoded_messages, max_size=5), st.data())
def test_stream_cut_anywhere_returns_the_same_messages(
    sent: list[bytes], data: st.DataObject
) -> None:
    stream = MessageStream()
    rest = b"".join(sent)
    received: list[bytes] = []

    while rest:
        size = data.draw(st.integers(1, len(rest)))
        received += stream.feed(rest[:size])
        rest = rest[size:]

    assert received == sent
    assert not stream.broken


@given(st.lists(st.binary(max_size=2048)))
def test_stream_of_any_bytes_never_raises_and_holds_less_than_one_message(
    pieces: list[bytes],
) -> None:
    stream = MessageStream()

    for piece in pieces:
        for message in stream.feed(piece):
            assert 20 <= len(message) <= MAX_MESSAGE_BYTES
        assert len(stream._buffer) < MAX_MESSAGE_BYTES


def test_stream_of_another_protocol_is_broken_by_its_first_bytes() -> None:
    stream = MessageStream()

    assert stream.feed(b"GET ") == []
    assert stream.broken


def test_stream_with_garbage_behind_a_message_returns_the_message() -> None:
    stream = MessageStream()

    assert stream.feed(SAMPLE_REQUEST + b"GET / HTTP/1.1\r\n") == [SAMPLE_REQUEST]
    assert stream.broken


def test_stream_announcing_the_longest_message_waits_for_it() -> None:
    stream = MessageStream()

    assert stream.feed(b"\x00\x01" + (MAX_MESSAGE_BYTES - 20).to_bytes(2, "big")) == []
    assert not stream.broken


def test_stream_announcing_a_longer_message_is_broken() -> None:
    stream = MessageStream()

    assert stream.feed(b"\x00\x01" + (MAX_MESSAGE_BYTES - 16).to_bytes(2, "big")) == []
    assert stream.broken


def test_stream_once_broken_returns_nothing_more() -> None:
    stream = MessageStream()

    assert stream.feed(b"GET ") == []
    assert stream.feed(SAMPLE_REQUEST) == []
    assert stream.broken
