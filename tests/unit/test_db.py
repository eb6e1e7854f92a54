"""The database: times keep their zone, deleted rows leave no trace, one upgrade at a time."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError, StatementError

from meetone.accounts.models import SetupLink
from meetone.config import Settings
from meetone.db import Database

TRACE = "5" * 64


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(Settings(instance=tmp_path / "instance"))
    made.upgrade()
    return made


def test_time_of_another_zone_comes_back_as_the_same_moment_in_utc(database: Database) -> None:
    written = datetime(2026, 11, 24, 10, tzinfo=timezone(timedelta(hours=1)))
    with database.transaction() as session:
        session.add(SetupLink(token_hash=TRACE, created_at=written))

    with database.transaction() as session:
        read = session.get_one(SetupLink, TRACE).created_at

    assert (read, read.tzinfo) == (written, UTC)


def test_time_without_zone_is_refused(database: Database) -> None:
    with (
        pytest.raises(StatementError, match="a time without a zone cannot be stored"),
        database.transaction() as session,
    ):
        session.add(SetupLink(token_hash=TRACE, created_at=datetime.now(UTC).replace(tzinfo=None)))


def test_transaction_that_fails_stores_nothing(database: Database) -> None:
    with database.transaction() as session:
        session.add(SetupLink(token_hash=TRACE, created_at=datetime.now(UTC)))

    with pytest.raises(IntegrityError):
        store_twice(database)

    with database.transaction() as session:
        assert [link.token_hash for link in session.scalars(select(SetupLink))] == [TRACE]


def test_deleted_row_leaves_no_byte_in_any_file(database: Database) -> None:
    with database.transaction() as session:
        session.add(SetupLink(token_hash=TRACE, created_at=datetime.now(UTC)))
    assert holds(database, TRACE)

    with database.transaction() as session:
        session.execute(delete(SetupLink))
    database.empty_log()

    assert not holds(database, TRACE)


def test_upgrade_of_current_database_changes_nothing(database: Database) -> None:
    with database.transaction() as session:
        session.add(SetupLink(token_hash=TRACE, created_at=datetime.now(UTC)))

    database.upgrade()

    with database.transaction() as session:
        assert session.get(SetupLink, TRACE) is not None


def store_twice(database: Database) -> None:
    """Store something new and something that exists already in one transaction."""
    with database.transaction() as session:
        session.add(SetupLink(token_hash="6" * 64, created_at=datetime.now(UTC)))
        session.flush()
        session.add(SetupLink(token_hash=TRACE, created_at=datetime.now(UTC)))


def holds(database: Database, text: str) -> bool:
    """Tell whether any file of the instance holds a text."""
    return any(text.encode() in path.read_bytes() for path in database.instance.iterdir())
