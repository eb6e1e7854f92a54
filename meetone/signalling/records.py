"""What signalling reads from the database and keeps there: who may come back into which seat after a restart."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from meetone.consultations.models import Consultation, Seat, SeatRole
from meetone.signalling.seating import Place, Seating

RESUME_SECRET_BYTES = 16


def seating_of(session: Session, seat: str, hours: int) -> Seating | None:
    """Read the consultation of a seat; None when there is none, or it has ended.

    Args:
        session: an open session.
        seat: id of any of its seats.
        hours: how long after the planned end its invitations work.
    """
    consultation = session.scalar(
        select(Consultation)
        .join(Consultation.seats)
        .where(Seat.id == seat, Consultation.ended_at.is_(None))
    )
    return None if consultation is None else seating(consultation, hours)


def seating_by_id(session: Session, consultation_id: str, hours: int) -> Seating | None:
    """Read a consultation; None when there is none, or it has ended."""
    consultation = session.get(Consultation, consultation_id)
    if consultation is None or consultation.ended_at is not None:
        return None
    return seating(consultation, hours)


def seatings_of(session: Session, practitioner_id: int, hours: int) -> Sequence[Seating]:
    """Read every consultation of a practitioner that has not ended and in which somebody has a seat."""
    consultations = session.scalars(
        select(Consultation).where(
            Consultation.practitioner_id == practitioner_id,
            Consultation.ended_at.is_(None),
            Consultation.seats.any(Seat.resume_hash.is_not(None)),
        )
    )
    return [seating(consultation, hours) for consultation in consultations]


def seating(consultation: Consultation, hours: int) -> Seating:
    """Take from a consultation what the rules need."""
    return Seating(
        consultation=consultation.id,
        practitioner_id=consultation.practitioner_id,
        alias=consultation.alias,
        starts_at=consultation.starts_at,
        ends_at=consultation.ends_at,
        opens_at=consultation.opens_at,
        closes_at=consultation.ends_at + timedelta(hours=hours),
        places=tuple(
            Place(
                seat=seat.id,
                role=SeatRole(seat.role),
                taken=seat.resume_hash is not None,
                arrived_at=seat.arrived_at,
                admitted_at=seat.admitted_at,
            )
            for seat in consultation.seats
        ),
    )


def find_by_resume(session: Session, resume: str) -> Seat | None:
    """Find the seat that a resume secret holds."""
    return session.scalar(select(Seat).where(Seat.resume_hash == hash_of(resume)))


def take_seat(session: Session, seat: str, consent: str | None, now: datetime) -> str:
    """Let somebody sit with an invitation; return the new resume secret, which makes an older one void."""
    resume = secrets.token_urlsafe(RESUME_SECRET_BYTES)
    taken = session.get_one(Seat, seat)
    taken.resume_hash = hash_of(resume)
    _note_arrival(taken, consent, now)
    return resume


def resume_seat(session: Session, seat: str, consent: str | None, now: datetime) -> None:
    """Let somebody come back with the resume secret."""
    _note_arrival(session.get_one(Seat, seat), consent, now)


def store_admission(session: Session, seat: str, since: datetime | None) -> None:
    """Keep since when a seat is admitted; None: it is not."""
    session.execute(update(Seat).where(Seat.id == seat).values(admitted_at=since))


def free_seat(session: Session, seat: str) -> None:
    """Forget who held a seat; when somebody first came is kept."""
    session.execute(update(Seat).where(Seat.id == seat).values(resume_hash=None, admitted_at=None))


def end(session: Session, consultation: Consultation, now: datetime) -> None:
    """End a consultation and everybody's right to come back."""
    consultation.ended_at = now
    for seat in consultation.seats:
        seat.resume_hash = None
        seat.admitted_at = None


def hash_of(secret: str) -> str:
    """Hash a random secret of 128 bits: nothing slower is needed against guessing."""
    return sha256(secret.encode()).hexdigest()


def _note_arrival(seat: Seat, consent: str | None, now: datetime) -> None:
    seat.arrived_at = seat.arrived_at or now
    if consent is not None:
        seat.consent = consent
        seat.consent_at = now
