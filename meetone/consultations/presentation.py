"""What the practice's pages show of consultations, as finished values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import groupby

from flask_babel import format_date, format_time, gettext

from meetone.config import Settings
from meetone.consultations.agenda import Attendance, Entry
from meetone.consultations.invitations import (
    InvitationState,
    code_of,
    expires_at,
    link_of,
    show_code,
    state_of,
)
from meetone.consultations.models import Invitation
from meetone.consultations.texts import attendance_sentence, ready_text
from meetone.i18n import LANGUAGE_NAMES
from meetone.keys import Keys


@dataclass(frozen=True, slots=True)
class Line:
    """A consultation in a list."""

    id: str
    time: str
    alias: str
    minutes: int
    language: str
    language_code: str
    practitioner: str
    attendance: Attendance
    state: str


@dataclass(frozen=True, slots=True)
class Day:
    """The consultations of one day, by start."""

    title: str
    is_today: bool
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What goes to the patient."""

    link: str
    code: str
    text: str
    expires: str


def line_of(entry: Entry) -> Line:
    """Describe one consultation."""
    consultation = entry.consultation
    return Line(
        id=consultation.id,
        time=format_time(consultation.starts_at, "short"),
        alias=consultation.alias,
        minutes=consultation.minutes,
        language=LANGUAGE_NAMES.get(consultation.language, consultation.language),
        language_code=consultation.language,
        practitioner=consultation.practitioner.name,
        attendance=entry.attendance,
        state=attendance_sentence(entry),
    )


def days_of(entries: Iterable[Entry], now: datetime, zone: tzinfo) -> list[Day]:
    """Group entries, which come in the order of their start, by the day of the practice's clock."""
    today = now.astimezone(zone).date()
    days = []
    for day, group in groupby(
        entries, key=lambda entry: entry.consultation.starts_at.astimezone(zone).date()
    ):
        date = format_date(day, "full")
        is_today = day == today
        title = gettext("Today, %(date)s", date=date) if is_today else date
        days.append(Day(title, is_today, [line_of(entry) for entry in group]))
    return days


def moment(time: datetime) -> str:
    """Write day and time in full."""
    return f"{format_date(time, 'full')}, {format_time(time, 'short')}"


def sheet_of(
    settings: Settings, keys: Keys, invitation: Invitation, now: datetime
) -> tuple[InvitationState, Sheet | None]:
    """Describe an invitation; there is nothing to hand out of one that opens nothing."""
    hours = settings.invitation_hours
    state = state_of(invitation, invitation.version, now, hours)
    if state is not InvitationState.VALID:
        return state, None
    link = link_of(settings.public_url, keys, invitation)
    code = show_code(code_of(keys, invitation))
    return state, Sheet(
        link=link,
        code=code,
        text=ready_text(invitation.consultation, link, settings.public_url, code),
        expires=moment(expires_at(invitation, hours)),
    )
