from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from meetone.accounts.models import SessionRecord, User
from meetone.config import Settings
from meetone.consultations import retention
from meetone.consultations.models import AuditEvent, Consultation, Invitation, Seat
from meetone.consultations.planning import Plan, make
from meetone.consultations.retention import Purged, purge_expired
from meetone.db import Base, Database
from meetone.keys import Keys

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
KEYS = Keys.derive(b"the secret of an installation, 1")
SECOND = timedelta(seconds=1)
MINUTES = 30


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, instance=tmp_path, retention_days=30)


@pytest.fixture
def session(settings: Settings) -> Iterator[Session]:
    """A session on a real file: only there the database enforces its foreign keys as in use."""
    database = Database(settings)
    Base.metadata.create_all(database.engine)
    with Session(database.engine) as session:
        yield session
    database.engine.dispose()


@pytest.fixture
def practitioner(session: Session) -> User:
    user = User(
        email="weber@praxis.example",
        name="Dr. Weber",
        fs_uniquifier="weber",
        language="de",
        created_at=NOW - timedelta(days=400),
    )
    session.add(user)
    session.commit()
    return user


def ended_before(session: Session, practitioner: User, span: timedelta) -> Consultation:
    """Make a consultation whose planned end lies this long ago."""
    starts_at = NOW - span - timedelta(minutes=MINUTES)
    return make(session, KEYS, Plan(practitioner, starts_at, MINUTES, "de", "K. 7"), starts_at)


def counts(session: Session) -> list[int]:
    tables = (Consultation, Seat, Invitation, AuditEvent, SessionRecord, User)
    return [session.scalars(select(func.count()).select_from(table)).one() for table in tables]


def test_purge_deletes_a_consultation_with_all_that_is_its_own(
    session: Session, settings: Settings, practitioner: User
) -> None:
    ended_before(session, practitioner, timedelta(days=30))
    session.commit()
    before = counts(session)

    purged = purge_expired(session, settings, NOW)
    session.commit()

    assert before == [1, 2, 1, 0, 0, 1]
    assert purged == Purged(consultations=1, audit_events=0, sessions=0)
    assert counts(session) == [0, 0, 0, 0, 0, 1]


def test_purge_keeps_what_is_younger_than_the_retention_time(
    session: Session, settings: Settings, practitioner: User
) -> None:
    ended_before(session, practitioner, timedelta(days=30) - SECOND)
    ended_before(session, practitioner, timedelta(0))
    ended_before(session, practitioner, timedelta(days=-300))
    session.add(AuditEvent(at=NOW - timedelta(days=30) + SECOND, kind="consultation-ended"))
    session.commit()
    before = counts(session)

    purged = purge_expired(session, settings, NOW)
    session.commit()

    assert purged == Purged(0, 0, 0)
    assert counts(session) == before == [3, 6, 3, 1, 0, 1]


def test_purge_counts_from_the_planned_end_also_when_somebody_ended_late(
    session: Session, settings: Settings, practitioner: User
) -> None:
    ended_before(session, practitioner, timedelta(days=31))
    ended_late = ended_before(session, practitioner, timedelta(days=31))
    ended_late.ended_at = NOW
    session.commit()

    purged = purge_expired(session, settings, NOW)

    assert purged.consultations == 2


def test_purge_follows_the_setting(
    session: Session, settings: Settings, practitioner: User
) -> None:
    ended_before(session, practitioner, timedelta(days=40))
    session.commit()

    longest = purge_expired(session, settings.model_copy(update={"retention_days": 90}), NOW)
    default = purge_expired(session, settings, NOW)

    assert (longest.consultations, default.consultations) == (0, 1)


def test_purge_deletes_old_audit_events_and_ended_sessions(
    session: Session, settings: Settings, practitioner: User
) -> None:
    young = ended_before(session, practitioner, timedelta(0))
    for days in (29, 30, 31):
        at = NOW - timedelta(days=days)
        session.add(AuditEvent(at=at, kind="consultation-ended", consultation_id=young.id))
    for expires_at in (NOW, NOW + SECOND):
        session.add(
            SessionRecord(
                id_hash=expires_at.isoformat(),
                user_id=practitioner.id,
                data=b"",
                created_at=NOW,
                last_seen_at=NOW,
                expires_at=expires_at,
            )
        )
    session.commit()

    purged = purge_expired(session, settings, NOW)
    session.commit()

    assert purged == Purged(consultations=0, audit_events=2, sessions=1)
    assert counts(session) == [1, 2, 1, 1, 1, 1]


def test_purge_keeps_a_young_audit_event_of_a_deleted_consultation(
    session: Session, settings: Settings, practitioner: User
) -> None:
    old = ended_before(session, practitioner, timedelta(days=31))
    event = AuditEvent(at=NOW, kind="consultation-ended", consultation_id=old.id)
    session.add(event)
    session.commit()

    purge_expired(session, settings, NOW)
    session.commit()
    session.refresh(event)

    assert event.consultation_id is None


def test_purge_of_more_than_one_batch_deletes_all(
    session: Session,
    settings: Settings,
    practitioner: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for _ in range(5):
        ended_before(session, practitioner, timedelta(days=31))
    session.commit()

    assert purge_expired(session, settings, NOW).consultations == 5
    assert counts(session)[0] == 0


def test_deleted_rows_leave_no_trace_in_the_file(
    session: Session, settings: Settings, practitioner: User
) -> None:
    old = ended_before(session, practitioner, timedelta(days=31))
    old.alias = "Kolibri 99"
    session.commit()
    path = settings.instance / "meetone.sqlite3"
    checkpoint(session)
    before = b"Kolibri 99" in path.read_bytes()

    purge_expired(session, settings, NOW)
    session.commit()
    checkpoint(session)

    assert before is True
    assert b"Kolibri 99" not in path.read_bytes()


def checkpoint(session: Session) -> None:
    """Write what SQLite has in its log into the file, as it does by itself from time to time."""
    session.connection().exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    session.commit()
