"""Commands for accounts."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Self

import click
from flask_babel import force_locale
from flask_security import hash_password
from sqlalchemy import select

from meetone import create_app
from meetone.accounts.models import NAME_CHARACTERS, RoleName, User
from meetone.accounts.passwords import normalise_password, password_problem
from meetone.accounts.registry import (
    EmailTaken,
    InvalidEmail,
    NewAccount,
    UnknownAccount,
    add_account,
    disable_account,
    find_account,
    normalise_email,
)
from meetone.accounts.sessions import end_sessions_of
from meetone.accounts.texts import PROBLEM_TEXTS
from meetone.errors import MeetoneError
from meetone.i18n import DEFAULT_LANGUAGE, LANGUAGES
from meetone.services import Services, services


class CommandRefused(MeetoneError):
    """A command cannot do what it was asked; the text says why."""


@dataclass(frozen=True, slots=True)
class ListedAccount:
    """One line of `user list`."""

    email: str
    name: str
    roles: list[str]
    language: str
    active: bool

    @classmethod
    def of(cls, account: User) -> Self:
        """Take from an account what may be shown."""
        roles = sorted(role.name for role in account.roles)
        return cls(account.email, account.name, roles, account.language, account.active)


@click.group()
def user() -> None:
    """Add, list and disable accounts of the practice."""


@user.command()
@click.argument("email")
@click.option("--name", required=True, help="As patients and colleagues read it.")
@click.option(
    "--role",
    required=True,
    type=click.Choice([RoleName.PRACTITIONER.value, RoleName.STAFF.value]),
    help="Practitioners hold consultations, staff organise them.",
)
@click.option("--admin", is_flag=True, help="May change the installation as well.")
@click.option("--language", type=click.Choice(LANGUAGES), default=DEFAULT_LANGUAGE)
@click.option("--password-stdin", is_flag=True, required=True, help="Read it from standard input.")
def add(email: str, name: str, role: str, admin: bool, language: str, password_stdin: bool) -> None:
    """Add an account that signs in with EMAIL and the password."""
    with application() as held:
        address = checked_email(email)
        new = NewAccount(
            email=address,
            name=checked_name(name),
            password_hash=hashed_password(read_password(), name, address),
            roles=(RoleName(role), RoleName.ADMINISTRATOR) if admin else (RoleName(role),),
            language=language,
        )
        try:
            with held.database.transaction() as session:
                add_account(session, new, held.now())
        except EmailTaken as error:
            raise CommandRefused(f"{address} has an account already") from error
    click.echo(f"{address} can sign in now.")


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def list_accounts(as_json: bool) -> None:
    """List every account."""
    with application() as held, held.database.transaction() as session:
        accounts = [
            ListedAccount.of(account)
            for account in session.scalars(select(User).order_by(User.email))
        ]
    if as_json:
        click.echo(json.dumps([asdict(account) for account in accounts], ensure_ascii=False))
        return
    for account in accounts:
        state = "" if account.active else "  (disabled)"
        click.echo(f"{account.email}  {account.name}  {', '.join(account.roles)}{state}")


@user.command()
@click.argument("email")
def disable(email: str) -> None:
    """Let EMAIL sign in no more, and end its sessions."""
    with application() as held:
        address = checked_email(email)
        try:
            with held.database.transaction() as session:
                account = disable_account(session, address)
        except UnknownAccount as error:
            raise CommandRefused(f"{address} has no account") from error
        end_sessions_of(account.id)
    click.echo(f"{address} can sign in no more.")


@user.command()
@click.argument("email")
@click.option("--password-stdin", is_flag=True, required=True, help="Read it from standard input.")
def password(email: str, password_stdin: bool) -> None:
    """Set a new password for EMAIL, and end its sessions."""
    with application() as held:
        address = checked_email(email)
        with held.database.transaction() as session:
            account = find_account(session, address)
        if account is None:
            raise CommandRefused(f"{address} has no account")
        new_hash = hashed_password(read_password(), account.name, address)
        with held.database.transaction() as session:
            session.merge(account).password = new_hash
        end_sessions_of(account.id)
    click.echo(f"{address} has a new password.")


@contextmanager
def application() -> Iterator[Services]:
    """Give a command the application, its database at the current version, and English."""
    app = create_app()
    with app.app_context(), force_locale("en"):
        services().database.upgrade()
        yield services()


def checked_email(email: str) -> str:
    """Return the normalised address.

    Raises:
        CommandRefused: it is none.
    """
    try:
        return normalise_email(email)
    except InvalidEmail as error:
        raise CommandRefused(f"{email!r} is no e-mail address") from error


def checked_name(name: str) -> str:
    """Return the name without spaces around it.

    Raises:
        CommandRefused: nothing is left of it, or it is too long.
    """
    stripped = name.strip()
    if not 1 <= len(stripped) <= NAME_CHARACTERS:
        raise CommandRefused(f"--name needs 1 to {NAME_CHARACTERS} characters")
    return stripped


def read_password() -> str:
    """Read a password from standard input; a line end after it does not belong to it.

    Raises:
        CommandRefused: there is none.
    """
    text = sys.stdin.read().removesuffix("\n").removesuffix("\r")
    if not text:
        raise CommandRefused("no password on standard input")
    return text


def hashed_password(text: str, name: str, email: str) -> str:
    """Check and hash a password.

    Raises:
        CommandRefused: it is too short, too long or easy to guess.
    """
    normalised = normalise_password(text)
    problem = password_problem(normalised, (name, email))
    if problem is not None:
        raise CommandRefused(str(PROBLEM_TEXTS[problem]))
    return hash_password(normalised)
