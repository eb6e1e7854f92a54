"""Consultations, their seats, and the invitations to them.

The alias is the only free text about a patient, and it is too short for a name. Nothing here can
hold one.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetone.accounts.models import User
from meetone.db import Base, UtcDateTime

ALIAS_CHARACTERS = 12
ID_CHARACTERS = 22
OPENS_BEFORE = timedelta(minutes=60)


class SeatRole(StrEnum):
    """Who sits in a seat, in the words of PROTOCOL.md."""

    PRACTITIONER = "practitioner"
    PATIENT = "patient"
    COMPANION = "companion"


class Consultation(Base):
    """One appointment of a practitioner with one patient."""

    __tablename__ = "consultation"

    id: Mapped[str] = mapped_column(String(ID_CHARACTERS), primary_key=True)
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    alias: Mapped[str] = mapped_column(String(ALIAS_CHARACTERS))
    language: Mapped[str] = mapped_column(String(8))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    minutes: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    practitioner: Mapped[User] = relationship(lazy="joined")
    seats: Mapped[list["Seat"]] = relationship(
        back_populates="consultation", cascade="all, delete-orphan", lazy="selectin"
    )
    invitations: Mapped[list["Invitation"]] = relationship(
        back_populates="consultation", cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def ends_at(self) -> datetime:
        """Planned end."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def opens_at(self) -> datetime:
        """Time from which browsers may connect."""
        return self.starts_at - OPENS_BEFORE

    def seat_of(self, role: SeatRole) -> "Seat":
        """Return the first seat of a role.

        Raises:
            LookupError: the consultation has no such seat.
        """
        for seat in self.seats:
            if seat.role == role:
                return seat
        raise LookupError(role)


class Seat(Base):
    """A place in a consultation; what of it must outlive a restart of the server."""

    __tablename__ = "seat"

    id: Mapped[str] = mapped_column(String(ID_CHARACTERS), primary_key=True)
    consultation_id: Mapped[str] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[SeatRole] = mapped_column(String(16))
    resume_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    admitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    consent: Mapped[str | None] = mapped_column(String(16))
    consent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    consultation: Mapped[Consultation] = relationship(back_populates="seats", lazy="joined")


class Invitation(Base):
    """The right to take a seat. Its link and code are derived from keys, never stored."""

    __tablename__ = "invitation"

    id: Mapped[str] = mapped_column(String(ID_CHARACTERS), primary_key=True)
    consultation_id: Mapped[str] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), index=True
    )
    seat_id: Mapped[str] = mapped_column(ForeignKey("seat.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]
    code_index: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    consultation: Mapped[Consultation] = relationship(back_populates="invitations", lazy="joined")
    seat: Mapped[Seat] = relationship(lazy="joined")


class AuditEvent(Base):
    """Something an administrator may have to account for; never about a patient's person."""

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    kind: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    consultation_id: Mapped[str | None] = mapped_column(
        ForeignKey("consultation.id", ondelete="SET NULL")
    )
