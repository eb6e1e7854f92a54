import json
from collections.abc import Callable
from contextlib import suppress

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from meetone.signalling import messages
from meetone.signalling.messages import decode, encode
from meetone.signalling.refusals import Refusal, Refused

JOIN = {"type": "join", "version": 1, "instance": "page-one-1"}
ADDRESSED = {"to": "seat-2", "toInstance": "page-two-2", "seq": 1}
CONNECTED = {**ADDRESSED, "connection": "connection-1"}
CANDIDATE = {
    "candidate": "candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host",
    "sdpMid": "0",
    "sdpMLineIndex": 0,
    "usernameFragment": "abcd",
}
DESCRIPTION = {
    "type": "description",
    **CONNECTED,
    "description": {"type": "offer", "sdp": "v=0\r\n"},
}
CANDIDATES = {"type": "candidates", **CONNECTED, "candidates": [CANDIDATE]}


def refusal_of(data: str | bytes) -> Refusal:
    with pytest.raises(Refused) as raised:
        decode(data)
    return raised.value.refusal


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (
            {**JOIN, "token": "t", "language": "de", "consent": "2026-11"},
            messages.Join(
                version=1, instance="page-one-1", token="t", language="de", consent="2026-11"
            ),
        ),
        (JOIN, messages.Join(version=1, instance="page-one-1")),
        (
            DESCRIPTION,
            messages.Description(
                to="seat-2",
                to_instance="page-two-2",
                seq=1,
                connection="connection-1",
                description=messages.SessionDescription(type="offer", sdp="v=0\r\n"),
            ),
        ),
        (
            CANDIDATES,
            messages.Candidates(
                to="seat-2",
                to_instance="page-two-2",
                seq=1,
                connection="connection-1",
                candidates=[
                    messages.IceCandidate(
                        candidate="candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host",
                        sdp_mid="0",
                        sdp_m_line_index=0,
                        username_fragment="abcd",
                    )
                ],
            ),
        ),
        (
            {"type": "restart-please", **CONNECTED},
            messages.RestartPlease(
                to="seat-2", to_instance="page-two-2", seq=1, connection="connection-1"
            ),
        ),
        (
            {"type": "ack", **ADDRESSED},
            messages.Ack(to="seat-2", to_instance="page-two-2", seq=1),
        ),
        ({"type": "admit", "seat": "s"}, messages.Admit(seat="s")),
        ({"type": "put-back", "seat": "s"}, messages.PutBack(seat="s")),
        ({"type": "end", "consultation": "c"}, messages.End(consultation="c")),
        (
            {"type": "hand-over", "claim": "c", "accept": True},
            messages.HandOver(claim="c", accept=True),
        ),
        ({"type": "leave"}, messages.Leave()),
        ({"type": "ping"}, messages.Ping()),
    ],
)
def test_decode_every_message_of_a_client(
    sent: dict[str, object], message: messages.ClientMessage
) -> None:
    assert decode(json.dumps(sent)) == message
    assert decode(encode(message)) == message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ping",
        "null",
        "[]",
        '"ping"',
        "{}",
        '{"type":"pong"}',
        '{"type":"welcome"}',
        '{"type":"ping","extra":1}',
        '{"type":["ping"]}',
        '{"type":"ping"}{"type":"ping"}',
        '{"type":"admit"}',
        '{"type":"admit","seat":null}',
        '{"type":"admit","seat":"a b"}',
        '{"type":"admit","seat":"s\\n"}',
        '{"type":"hand-over","claim":"c","accept":1}',
        "[" * 60_000,
    ],
)
def test_decode_what_is_no_message_is_refused(text: str) -> None:
    assert refusal_of(text) is Refusal.BAD_MESSAGE
    assert refusal_of(text.encode()) is Refusal.BAD_MESSAGE


@pytest.mark.parametrize("data", [b"\xff", b'{"type":"ping\xff"}', "\ud800", '{"type":"\ud800"}'])
def test_decode_what_is_no_utf8_is_refused(data: str | bytes) -> None:
    assert refusal_of(data) is Refusal.BAD_MESSAGE


def with_sdp(length: int) -> dict[str, object]:
    return {**DESCRIPTION, "description": {"type": "answer", "sdp": "x" * length}}


def with_candidates(count: int) -> dict[str, object]:
    return {**CANDIDATES, "candidates": [CANDIDATE] * count}


def with_line(length: int) -> dict[str, object]:
    return {**CANDIDATES, "candidates": [{**CANDIDATE, "candidate": "x" * length}]}


def with_seq(seq: int) -> dict[str, object]:
    return {"type": "ack", **ADDRESSED, "seq": seq}


def with_instance(length: int) -> dict[str, object]:
    return {**JOIN, "instance": "x" * length}


def with_connection(length: int) -> dict[str, object]:
    return {**DESCRIPTION, "connection": "x" * length}


def with_to(length: int) -> dict[str, object]:
    return {"type": "ack", **ADDRESSED, "to": "x" * length}


def with_token(length: int) -> dict[str, object]:
    return {**JOIN, "token": "x" * length}


def with_resume(length: int) -> dict[str, object]:
    return {**JOIN, "resume": "x" * length}


@pytest.mark.parametrize(
    ("make", "low", "high"),
    [
        (with_sdp, 0, 32_768),
        (with_candidates, 1, 32),
        (with_line, 0, 512),
        (with_seq, 1, 2**31 - 1),
        (with_instance, 8, 64),
        (with_connection, 8, 64),
        (with_to, 1, 64),
        (with_token, 1, 256),
        (with_resume, 1, 256),
    ],
)
def test_decode_refuses_what_is_out_of_bounds(
    make: Callable[[int], dict[str, object]], low: int, high: int
) -> None:
    for value in (low, high):
        decode(json.dumps(make(value)))
    for value in (low - 1, high + 1):
        if value >= 0:
            assert refusal_of(json.dumps(make(value))) is Refusal.BAD_MESSAGE


@pytest.mark.parametrize(
    "consent", ["", "2026-1", "2026-111", "2026-11\n", "Erika 1", "２０２６-11"]
)
def test_decode_refuses_a_consent_that_is_no_version(consent: str) -> None:
    decode(json.dumps({**JOIN, "consent": "2026-11"}))

    assert refusal_of(json.dumps({**JOIN, "consent": consent})) is Refusal.BAD_MESSAGE


def test_decode_refuses_a_rollback_and_another_language() -> None:
    rollback = {**DESCRIPTION, "description": {"type": "rollback", "sdp": ""}}

    assert refusal_of(json.dumps(rollback)) is Refusal.BAD_MESSAGE
    assert refusal_of(json.dumps({**JOIN, "language": "fr"})) is Refusal.BAD_MESSAGE


def test_decode_of_another_version_is_told_so_whatever_else_it_says() -> None:
    newer = {"type": "join", "version": 2, "page": {"instance": "page-one-1"}}

    assert refusal_of(json.dumps(newer)) is Refusal.VERSION
    assert refusal_of(json.dumps({**newer, "version": 1})) is Refusal.BAD_MESSAGE


def test_decode_takes_what_a_client_says_of_itself_without_refusing_it() -> None:
    # The server overwrites it: PROTOCOL.md, "Seats, instances, connections".
    message = decode(json.dumps({"type": "ack", **ADDRESSED, "from": "x", "fromInstance": "y"}))

    assert isinstance(message, messages.Ack)
    assert (message.from_, message.from_instance) == ("x", "y")


def test_encode_a_relayed_message_carries_the_stamp() -> None:
    message = messages.Ack(
        to="seat-2", to_instance="page-two-2", seq=7, from_="seat-1", from_instance="page-one-1"
    )

    assert json.loads(encode(message)) == {
        "type": "ack",
        "to": "seat-2",
        "toInstance": "page-two-2",
        "seq": 7,
        "from": "seat-1",
        "fromInstance": "page-one-1",
    }


def test_refused_says_nothing_of_what_was_sent() -> None:
    with pytest.raises(Refused) as raised:
        decode('{"type":"join","version":1,"instance":"Frau Muster"}')

    assert str(raised.value) == "bad-message"
    assert raised.value.__suppress_context__


@given(st.binary(max_size=400) | st.text(max_size=400))
@example(b'{"type":"join","version":1e999,"instance":"page-one-1"}')
@example('{"type":"join","version":99999999999999999999999,"instance":"page-one-1"}')
@example("-")
def test_decode_anything_gives_a_message_or_a_refusal(data: str | bytes) -> None:
    with suppress(Refused):
        decode(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4)
    ),
    max_leaves=10,
)
TYPES = st.sampled_from(
    ["join", "description", "candidates", "restart-please", "ack", "admit", "end", "ping"]
)


@given(TYPES, st.dictionaries(st.sampled_from(["to", "seq", "version", "seat"]), JSON))
def test_decode_any_json_gives_a_message_or_a_refusal(kind: str, fields: dict[str, object]) -> None:
    with suppress(Refused):
        decode(json.dumps({"type": kind, **fields}))


IDENTIFIERS = st.from_regex(r"\A[A-Za-z0-9_-]{8,64}\Z")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
SEQS = st.integers(1, 2**31 - 1)
CANDIDATE_VALUES = st.builds(
    messages.IceCandidate,
    candidate=TEXTS,
    sdp_mid=st.none() | TEXTS,
    sdp_m_line_index=st.none() | st.integers(0, 65_535),
    username_fragment=st.none() | TEXTS,
)
RELAYED = st.one_of(
    st.builds(
        messages.Description,
        to=IDENTIFIERS,
        to_instance=IDENTIFIERS,
        seq=SEQS,
        connection=IDENTIFIERS,
        description=st.builds(
            messages.SessionDescription, type=st.sampled_from(["offer", "answer"]), sdp=TEXTS
        ),
    ),
    st.builds(
        messages.Candidates,
        to=IDENTIFIERS,
        to_instance=IDENTIFIERS,
        seq=SEQS,
        connection=IDENTIFIERS,
        candidates=st.lists(CANDIDATE_VALUES, min_size=1, max_size=32),
    ),
    st.builds(messages.Ack, to=IDENTIFIERS, to_instance=IDENTIFIERS, seq=SEQS),
)


@given(RELAYED)
def test_decode_inverts_encode(message: messages.RelayedMessage) -> None:
    assert decode(encode(message)) == message


def test_candidate_members_that_are_missing_are_null() -> None:
    found = msgspec.json.decode(b'{"candidate":""}', type=messages.IceCandidate)

    assert json.loads(msgspec.json.encode(found)) == {
        "candidate": "",
        "sdpMid": None,
        "sdpMLineIndex": None,
        "usernameFragment": None,
    }
