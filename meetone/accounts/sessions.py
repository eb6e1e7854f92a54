"""Sessions on the server: the cookie is a random name, everything else is a row.

So a session can be ended, and ending it closes its WebSockets. No row and no cookie exist before
something is stored. Times are those of OWASP ASVS 5.0 V7.3, documented in the README.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from flask import Flask, Request, Response, session
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import CallbackDict

from meetone.accounts.models import SessionRecord, User
from meetone.services import EXTENSION, Services, services
from meetone.signalling.refusals import Refusal

ID_BYTES = 32
ANONYMOUS_LIFETIME = timedelta(hours=1)
INACTIVITY_LIMIT = timedelta(hours=12)
"""A working day with its breaks; nobody is signed out in the middle of a consultation."""
ABSOLUTE_LIMIT = timedelta(days=7)
TOUCH_INTERVAL = timedelta(minutes=1)
"""`last_seen_at` is written at most this often."""

COOKIE = "session"
SECURE_COOKIE = "__Host-session"
USER_KEY = "_user_id"
"""Where Flask-Login keeps `fs_uniquifier` of whoever is signed in."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The row that a session was read from."""

    id_hash: str
    user_key: str | None


class ServerSession(CallbackDict[str, object], SessionMixin):
    """The values of one session during one request."""

    def __init__(
        self, values: dict[str, object], stored: Stored | None, *, is_socket: bool
    ) -> None:
        def changed(_self: CallbackDict[str, object]) -> None:
            self.modified = True

        super().__init__(values, changed)
        self.stored = stored
        self.is_socket = is_socket
        self.new = stored is None
        self.modified = False

    @property
    def user_key(self) -> str | None:
        """`fs_uniquifier` of whoever is signed in, or None."""
        key = self.get(USER_KEY)
        return key if isinstance(key, str) else None


class ServerSessions(SessionInterface):
    """Reads a session when a request begins and writes it when the answer leaves."""

    serializer = TaggedJSONSerializer()

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """Find the session of a request; an empty one if there is none."""
        held: Services = app.extensions[EXTENSION]
        is_socket = request.headers.get("Upgrade", "").lower() == "websocket"
        cookie = request.cookies.get(cookie_name(secure=held.settings.secure))
        if not cookie or request.path.startswith(f"{app.static_url_path}/"):
            return ServerSession({}, None, is_socket=is_socket)
        with held.database.transaction() as db:
            record = db.get(SessionRecord, id_hash_of(cookie))
            now = held.now()
            if record is None or record.expires_at <= now:
                return ServerSession({}, None, is_socket=is_socket)
            if now - record.last_seen_at >= TOUCH_INTERVAL:
                record.last_seen_at = now
                record.expires_at = expiry(record, now)
            values: dict[str, object] = self.serializer.loads(record.data.decode())
        user_key = values.get(USER_KEY)
        stored = Stored(record.id_hash, user_key if isinstance(user_key, str) else None)
        return ServerSession(values, stored, is_socket=is_socket)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write what changed. Whoever signs in or out gets another id (session fixation).

        The session of a WebSocket is never written: it would put the values of hours ago over
        those that pages have stored since.
        """
        assert isinstance(session, ServerSession)
        if session.is_socket or not session.modified:
            return
        held: Services = app.extensions[EXTENSION]
        # A view that failed may have left writes open; this process must not wait for itself.
        held.database.session.rollback()
        before = session.stored.user_key if session.stored else None
        if before is not None and session.user_key is None:
            session.clear()
        if session.stored is not None and session.user_key == before and session:
            self._update(held, session.stored, session)
            return
        if session.stored is not None:
            _end(held, session.stored.id_hash)
        if session:
            self._insert(held, session, response)
        elif session.stored is not None:
            secure = held.settings.secure
            response.delete_cookie(cookie_name(secure=secure), secure=secure, httponly=True)

    def _update(self, held: Services, stored: Stored, session: ServerSession) -> None:
        """Write the values; a session that was ended meanwhile stays ended."""
        with held.database.transaction() as db:
            db.execute(
                update(SessionRecord)
                .where(SessionRecord.id_hash == stored.id_hash)
                .values(data=self._data(session))
            )

    def _insert(self, held: Services, session: ServerSession, response: Response) -> None:
        name = secrets.token_urlsafe(ID_BYTES)
        now = held.now()
        with held.database.transaction() as db:
            record = SessionRecord(
                id_hash=id_hash_of(name),
                user_id=_user_id(db, session.user_key),
                data=self._data(session),
                created_at=now,
                last_seen_at=now,
            )
            record.expires_at = expiry(record, now)
            db.add(record)
        secure = held.settings.secure
        response.set_cookie(
            cookie_name(secure=secure),
            name,
            path="/",
            secure=secure,
            httponly=True,
            samesite="Lax",
        )

    def _data(self, session: ServerSession) -> bytes:
        return self.serializer.dumps(dict(session)).encode()


def cookie_name(*, secure: bool) -> str:
    """Name the cookie; over https browsers bind the prefix to host and path (RFC 6265bis)."""
    return SECURE_COOKIE if secure else COOKIE


def id_hash_of(name: str) -> str:
    """Return what the database keeps of a session's name: 64 hexadecimal digits."""
    return sha256(name.encode()).hexdigest()


def expiry(record: SessionRecord, now: datetime) -> datetime:
    """Tell when a session that is used now ends, if it is not used again."""
    if record.user_id is None:
        return now + ANONYMOUS_LIFETIME
    return min(now + INACTIVITY_LIMIT, record.created_at + ABSOLUTE_LIMIT)


def session_topic(id_hash: str) -> str:
    """Name the bus topic on which the WebSockets of a session listen."""
    return f"session:{id_hash}"


def current_topic() -> str | None:
    """Return the topic of this request's session, or None where nobody is signed in."""
    stored = session.stored if isinstance(session, ServerSession) else None
    if stored is None or stored.user_key is None:
        return None
    return session_topic(stored.id_hash)


def is_current(topic: str) -> bool:
    """Tell whether the session behind a topic still lives.

    For sockets that last for hours: a session may end in another process (`user disable`) or by
    time, and then nobody closes the topic in this one.
    """
    id_hash = topic.removeprefix("session:")
    with services().database.transaction() as db:
        record = db.get(SessionRecord, id_hash)
        return record is not None and record.expires_at > services().now()


def end_session(id_hash: str) -> None:
    """End one session and close its WebSockets."""
    _end(services(), id_hash)


def end_sessions_of(user_id: int) -> None:
    """End every session of an account and close their WebSockets: password changed, disabled."""
    held = services()
    with held.database.transaction() as db:
        of_user = SessionRecord.user_id == user_id
        hashes = list(db.scalars(select(SessionRecord.id_hash).where(of_user)))
        db.execute(delete(SessionRecord).where(of_user))
    for id_hash in hashes:
        held.bus.close_topic(session_topic(id_hash), Refusal.NOT_SIGNED_IN)


def purge_sessions(db: Session, now: datetime) -> int:
    """Delete the rows of sessions that have ended by time; return how many."""
    return len(
        db.scalars(
            delete(SessionRecord)
            .where(SessionRecord.expires_at <= now)
            .returning(SessionRecord.id_hash)
        ).all()
    )


def _end(held: Services, id_hash: str) -> None:
    with held.database.transaction() as db:
        db.execute(delete(SessionRecord).where(SessionRecord.id_hash == id_hash))
    held.bus.close_topic(session_topic(id_hash), Refusal.NOT_SIGNED_IN)


def _user_id(db: Session, user_key: str | None) -> int | None:
    if user_key is None:
        return None
    return db.scalar(select(User.id).where(User.fs_uniquifier == user_key))
