"""The first set-up: a one-time link behind which the first practitioner makes an account."""

import secrets
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from meetone.accounts.models import SetupLink, User
from meetone.accounts.registry import NewAccount, add_account
from meetone.errors import MeetoneError
from meetone.services import Services

TOKEN_BYTES = 32
SETUP_PATH = "/setup/"


class SetupLinkVoid(MeetoneError):
    """The set-up link is unknown, replaced by a newer one, or used up."""


def issue_setup_link(session: Session, now: datetime) -> str:
    """Make the one valid set-up link; every older one becomes void.

    Returns:
        The token, 43 characters. Only its hash is kept.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.execute(delete(SetupLink))
    session.add(SetupLink(token_hash=token_hash(token), created_at=now))
    return token


def first_link(services: Services) -> str | None:
    """Return the address of a new set-up link, or None when an account exists already."""
    with services.database.transaction() as session:
        if has_accounts(session):
            return None
        token = issue_setup_link(session, services.now())
    return services.settings.public_url + SETUP_PATH + token


def has_accounts(session: Session) -> bool:
    """Tell whether any account exists, active or not."""
    return session.scalar(select(User.id).limit(1)) is not None


def is_valid(session: Session, token: str) -> bool:
    """Tell whether a set-up link may still be used; looking does not use it up."""
    return session.get(SetupLink, token_hash(token)) is not None and not has_accounts(session)


def use_setup_link(session: Session, token: str, new: NewAccount, now: datetime) -> User:
    """Make the first account and use the link up, in the caller's transaction.

    The link is deleted first: of two forms sent at once, the second waits there for the first, then
    finds nothing to delete.

    Raises:
        SetupLinkVoid: the link is unknown or used, or an account exists already.
    """
    used = session.scalars(
        delete(SetupLink)
        .where(SetupLink.token_hash == token_hash(token))
        .returning(SetupLink.token_hash)
    ).all()
    if not used or has_accounts(session):
        raise SetupLinkVoid
    return add_account(session, new, now)


def token_hash(token: str) -> str:
    """Return what the database keeps of a token: 64 hexadecimal digits."""
    return sha256(token.encode()).hexdigest()
