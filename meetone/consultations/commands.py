"""Commands for consultations and for retention."""

from dataclasses import dataclass
from datetime import UTC, datetime

import click
import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from meetone.accounts.commands import CommandRefused, application, checked_email
from meetone.accounts.models import User
from meetone.accounts.registry import find_account
from meetone.consultations.invitations import (
    code_of,
    expires_at,
    link_of,
    show_code,
)
from meetone.consultations.models import ALIAS_CHARACTERS, Consultation
from meetone.consultations.planning import (
    DEFAULT_MINUTES,
    MAX_MINUTES,
    MIN_MINUTES,
    Field,
    Plan,
    check,
    make,
    tidy_alias,
)
from meetone.consultations.retention import purge_expired
from meetone.consultations.texts import PROBLEMS
from meetone.i18n import DEFAULT_LANGUAGE, LANGUAGES
from meetone.services import Services

EXAMPLE_TIME = "2026-11-24T10:00+01:00"
OPTIONS = {Field.DATE: "at", Field.MINUTES: "minutes", Field.ALIAS: "alias"}


@dataclass(frozen=True, slots=True)
class Added:
    """What `consultation add --json` prints; scripts rely on these names."""

    id: str
    link: str
    code: str
    starts_at: str
    expires_at: str


@dataclass(frozen=True, slots=True)
class Listed:
    """What `consultation list --json` prints of each consultation."""

    id: str
    practitioner: str
    alias: str
    language: str
    starts_at: str
    minutes: int
    ended_at: str | None


@click.group()
def consultation() -> None:
    """Make and list consultations."""


@consultation.command()
@click.option("--practitioner", "email", required=True, help="E-mail address of the account.")
@click.option("--at", "start", required=True, help=f"Start with its zone: {EXAMPLE_TIME}")
@click.option(
    "--minutes",
    type=click.IntRange(MIN_MINUTES, MAX_MINUTES),
    default=DEFAULT_MINUTES,
    show_default=True,
)
@click.option(
    "--language", type=click.Choice(LANGUAGES), default=DEFAULT_LANGUAGE, show_default=True
)
@click.option("--alias", required=True, help="Never a name: 'Amsel 27', for example.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def add(email: str, start: str, minutes: int, language: str, alias: str, as_json: bool) -> None:
    """Make a consultation and print its link and code."""
    starts_at, tidy = _read_start(start), tidy_alias(alias)
    with application() as held:
        now = held.now()
        for problem in check(starts_at, minutes, language, tidy, languages=LANGUAGES, now=now):
            raise CommandRefused(f"--{OPTIONS[problem.field]}: {PROBLEMS[problem]}")
        with held.database.transaction() as session:
            plan = Plan(_find_practitioner(session, email), starts_at, minutes, language, tidy)
            added = _describe(held, make(session, held.keys, plan, now))
    if as_json:
        click.echo(msgspec.json.encode(added))
    else:
        click.echo(f"Link:    {added.link}\nCode:    {added.code}")
        click.echo(f"Start:   {added.starts_at}\nExpires: {added.expires_at}")


@consultation.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
def list_all(as_json: bool) -> None:
    """List every consultation that is still stored, by start."""
    order = select(Consultation).order_by(Consultation.starts_at, Consultation.id)
    with application() as held, held.database.transaction() as session:
        rows = [_summarise(found) for found in session.scalars(order)]
    if as_json:
        click.echo(msgspec.json.encode(rows))
        return
    for row in rows:
        ended = "" if row.ended_at is None else f"  ended {row.ended_at}"
        length = f"{row.minutes:3} min"
        alias = f"{row.alias:{ALIAS_CHARACTERS}}"
        click.echo(f"{row.id}  {row.starts_at}  {length}  {alias}  {row.practitioner}{ended}")


@click.command()
def purge() -> None:
    """Delete what is older than the retention time."""
    with application() as held:
        with held.database.transaction() as session:
            purged = purge_expired(session, held.settings, held.now())
        held.database.empty_log()
    click.echo(
        f"Deleted: {purged.consultations} consultations, {purged.audit_events} audit events, "
        f"{purged.sessions} sessions."
    )


def _read_start(text: str) -> datetime:
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        start = None
    if start is None or start.tzinfo is None:
        raise CommandRefused(f"--at {text!r}: a time with its zone, such as {EXAMPLE_TIME}")
    return start


def _find_practitioner(session: Session, email: str) -> User:
    user = find_account(session, checked_email(email))
    if user is None or not user.active or not user.is_practitioner():
        raise CommandRefused(f"{email} is no active account of a practitioner")
    return user


def _describe(held: Services, made: Consultation) -> Added:
    (invitation,) = made.invitations
    return Added(
        id=made.id,
        link=link_of(held.settings.public_url, held.keys, invitation),
        code=show_code(code_of(held.keys, invitation)),
        starts_at=_show(made.starts_at),
        expires_at=_show(expires_at(invitation, held.settings.invitation_hours)),
    )


def _summarise(found: Consultation) -> Listed:
    return Listed(
        id=found.id,
        practitioner=found.practitioner.email,
        alias=found.alias,
        language=found.language,
        starts_at=_show(found.starts_at),
        minutes=found.minutes,
        ended_at=None if found.ended_at is None else _show(found.ended_at),
    )


def _show(time: datetime) -> str:
    """Write a time in UTC, to the second (ISO 8601)."""
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
