"""What is written down about consultations, so that somebody can account for it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from meetone.accounts.models import User
from meetone.consultations.models import AuditEvent, Consultation


class AuditKind(StrEnum):
    """What was done with a consultation, by hand."""

    PLANNED = "consultation-planned"
    ENDED = "consultation-ended"
    DELETED = "consultation-deleted"
    REVOKED = "invitation-revoked"
    RENEWED = "invitation-renewed"


def record(
    session: Session,
    kind: AuditKind,
    user: User,
    now: datetime,
    consultation: Consultation | None = None,
) -> None:
    """Write down who did what and when; never anything about a patient."""
    session.add(
        AuditEvent(
            at=now,
            kind=kind,
            user_id=user.id,
            consultation_id=None if consultation is None else consultation.id,
        )
    )
