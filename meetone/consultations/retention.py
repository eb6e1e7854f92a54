"""Retention: what has served its purpose is deleted by itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from meetone.accounts.sessions import purge_sessions
from meetone.config import Settings
from meetone.consultations.models import AuditEvent, Consultation

BATCH = 500
"""Rows per statement: below the number of parameters that every database takes."""


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows were deleted."""

    consultations: int
    audit_events: int
    sessions: int


def purge_expired(session: Session, settings: Settings, now: datetime) -> Purged:
    """Delete what is older than the retention time; the caller commits.

    A consultation's time counts from its planned end, also when nobody ever ended it. Its seats and
    invitations go with it.
    """
    limit = now - timedelta(days=settings.retention_days)
    consultations = _expired_consultations(session, limit)
    for start in range(0, len(consultations), BATCH):
        batch = consultations[start : start + BATCH]
        session.execute(delete(Consultation).where(Consultation.id.in_(batch)))
    events = session.scalars(
        delete(AuditEvent).where(AuditEvent.at <= limit).returning(AuditEvent.id)
    ).all()
    return Purged(len(consultations), len(events), purge_sessions(session, now))


def _expired_consultations(session: Session, limit: datetime) -> list[str]:
    """Return ids; databases disagree on adding minutes to a time, so the end is judged here."""
    started = session.execute(
        select(Consultation.id, Consultation.starts_at, Consultation.minutes).where(
            Consultation.starts_at <= limit
        )
    )
    return [
        identifier
        for identifier, starts_at, minutes in started
        if starts_at + timedelta(minutes=minutes) <= limit
    ]
