"""Planning a consultation: what may be asked for, and how one with its seats is made."""

import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import Enum, StrEnum
from random import Random

from sqlalchemy.orm import Session

from meetone.accounts.models import User
from meetone.consultations.invitations import FIRST_VERSION, assign_code
from meetone.consultations.models import (
    ALIAS_CHARACTERS,
    Consultation,
    Invitation,
    Seat,
    SeatRole,
)
from meetone.keys import Keys

MIN_MINUTES = 5
MAX_MINUTES = 180
DEFAULT_MINUTES = 30
HORIZON = timedelta(days=731)
"""How far from now a start may lie, ahead or back: two years, a leap day included."""
ID_BYTES = 16
INVITATION_ID_BYTES = 9
"""Fewer than elsewhere, because it is part of the link; the link's strength is its signature."""

ALIAS_WORDS = (
    "Adler", "Albatros", "Ammer", "Amsel", "Bergfink", "Buchfink", "Bussard", "Dohle",
    "Drossel", "Eisvogel", "Falke", "Fink", "Flamingo", "Girlitz", "Goldammer", "Habicht",
    "Ibis", "Kiebitz", "Kleiber", "Kolibri", "Kormoran", "Kranich", "Lerche", "Milan",
    "Möwe", "Pelikan", "Pirol", "Rotmilan", "Schwalbe", "Schwan", "Seeadler", "Segler",
    "Specht", "Sperling", "Stelze", "Stieglitz", "Storch", "Wachtel", "Zaunkönig", "Zeisig",
)  # fmt: skip
"""Birds of at most nine letters, none of them a byword for a person."""
ALIAS_NUMBERS = range(10, 100)


class Field(StrEnum):
    """A field of the form in which a consultation is planned."""

    PRACTITIONER = "practitioner"
    DATE = "date"
    TIME = "time"
    MINUTES = "minutes"
    LANGUAGE = "language"
    ALIAS = "alias"


class Problem(Enum):
    """Why a consultation cannot be planned like this."""

    PRACTITIONER_UNKNOWN = (Field.PRACTITIONER, "unknown")
    DATE_UNREADABLE = (Field.DATE, "unreadable")
    DATE_TOO_FAR = (Field.DATE, "too-far")
    TIME_UNREADABLE = (Field.TIME, "unreadable")
    MINUTES_OUT_OF_RANGE = (Field.MINUTES, "out-of-range")
    LANGUAGE_UNKNOWN = (Field.LANGUAGE, "unknown")
    ALIAS_MISSING = (Field.ALIAS, "missing")
    ALIAS_TOO_LONG = (Field.ALIAS, "too-long")
    ALIAS_UNFIT = (Field.ALIAS, "unfit")

    def __init__(self, field: Field, reason: str) -> None:
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Draft:
    """The form as it was sent: text, nothing of it checked."""

    practitioner: str
    date: str
    time: str
    minutes: str
    language: str
    alias: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A consultation that may be made.

    `practitioner` is an account that may hold consultations; `starts_at` is aware.
    """

    practitioner: User
    starts_at: datetime
    minutes: int
    language: str
    alias: str


def read_draft(
    draft: Draft,
    practitioners: Mapping[str, User],
    languages: Collection[str],
    zone: tzinfo,
    now: datetime,
) -> Plan | list[Problem]:
    """Turn a form into a plan, or say everything that is wrong with it.

    Args:
        draft: what was sent.
        practitioners: the accounts that the sender may choose from, by what the field holds.
        languages: those in which MeetOne speaks to patients.
        zone: where the practice's clocks hang.
        now: the time of planning.
    """
    practitioner = practitioners.get(draft.practitioner)
    day, clock = _read(draft.date, "%Y-%m-%d"), _read(draft.time, "%H:%M")
    problems = []
    if practitioner is None:
        problems.append(Problem.PRACTITIONER_UNKNOWN)
    if day is None:
        problems.append(Problem.DATE_UNREADABLE)
    if clock is None:
        problems.append(Problem.TIME_UNREADABLE)
    starts_at = datetime.combine((day or now).date(), (clock or now).time(), zone)
    minutes = int(draft.minutes) if _is_small_number(draft.minutes) else 0
    alias = tidy_alias(draft.alias)
    problems += check(starts_at, minutes, draft.language, alias, languages=languages, now=now)
    if problems or practitioner is None:
        return problems
    return Plan(practitioner, starts_at, minutes, draft.language, alias)


def check(
    starts_at: datetime,
    minutes: int,
    language: str,
    alias: str,
    *,
    languages: Collection[str],
    now: datetime,
) -> list[Problem]:
    """Say what is wrong with a consultation; the list is empty when nothing is.

    A start in the past is right: a consultation may be entered while the patient is on the phone.
    """
    problems = []
    if abs(starts_at - now) > HORIZON:
        problems.append(Problem.DATE_TOO_FAR)
    if not MIN_MINUTES <= minutes <= MAX_MINUTES:
        problems.append(Problem.MINUTES_OUT_OF_RANGE)
    if language not in languages:
        problems.append(Problem.LANGUAGE_UNKNOWN)
    if not alias:
        problems.append(Problem.ALIAS_MISSING)
    elif len(alias) > ALIAS_CHARACTERS:
        problems.append(Problem.ALIAS_TOO_LONG)
    # No "@": an address must not get in here. Not printable: line breaks, controls, bidi overrides.
    elif "@" in alias or not alias.isprintable():
        problems.append(Problem.ALIAS_UNFIT)
    return problems


def tidy_alias(text: str) -> str:
    """Leave one blank between words, none at the ends; a line break inside stays, to be refused."""
    return " ".join(word for word in text.strip().split(" ") if word)


def suggest_alias(random: Random, taken: Collection[str]) -> str:
    """Suggest an alias that says nothing about anybody ("Amsel 27").

    Args:
        random: where chance comes from.
        taken: aliases that would be mistaken for it, such as those of the same day.
    """
    free = [
        alias
        for word in ALIAS_WORDS
        for number in ALIAS_NUMBERS
        if (alias := f"{word} {number}") not in taken
    ]
    return random.choice(free) if free else ""


def make(
    session: Session,
    keys: Keys,
    plan: Plan,
    now: datetime,
    new_id: Callable[[int], str] = secrets.token_urlsafe,
) -> Consultation:
    """Make a consultation with a seat for each of the two and the patient's invitation.

    Args:
        session: where it is added; the caller commits.
        keys: those of the installation.
        plan: what `read_draft` or `check` found to be right.
        now: the time of making.
        new_id: makes an id of so many random bytes.
    """
    consultation = Consultation(
        id=new_id(ID_BYTES),
        practitioner=plan.practitioner,
        alias=plan.alias,
        language=plan.language,
        starts_at=plan.starts_at,
        minutes=plan.minutes,
        created_at=now,
    )
    patient = Seat(id=new_id(ID_BYTES), role=SeatRole.PATIENT)
    consultation.seats = [Seat(id=new_id(ID_BYTES), role=SeatRole.PRACTITIONER), patient]
    invitation = Invitation(id=new_id(INVITATION_ID_BYTES), seat=patient, version=FIRST_VERSION)
    consultation.invitations = [invitation]
    assign_code(session, keys, invitation)
    session.add(consultation)
    session.flush()
    return consultation


def _read(text: str, layout: str) -> datetime | None:
    try:
        # Day and clock are read apart; the zone comes when they are put together.
        return datetime.strptime(text.strip(), layout)  # noqa: DTZ007
    except ValueError:
        return None


def _is_small_number(text: str) -> bool:
    return text.strip().isdecimal() and len(text.strip()) <= len(str(MAX_MINUTES))
