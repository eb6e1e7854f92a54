import struct

import pytest
from wsproto.connection import Connection, ConnectionType
from wsproto.events import TextMessage

from meetone.signalling.refusals import Refusal
from meetone.signalling.websocket import close_all, text_frame


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 100_000])
def test_text_frame_of_every_length_is_read_by_another_implementation(size: int) -> None:
    client = Connection(ConnectionType.CLIENT)

    client.receive_data(text_frame(b"x" * size))

    events = list(client.events())
    assert "".join(event.data for event in events if isinstance(event, TextMessage)) == "x" * size
    last = events[-1]
    assert isinstance(last, TextMessage)
    assert last.message_finished


def test_text_frame_is_the_one_of_the_rfc() -> None:
    # RFC 6455 Section 5.7, a single-frame unmasked text message.
    assert text_frame(b"Hello") == bytes.fromhex("810548656c6c6f")
    assert text_frame(b"x" * 256)[:4] == struct.pack("!BBH", 0x81, 126, 256)


def test_close_all_without_anybody_does_nothing() -> None:
    close_all(Refusal.SERVER_RESTART)
