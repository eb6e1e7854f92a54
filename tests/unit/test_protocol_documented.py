"""PROTOCOL.md and the code say the same."""

import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from meetone.signalling import messages
from meetone.signalling.refusals import Refusal

ROOT = Path(__file__).resolve().parents[2]
PROTOCOL = (ROOT / "PROTOCOL.md").read_text()
STAMP = {"from", "fromInstance"}
RELAYED = {"description", "candidates", "restart-please", "ack"}


def section(title: str) -> str:
    """Return what stands under a heading."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#+ |\Z)", PROTOCOL, re.M | re.S)
    assert found is not None, title
    return found[1]


def rows(title: str) -> list[list[str]]:
    """Return the cells of a table's body."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def names(cell: str) -> set[str]:
    """Return the names between backticks, without remarks in parentheses."""
    plain = re.sub(r"\([^()]*\)", "", cell)
    return set(re.findall(r"`([a-z][A-Za-z-]*)`", plain))


def fields(kind: type[msgspec.Struct]) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(kind)}


def tags(union: object) -> dict[str, type[msgspec.Struct]]:
    return {str(kind.__struct_config__.tag): kind for kind in get_args(union)}


CLIENT = {name: row[2] for row in rows("From a client") for name in names(row[0])}
SERVER = {name: row[2] for row in rows("From the server") for name in names(row[0])}


def test_client_messages_are_those_documented() -> None:
    assert set(CLIENT) == set(tags(messages.ClientMessage))
    assert len(CLIENT) == 11


def test_server_messages_are_those_documented() -> None:
    assert set(SERVER) == set(tags(messages.ServerMessage))
    assert len(SERVER) == 13


@pytest.mark.parametrize("name", sorted(CLIENT))
def test_fields_of_a_client_message_are_those_documented(name: str) -> None:
    kind = tags(messages.ClientMessage)[name]

    assert names(CLIENT[name]) == fields(kind) - (STAMP if name in RELAYED else set())


@pytest.mark.parametrize("name", sorted(SERVER))
def test_fields_of_a_server_message_are_those_documented(name: str) -> None:
    documented = names(SERVER[name])
    if name in RELAYED:
        assert documented == STAMP
        documented |= names(CLIENT[name])

    assert documented == fields(tags(messages.ServerMessage)[name])


def test_fields_of_a_peer_are_those_documented() -> None:
    paragraph = re.search(r"^`Peer`: (.*?)\n\n", PROTOCOL, re.M | re.S)
    assert paragraph is not None

    assert names(paragraph[1]) == fields(messages.Peer)


def test_errors_and_close_codes_are_those_documented() -> None:
    documented = {
        error: None if row[1] == "none" else int(row[1])
        for row in rows("Errors")
        for error in re.findall(r"`([a-z-]+)`", row[0])
    }

    assert documented == {refusal.error: refusal.close_code for refusal in Refusal}


@pytest.mark.parametrize(
    ("what", "bound"),
    [
        ("a message", messages.MESSAGE_BYTES),
        ("`sdp`", messages.SDP_CHARACTERS),
        ("candidates in one message", messages.CANDIDATES),
        ("candidates in one message", messages.CANDIDATE_CHARACTERS),
        ("`token`, `resume`", messages.SECRET_CHARACTERS),
    ],
)
def test_bounds_are_those_documented(what: str, bound: int) -> None:
    [cell] = [row[1] for row in rows("Bounds") if row[0] == what]

    assert bound in [int(number.replace(",", "")) for number in re.findall(r"[\d,]+\d", cell)]


def test_browser_knows_every_type_and_error() -> None:
    script = (ROOT / "static/js/signalling/messages.js").read_text()
    quoted = set(re.findall(r'"([a-z-]+)"', script))

    missing = {*CLIENT, *SERVER, *(refusal.error for refusal in Refusal)} - quoted
    assert missing == set()
