"""Invitations: the link and the code of one, and what each is worth at a time.

Neither is stored. Both follow from the invitation's id and version and from keys of the
installation, so they can be shown on any day; raising the version makes the old ones worthless.
"""

import hmac
import unicodedata
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetone.consultations.models import Invitation
from meetone.errors import MeetoneError
from meetone.keys import Keys
from meetone.signalling.refusals import Refusal

CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Thirty-two characters (5 bits each) that neither ear nor eye mistakes for 0, 1, I or O."""
CODE_CHARACTERS = 9
CODE_GROUP = 3
CODE_BITS = 45
TOKEN_MAX_CHARACTERS = 128
TYPED_MAX_CHARACTERS = 40
FIRST_VERSION = 1


class InvitationState(Enum):
    """What an invitation is worth at a time; the value is the refusal it leads to."""

    VALID = None
    UNKNOWN = Refusal.UNKNOWN_INVITATION
    REVOKED = Refusal.REVOKED
    ENDED = Refusal.ENDED
    EXPIRED = Refusal.EXPIRED


class InvitationRefused(MeetoneError):
    """A link or a code opens nothing, or no longer."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.error)
        self.refusal = refusal


def token_of(keys: Keys, invitation: Invitation) -> str:
    """Return the part of the link behind `/join/`: about 70 characters of `A-Z a-z 0-9 _ - .`."""
    return _sign(keys, invitation.id, invitation.version)


def link_of(public_url: str, keys: Keys, invitation: Invitation) -> str:
    """Return the whole link of an invitation, as patients get it."""
    return f"{public_url}/join/{token_of(keys, invitation)}"


def code_of(keys: Keys, invitation: Invitation) -> str:
    """Return the access code: nine characters of CODE_ALPHABET, 45 bits, without dashes."""
    return derive_code(keys, invitation.id, invitation.version)


def derive_code(keys: Keys, invitation_id: str, version: int) -> str:
    """Derive the code of one version of an invitation (the first 45 bits of an HMAC-SHA-256)."""
    digest = hmac.digest(keys.code, f"{invitation_id}:{version}".encode(), sha256)
    number = int.from_bytes(digest) >> (8 * len(digest) - CODE_BITS)
    characters = []
    for _ in range(CODE_CHARACTERS):
        number, remainder = divmod(number, len(CODE_ALPHABET))
        characters.append(CODE_ALPHABET[remainder])
    return "".join(reversed(characters))


def show_code(code: str) -> str:
    """Group a code for eyes and ears: `ABC-DEF-GHJ`."""
    return "-".join(
        code[start : start + CODE_GROUP] for start in range(0, CODE_CHARACTERS, CODE_GROUP)
    )


def normalise_code(text: str) -> str | None:
    """Read a code as somebody typed or pasted it: any case, with any dashes and blanks.

    Nothing else is mapped: a 0 is not taken for an O, because neither is ever part of a code.

    Returns:
        Nine characters of CODE_ALPHABET, or None when this cannot be a code.
    """
    if len(text) > TYPED_MAX_CHARACTERS:
        return None
    # Only ASCII is raised to upper case: "ſ".upper() would be an "S" that nobody typed.
    code = "".join(
        character.upper() if character.isascii() else character
        for character in text
        if not _is_separator(character)
    )
    if len(code) != CODE_CHARACTERS or not set(code) <= set(CODE_ALPHABET):
        return None
    return code


def assign_code(session: Session, keys: Keys, invitation: Invitation) -> None:
    """Store the index of an invitation's code; a code that is taken raises the version."""
    while True:
        index = index_of(keys, code_of(keys, invitation))
        with session.no_autoflush:
            holder = session.scalar(
                select(Invitation.id).where(
                    Invitation.code_index == index, Invitation.id != invitation.id
                )
            )
        if holder is None:
            invitation.code_index = index
            return
        invitation.version += 1


def index_of(keys: Keys, code: str) -> bytes:
    """Return what is stored so that a code can be found, but not read (HMAC-SHA-256, 32 bytes)."""
    return hmac.digest(keys.code_index, code.encode(), sha256)


def renew(session: Session, keys: Keys, invitation: Invitation) -> None:
    """Make a new link and a new code; the old ones are void, also when they were revoked."""
    invitation.version += 1
    invitation.revoked_at = None
    assign_code(session, keys, invitation)


def revoke(invitation: Invitation, now: datetime) -> None:
    """Make link and code worthless; who sits already stays seated."""
    if invitation.revoked_at is None:
        invitation.revoked_at = now


def expires_at(invitation: Invitation, hours: int) -> datetime:
    """Tell until when an invitation opens the waiting room: hours after the planned end."""
    return invitation.consultation.ends_at + timedelta(hours=hours)


def state_of(invitation: Invitation, version: int, now: datetime, hours: int) -> InvitationState:
    """Judge an invitation.

    Args:
        invitation: the stored one.
        version: the version that the link or code was made for.
        now: the time of judgement.
        hours: how long after the planned end an invitation still opens the waiting room.
    """
    if version > invitation.version:
        return InvitationState.UNKNOWN
    # Before all others: who holds a revoked link shall not learn how the appointment went on.
    if invitation.revoked_at is not None or version < invitation.version:
        return InvitationState.REVOKED
    if invitation.consultation.ended_at is not None:
        return InvitationState.ENDED
    if now > expires_at(invitation, hours):
        return InvitationState.EXPIRED
    return InvitationState.VALID


def find_by_token(
    session: Session, keys: Keys, token: str, now: datetime, hours: int
) -> Invitation:
    """Find the invitation that a link stands for.

    Raises:
        InvitationRefused: the link is unknown, revoked, expired, or its consultation has ended.
    """
    read = _read_token(keys, token)
    if read is None:
        raise InvitationRefused(Refusal.UNKNOWN_INVITATION)
    invitation_id, version = read
    invitation = session.get(Invitation, invitation_id)
    if invitation is None:
        raise InvitationRefused(Refusal.UNKNOWN_INVITATION)
    return _accept(invitation, version, now, hours)


def find_by_code(session: Session, keys: Keys, code: str, now: datetime, hours: int) -> Invitation:
    """Find the invitation that a normalised code stands for.

    Raises:
        InvitationRefused: the code is unknown, revoked, expired, or its consultation has ended.
    """
    invitation = session.scalar(
        select(Invitation).where(Invitation.code_index == index_of(keys, code))
    )
    if invitation is None:
        raise InvitationRefused(Refusal.UNKNOWN_INVITATION)
    return _accept(invitation, invitation.version, now, hours)


def _accept(invitation: Invitation, version: int, now: datetime, hours: int) -> Invitation:
    refusal = state_of(invitation, version, now, hours).value
    if refusal is not None:
        raise InvitationRefused(refusal)
    return invitation


def _is_separator(character: str) -> bool:
    """Tell whether people, keyboards and messengers put this between the groups of a code."""
    # Pd: dashes of every length; Z*: blanks; Cf: zero-width characters and the soft hyphen.
    category = unicodedata.category(character)
    return category[0] == "Z" or category in {"Pd", "Cf"} or character in "\t\r\n\N{MINUS SIGN}"


def _serialiser(keys: Keys) -> URLSafeSerializer:
    return URLSafeSerializer(
        keys.invitation, salt="invitation", signer_kwargs={"digest_method": sha256}
    )


def _sign(keys: Keys, invitation_id: str, version: int) -> str:
    return _serialiser(keys).dumps([invitation_id, version])


def _read_token(keys: Keys, token: str) -> tuple[str, int] | None:
    """Return the id and the version that a token was signed for; None for anything else."""
    if len(token) > TOKEN_MAX_CHARACTERS or not token.isascii():
        return None
    try:
        content = _serialiser(keys).loads(token)
    except BadData:
        return None
    match content:
        case [str(invitation_id), int(version)]:
            # Base64 has more than one spelling of the same bytes; only ours is the link.
            signed = _sign(keys, invitation_id, version)
            return (invitation_id, version) if hmac.compare_digest(signed, token) else None
    return None
