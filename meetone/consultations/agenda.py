"""The agenda: whose consultations somebody may see, and how each of them stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session

from meetone.accounts.models import Role, RoleName, User
from meetone.consultations.models import Consultation, Seat, SeatRole
from meetone.errors import MeetoneError
from meetone.signalling.bus import Presence

LISTED_CONSULTATIONS = 500
"""Bound of the day list: three months of a practice that sees eight people a day."""
STILL_LISTED = timedelta(days=1)


class ConsultationUnknown(MeetoneError):
    """There is no such consultation for this account, which need not know whether there is one."""


class Attendance(StrEnum):
    """How it stands with the patient of a consultation."""

    NOT_YET = "not-yet"
    WAITING = "waiting"
    AWAY = "away"
    IN_CONSULTATION = "in-consultation"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the day list; `since` belongs to the attendance and may be missing."""

    consultation: Consultation
    attendance: Attendance
    since: datetime | None


def organises_all(user: User) -> bool:
    """Tell whether an account organises for everybody: staff do, practitioners for themselves."""
    return RoleName.STAFF in {role.name for role in user.roles}


def find(session: Session, user: User, consultation_id: str) -> Consultation:
    """Find a consultation that an account may organise.

    Raises:
        ConsultationUnknown: it does not exist, or it is somebody else's.
    """
    consultation = session.scalar(
        select(Consultation).where(Consultation.id == consultation_id, visible_to(user))
    )
    if consultation is None:
        raise ConsultationUnknown
    return consultation


def listed(session: Session, user: User, now: datetime, zone: tzinfo) -> Sequence[Consultation]:
    """List what is on today and later, and what was not ended within the last day, by start.

    Args:
        session: where to look.
        user: whose list it is.
        now: the time of looking.
        zone: where the practice's clocks hang; it says when today began.
    """
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    left_open = and_(Consultation.starts_at >= now - STILL_LISTED, Consultation.ended_at.is_(None))
    return session.scalars(
        select(Consultation)
        .where(visible_to(user), or_(Consultation.starts_at >= today, left_open))
        .order_by(Consultation.starts_at, Consultation.id)
        .limit(LISTED_CONSULTATIONS)
    ).all()


def aliases_in_use(session: Session, now: datetime) -> set[str]:
    """Return every alias from yesterday on, so that none of them is suggested again."""
    return set(
        session.scalars(
            select(Consultation.alias).where(Consultation.starts_at >= now - STILL_LISTED)
        )
    )


def practitioners_for(session: Session, user: User) -> Sequence[User]:
    """List, by name, the accounts for which somebody may plan consultations."""
    own = true() if organises_all(user) else User.id == user.id
    return session.scalars(
        select(User)
        .where(own, User.active, User.roles.any(Role.name == RoleName.PRACTITIONER))
        .order_by(User.name, User.id)
    ).all()


def visible_to(user: User) -> ColumnElement[bool]:
    """Return the condition under which an account may see a consultation."""
    if organises_all(user):
        return true()
    return Consultation.practitioner_id == user.id if user.is_practitioner() else false()


def attendance_of(
    consultation: Consultation, presence: Presence | None, now: datetime, hours: int
) -> Entry:
    """Say how a consultation stands.

    Args:
        consultation: the one in question.
        presence: what the bus knows of the patient's seat.
        now: the time of looking.
        hours: how long after the planned end an invitation still opens the waiting room.
    """
    seat = consultation.seat_of(SeatRole.PATIENT)
    if consultation.ended_at is not None:
        return Entry(consultation, Attendance.OVER, consultation.ended_at)
    if presence is not None:
        return _present(consultation, seat, presence)
    if now > consultation.ends_at + timedelta(hours=hours):
        return Entry(consultation, Attendance.OVER, None)
    # After a restart of the server the call goes on while its sockets are on their way back.
    if seat.admitted_at is not None:
        return Entry(consultation, Attendance.IN_CONSULTATION, seat.admitted_at)
    return Entry(consultation, Attendance.NOT_YET, None)


def _present(consultation: Consultation, seat: Seat, presence: Presence) -> Entry:
    if presence.away:
        return Entry(consultation, Attendance.AWAY, presence.since)
    if seat.admitted_at is not None:
        return Entry(consultation, Attendance.IN_CONSULTATION, seat.admitted_at)
    return Entry(consultation, Attendance.WAITING, seat.arrived_at or presence.since)
