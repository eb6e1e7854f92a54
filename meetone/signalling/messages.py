"""The messages of PROTOCOL.md, one class for each type, with their bounds.

Decoding is strict: an unknown type, an unknown field or a value out of bounds is refused. Messages that are relayed
go in both directions, so there is one class for both; the server overwrites what a client says about their sender.
"""

import re
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field

from meetone.consultations.models import SeatRole
from meetone.signalling.refusals import Refusal, Refused

VERSION = 1
MESSAGE_BYTES = 65_536
SDP_CHARACTERS = 32_768
CANDIDATES = 32
CANDIDATE_CHARACTERS = 512
SECRET_CHARACTERS = 256
LARGEST_SEQ = 2**31 - 1

Identifier = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+\Z")]
"""A seat, consultation or claim, as the server named it."""
RandomId = Annotated[str, Meta(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+\Z")]
"""A page's instance or a connection, minted by a page."""
ConsentVersion = Annotated[str, Meta(max_length=7, pattern=r"^[0-9]{4}-[0-9]{2}\Z")]
"""A version of the consent: year and month. It is stored, so it must not be able to hold anything else."""
Secret = Annotated[str, Meta(min_length=1, max_length=SECRET_CHARACTERS)]
Seq = Annotated[int, Meta(ge=1, le=LARGEST_SEQ)]
Language = Literal["de", "en"]


def _kebab(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"-\1", name).lower()


class Message(
    Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename="camel",
    tag_field="type",
    tag=_kebab,
):
    """What every message has: a `type` that names it."""


class Part(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A part of a message."""


class Join(Message, kw_only=True):
    """Open the conversation: the first message, and never again."""

    version: Annotated[int, Meta(ge=0, le=1000)]
    instance: RandomId
    token: Secret | None = None
    resume: Secret | None = None
    language: Language | None = None
    consent: ConsentVersion | None = None


class SessionDescription(Part, kw_only=True):
    """An RTCSessionDescription."""

    type: Literal["offer", "answer"]
    sdp: Annotated[str, Meta(max_length=SDP_CHARACTERS)]


class IceCandidate(Part, kw_only=True):
    """An RTCIceCandidate; an empty `candidate` ends the list."""

    candidate: Annotated[str, Meta(max_length=CANDIDATE_CHARACTERS)]
    sdp_mid: Annotated[str, Meta(max_length=64)] | None = None
    sdp_m_line_index: Annotated[int, Meta(ge=0, le=65_535)] | None = field(
        default=None, name="sdpMLineIndex"
    )
    username_fragment: Annotated[str, Meta(max_length=256)] | None = None


class Relayed(Message, kw_only=True):
    """A message from seat to seat.

    Attributes:
        to: the seat it is for.
        to_instance: the page it is for.
        seq: 1, 2, 3 … for each pair of pages; of an `ack`, the last one received.
        from_: the seat it is from, stamped by the server.
        from_instance: the page it is from, stamped by the server.
    """

    to: Identifier
    to_instance: RandomId
    seq: Seq
    from_: Annotated[str, Meta(max_length=64)] | UnsetType = field(default=UNSET, name="from")
    from_instance: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET


class Description(Relayed, kw_only=True):
    """Carry an offer or an answer to another seat."""

    connection: RandomId
    description: SessionDescription


class Candidates(Relayed, kw_only=True):
    """Carry candidates to another seat, several at once."""

    connection: RandomId
    candidates: Annotated[list[IceCandidate], Meta(min_length=1, max_length=CANDIDATES)]


class RestartPlease(Relayed, kw_only=True):
    """Ask the offerer for an ICE restart."""

    connection: RandomId


class Ack(Relayed, kw_only=True):
    """Acknowledge every relayed message up to `seq`."""


class Admit(Message, kw_only=True):
    """Store that a patient is admitted."""

    seat: Identifier


class PutBack(Message, kw_only=True):
    """Store that a patient waits again."""

    seat: Identifier


class End(Message, kw_only=True):
    """End a consultation for everybody."""

    consultation: Identifier


class HandOver(Message, kw_only=True):
    """Answer a claim."""

    claim: Identifier
    accept: bool


class Leave(Message, kw_only=True):
    """Give the seat up."""


class Ping(Message, kw_only=True):
    """Ask whether the server is there."""


class IceServer(Part, kw_only=True, omit_defaults=True):
    """An RTCIceServer; without credentials these members are missing, because null would be a word to a browser."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


class Peer(Part, kw_only=True):
    """Another seat of a consultation as one seat may see it; see PROTOCOL.md for the meaning of each field."""

    seat: str
    role: SeatRole
    consultation: str
    state: Literal["absent", "here", "away", "left"]
    since: datetime | None
    instance: str | None
    language: str | None
    arrived_at: datetime | None
    admitted_since: datetime | None
    alias: str | None
    starts_at: datetime | None
    opens_at: datetime | None


class Welcome(Message, kw_only=True):
    """Tell a page that it is seated, and all it needs to know."""

    version: int
    role: SeatRole
    seat: str | None
    consultation: str | None
    resume: str | None
    server_time: datetime
    starts_at: datetime | None
    ends_at: datetime | None
    opens_at: datetime | None
    arrived_at: datetime | None
    admitted_since: datetime | None
    ice_servers: list[IceServer]
    peers: list[Peer]


class PeerPresence(Message, kw_only=True, tag="presence"):
    """Tell that somebody came, was lost, or left."""

    peer: Peer


class Admitted(Message, kw_only=True):
    """Confirm to the practitioner what was stored about a seat."""

    seat: str
    since: datetime | None


class Claiming(Message, kw_only=True):
    """Tell a second device that the people in the consultation are asked."""

    claim: str


class Claim(Message, kw_only=True):
    """Ask the people in the consultation about a second device."""

    seat: str
    claim: str
    since: datetime


class ClaimClosed(Message, kw_only=True):
    """Tell that a claim needs no answer any more."""

    seat: str
    claim: str


class Ended(Message, kw_only=True):
    """Tell that the practitioner ended the consultation."""

    consultation: str


class Pong(Message, kw_only=True):
    """Answer a ping."""


class Error(Message, kw_only=True):
    """Say why the server refuses."""

    error: str
    retry_after: float | None = None


RelayedMessage = Description | Candidates | RestartPlease | Ack
ClientMessage = Join | RelayedMessage | Admit | PutBack | End | HandOver | Leave | Ping
ServerMessage = (
    Welcome
    | PeerPresence
    | RelayedMessage
    | Admitted
    | Claiming
    | Claim
    | ClaimClosed
    | Ended
    | Pong
    | Error
)


class _Greeting(Struct):
    """As much of a first message as every version of the protocol has."""

    type: Literal["join"]
    version: int


_client_messages: msgspec.json.Decoder[ClientMessage] = msgspec.json.Decoder(ClientMessage)
_greetings = msgspec.json.Decoder(_Greeting)
_encoder = msgspec.json.Encoder()


def decode(data: str | bytes) -> ClientMessage:
    """Read a client's message.

    Raises:
        Refused: `bad-message`, or `version` for a greeting in another version of the protocol.
    """
    try:
        return _client_messages.decode(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        refusal = Refusal.VERSION if _speaks_another_version(data) else Refusal.BAD_MESSAGE
        raise Refused(refusal) from None  # the cause may quote what the client sent


def encode(message: ClientMessage | ServerMessage) -> bytes:
    """Write a message as JSON in UTF-8."""
    return _encoder.encode(message)


def _speaks_another_version(data: str | bytes) -> bool:
    try:
        return _greetings.decode(data).version != VERSION
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False
