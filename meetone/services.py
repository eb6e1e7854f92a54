"""What one running application holds, behind one typed door."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import Flask, current_app

from meetone.config import Settings
from meetone.db import Database
from meetone.keys import Keys
from meetone.signalling.bus import Bus
from meetone.signalling.limits import ClaimLimit

EXTENSION = "meetone"


def utc_now() -> datetime:
    """Tell the time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that views, sockets and commands share in one process."""

    settings: Settings
    keys: Keys
    database: Database
    bus: Bus
    now: Callable[[], datetime] = utc_now
    claims: ClaimLimit = field(default_factory=ClaimLimit)

    def init_app(self, app: Flask) -> None:
        """Make these services those of the application."""
        app.extensions[EXTENSION] = self


def services() -> Services:
    """Return the services of the current application."""
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Services)
    return found
