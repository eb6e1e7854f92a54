"""Rules for making, finding and disabling accounts."""

import re
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from meetone.accounts.models import EMAIL_CHARACTERS, Role, RoleName, User
from meetone.errors import MeetoneError

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
VALID_EMAIL = re.compile(rf"[a-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*")


class InvalidEmail(MeetoneError):
    """The text is no e-mail address."""


class EmailTaken(MeetoneError):
    """Another account has this e-mail address."""


class UnknownAccount(MeetoneError):
    """No account has this e-mail address."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an account is made of; the e-mail address is normalised, the password hashed."""

    email: str
    name: str
    password_hash: str
    roles: tuple[RoleName, ...]
    language: str


def normalise_email(text: str) -> str:
    """Return the form in which an address is stored and looked up: in lower case, its domain ASCII.

    It is checked as browsers check it (WHATWG HTML, "valid e-mail address"), so a practice's own
    `.local` is welcome. Addresses are told apart without regard to case, because people do.

    Raises:
        InvalidEmail: the text is no e-mail address, or longer than 255 characters.
    """
    local, _, domain = text.strip().lower().rpartition("@")
    try:
        normalised = f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise InvalidEmail from error
    if len(normalised) > EMAIL_CHARACTERS or not VALID_EMAIL.fullmatch(normalised):
        raise InvalidEmail
    return normalised


def find_account(session: Session, email: str) -> User | None:
    """Return the account of a normalised e-mail address."""
    return session.scalar(select(User).where(User.email == email))


def add_account(session: Session, new: NewAccount, now: datetime) -> User:
    """Make an account.

    Raises:
        EmailTaken: another account has this address.
    """
    user = User(
        email=new.email,
        name=new.name,
        password=new.password_hash,
        fs_uniquifier=new_uniquifier(),
        language=new.language,
        created_at=now,
        roles=list(session.scalars(select(Role).where(Role.name.in_(new.roles)))),
    )
    session.add(user)
    try:
        session.flush()
    except IntegrityError as error:
        raise EmailTaken from error
    return user


def disable_account(session: Session, email: str) -> User:
    """Let nobody sign in to an account any more; its sessions are the caller's to end.

    Raises:
        UnknownAccount: no account has this address.
    """
    user = find_account(session, email)
    if user is None:
        raise UnknownAccount
    user.active = False
    user.fs_uniquifier = new_uniquifier()  # whatever names the old one, is void
    return user


def new_uniquifier() -> str:
    """Return what sessions know an account by (Flask-Security's `fs_uniquifier`)."""
    return uuid.uuid4().hex
