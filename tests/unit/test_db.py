"""The database: times keep their zone, deleted rows leave no trace, one upgrade at a time."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Integer, delete, select
from sqlalchemy.exc import IntegrityError, StatementError

from meetone.accounts.models import SetupLink
from meetone.config import Settings
from meetone.consultations.models import Consultation
from meetone.db import Base, Database
from meetone.errors import ConfigurationError, StartError

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


def test_migrations_make_exactly_what_the_models_describe(database: Database) -> None:
    assert differences(database) == []

    column: Column[int] = Column("forgotten", Integer)
    table = Consultation.metadata.tables["consultation"]
    table.append_column(column)
    try:
        assert [difference[0] for difference in differences(database)] == ["add_column"]
    finally:
        table._columns.remove(column)


@pytest.mark.parametrize("address", ["nonsense", "postgres://db/meetone", "mysql://:geheim@db/x"])
def test_database_of_an_unknown_kind_is_a_wrong_setting(tmp_path: Path, address: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Database(Settings(instance=tmp_path, database_url=address))

    assert str(caught.value) == (
        "MEETONE_DATABASE_URL: an address such as postgresql+psycopg://user@host/name"
    )


def test_database_that_cannot_be_reached_is_named_without_its_password(tmp_path: Path) -> None:
    address = "postgresql+psycopg://meetone:geheim@127.0.0.1:1/meetone"
    database = Database(Settings(instance=tmp_path, database_url=address))

    with pytest.raises(StartError) as caught:
        database.upgrade()

    named = "MEETONE_DATABASE_URL='postgresql+psycopg://meetone:***@127.0.0.1:1/meetone': "
    assert str(caught.value).startswith(named + "connection ")
    assert "\n" not in str(caught.value)


def differences(database: Database) -> list[tuple[object, ...]]:
    """Compare the schema as the migrations made it with the models."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found: list[tuple[object, ...]] = compare_metadata(context, Base.metadata)
        return found


def store_twice(database: Database) -> None:
    """Store something new and something that exists already in one transaction."""
    with database.transaction() as session:
        session.add(SetupLink(token_hash="6" * 64, created_at=datetime.now(UTC)))
        session.flush()
        session.add(SetupLink(token_hash=TRACE, created_at=datetime.now(UTC)))


def holds(database: Database, text: str) -> bool:
    """Tell whether any file of the instance holds a text."""
    return any(text.encode() in path.read_bytes() for path in database.instance.iterdir())
