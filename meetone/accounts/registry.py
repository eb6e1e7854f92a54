"""Rules for making, finding and disabling accounts."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from meetone.accounts.models import EMAIL_CHARACTERS, Role, RoleName, User
from meetone.errors import MeetoneError


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
    """Return the form in which an address is stored and looked up: checked, in lower case.

    Addresses are told apart without regard to case, because people do. Domains of a practice's own
    network (`.local`) are welcome; nothing is asked of the DNS.

    Raises:
        InvalidEmail: the text is no e-mail address, or longer than 255 characters.
    """
    try:
        valid = validate_email(text.strip(), check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise InvalidEmail(str(error)) from error
    normalised = valid.normalized.lower()
    if len(normalised) > EMAIL_CHARACTERS:
        raise InvalidEmail(f"at most {EMAIL_CHARACTERS} characters")
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
