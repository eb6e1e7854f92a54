"""The database: engine, sessions, and bringing the schema to the current version."""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import ClassVar

from alembic import command
from alembic.config import Config
from flask import Flask, g, has_app_context
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    TypeDecorator,
    create_engine,
    event,
    text,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, scoped_session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from meetone.config import ROOT, Settings
from meetone.errors import ConfigurationError, StartError

logger = logging.getLogger(__name__)

SQLITE_BUSY_MILLISECONDS = 5000
MIGRATION_LOCK = 0x4D4545544F4E45  # any number that nobody else uses: "MEETONE" in ASCII


class Base(DeclarativeBase):
    """Root of every model; names its constraints so that migrations can drop them."""

    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC; SQLite keeps no zone, so it is taken off and put back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC.

        Raises:
            ValueError: the time has no zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the time its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """One engine and its sessions: one per request in `session`, short ones in `transaction()`."""

    def __init__(self, settings: Settings) -> None:
        """Prepare the engine; nothing is opened before the first use.

        Raises:
            ConfigurationError: there is no such kind of database.
        """
        self.address = settings.database_address()
        self.instance = settings.instance
        self.engine = _create_engine(self.address)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self.session: scoped_session[Session] = scoped_session(self._sessions, _scope)

    def init_app(self, app: Flask) -> None:
        """Close the request's session when the request ends."""

        @app.teardown_appcontext
        def remove(_error: BaseException | None) -> None:
            self.session.remove()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a session of its own and commit at the end: for sockets, tasks and commands.

        A WebSocket lives for hours; it must not hold a connection for longer than one step.
        """
        with self._sessions() as session, session.begin():
            yield session

    def upgrade(self) -> None:
        """Bring the schema to the current version, one process at a time.

        Raises:
            StartError: the database cannot be reached.
        """
        with self._migration_lock():
            config = Config()
            config.set_main_option("script_location", str(ROOT / "migrations"))
            config.attributes["engine"] = self.engine
            command.upgrade(config, "head")

    def empty_log(self) -> None:
        """Move SQLite's write-ahead log into the database and cut it: what was deleted must not live on there."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    @contextmanager
    def _migration_lock(self) -> Iterator[None]:
        if self.engine.dialect.name == "postgresql":
            with self._reach() as connection:
                parameters = {"key": MIGRATION_LOCK}
                connection.execute(text("SELECT pg_advisory_lock(:key)"), parameters)
                try:
                    yield
                finally:
                    connection.execute(text("SELECT pg_advisory_unlock(:key)"), parameters)
        else:
            self.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
            with (self.instance / "migrate.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield

    def _reach(self) -> Connection:
        try:
            return self.engine.connect()
        except OperationalError as error:
            address = self.engine.url.render_as_string(hide_password=True)
            reason = str(error.orig).partition("\n")[0]
            raise StartError(f"MEETONE_DATABASE_URL={address!r}: {reason}") from error


def _scope() -> int:
    """Sessions belong to the application context, as `g` does; outside of one there is a single shared scope."""
    return id(g._get_current_object()) if has_app_context() else 0


def _create_engine(address: str) -> Engine:
    try:
        # What a statement carries belongs in no log, not even beside an error.
        engine = create_engine(
            address, pool_pre_ping=not address.startswith("sqlite"), hide_parameters=True
        )
    except (ArgumentError, ModuleNotFoundError) as error:
        # Without its value, which may hold a password.
        expected = "an address such as postgresql+psycopg://user@host/name"
        raise ConfigurationError(f"MEETONE_DATABASE_URL: {expected}") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"busy_timeout={SQLITE_BUSY_MILLISECONDS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
