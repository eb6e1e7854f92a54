from datetime import timedelta
from typing import cast

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.pool import QueuePool

from meetone import create_app
from meetone.accounts import sessions
from meetone.accounts.models import SessionRecord
from meetone.accounts.registry import disable_account
from meetone.config import Settings
from meetone.services import EXTENSION, Services
from meetone.signalling.refusals import Refusal
from tests.web.accounts import send_sign_in
from tests.web.conftest import Account, Clock, SignIn

SIGN_IN_PAGE = "/login?next=/practice/"


class Socket:
    """A mailbox that remembers why it was closed."""

    def __init__(self) -> None:
        self.closed: list[Refusal] = []

    def deliver(self, payload: bytes) -> None:
        raise AssertionError(payload)

    def close(self, refusal: Refusal) -> None:
        self.closed.append(refusal)

    def hand_over(self) -> None:
        raise AssertionError


def rows(held: Services) -> list[SessionRecord]:
    with held.database.transaction() as db:
        return list(db.scalars(select(SessionRecord)))


def cookie(browser: FlaskClient) -> str | None:
    found = browser.get_cookie("session")
    return found.value if found else None


def watch(held: Services, row: SessionRecord) -> Socket:
    socket = Socket()
    held.bus.watch(sessions.session_topic(row.id_hash), socket)
    return socket


def is_signed_in(browser: FlaskClient) -> bool:
    return browser.get("/practice/").location != SIGN_IN_PAGE


@pytest.fixture
def app(app: Flask) -> Flask:
    held: Services = app.extensions[EXTENSION]

    @app.get("/slow")
    def slow() -> str:
        sessions.end_session(rows(held)[0].id_hash)
        session["late"] = True
        return "done"

    @app.get("/topic")
    def topic() -> dict[str, str | None]:
        return {"topic": sessions.current_topic()}

    def socket() -> dict[str, object]:
        session["late"] = True
        pool = held.database.engine.pool
        assert isinstance(pool, QueuePool)
        return {"topic": sessions.current_topic(), "connections": pool.checkedout()}

    app.add_url_rule("/socket", view_func=socket, websocket=True)
    return app


@pytest.mark.parametrize("page", ["/", "/de/", "/en/faq", "/practice/"])
def test_session_where_nothing_is_stored_does_not_exist(
    client: FlaskClient, held: Services, page: str
) -> None:
    answer = client.get(page)

    assert "Set-Cookie" not in answer.headers
    assert rows(held) == []
    client.get("/login")
    assert len(rows(held)) == 1


def test_session_of_the_language_switch_does_not_exist(client: FlaskClient, held: Services) -> None:
    answer = client.post("/language", data={"language": "en", "next": "/de/"})

    assert answer.status_code == 303
    assert [name.split("=")[0] for name in answer.headers.getlist("Set-Cookie")] == ["lang"]
    assert rows(held) == []


def test_session_cookie_holds_only_a_name_whose_hash_is_stored(
    signed_in: FlaskClient, practitioner: Account, held: Services
) -> None:
    name = cookie(signed_in)

    assert name is not None
    assert len(name) == 43
    (row,) = rows(held)
    assert (row.id_hash, row.user_id) == (sessions.id_hash_of(name), practitioner.id)
    assert name.encode() not in row.data


def test_session_keeps_no_trace_of_address_and_browser(
    signed_in: FlaskClient, held: Services
) -> None:
    signed_in.get("/login")

    (row,) = rows(held)

    kept = cast("dict[str, object]", sessions.ServerSessions.serializer.loads(row.data.decode()))
    assert set(kept) <= {"_user_id", "_fresh", "fs_cc", "fs_paa", "csrf_token"}


def test_session_id_changes_with_sign_in_and_the_old_one_is_void(
    client: FlaskClient, practitioner: Account, held: Services, app: Flask
) -> None:
    client.get("/login")
    before = cookie(client)
    send_sign_in(client, practitioner)
    after = cookie(client)

    attacker = app.test_client()
    attacker.set_cookie("session", before or "")

    assert before is not None
    assert before != after
    assert [row.id_hash for row in rows(held)] == [sessions.id_hash_of(after or "")]
    assert not is_signed_in(attacker)
    assert is_signed_in(client)


def test_session_cookie_over_http_is_not_secure(client: FlaskClient) -> None:
    (header,) = client.get("/login").headers.getlist("Set-Cookie")

    _, *flags = header.split("; ")
    assert flags == ["HttpOnly", "Path=/", "SameSite=Lax"]
    assert header.startswith("session=")


def test_session_cookie_over_https_is_bound_to_the_host(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"public_url": "https://praxis.example"}))
    held: Services = app.extensions[EXTENSION]
    held.database.upgrade()

    answer = app.test_client().get("/login", base_url="https://praxis.example")
    held.database.engine.dispose()

    (header,) = answer.headers.getlist("Set-Cookie")
    name, *flags = header.split("; ")
    assert name.startswith("__Host-session=")
    assert flags == ["Secure", "HttpOnly", "Path=/", "SameSite=Lax"]
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_session_without_use_for_twelve_hours_ends(signed_in: FlaskClient, clock: Clock) -> None:
    clock.advance(sessions.INACTIVITY_LIMIT - timedelta(seconds=1))
    assert is_signed_in(signed_in)

    clock.advance(sessions.INACTIVITY_LIMIT)
    assert not is_signed_in(signed_in)


def test_session_in_steady_use_ends_after_seven_days(signed_in: FlaskClient, clock: Clock) -> None:
    start = clock()
    while clock() - start < sessions.ABSOLUTE_LIMIT - timedelta(hours=6):
        assert is_signed_in(signed_in)
        clock.advance(timedelta(hours=6))
    assert is_signed_in(signed_in)

    clock.advance(timedelta(hours=6))

    assert not is_signed_in(signed_in)


def test_session_of_nobody_ends_after_an_hour(
    client: FlaskClient, held: Services, clock: Clock
) -> None:
    client.get("/login")
    before = cookie(client)

    clock.advance(sessions.ANONYMOUS_LIFETIME)
    client.get("/login")

    assert cookie(client) != before


def test_session_last_seen_is_written_once_a_minute(
    signed_in: FlaskClient, held: Services, clock: Clock
) -> None:
    start = clock()
    clock.advance(timedelta(seconds=59))
    signed_in.get("/practice/")
    early = rows(held)[0].last_seen_at
    clock.advance(timedelta(seconds=1))
    signed_in.get("/practice/")

    assert early == start
    assert rows(held)[0].last_seen_at == clock()


def test_session_ended_elsewhere_leads_to_sign_in_and_closes_its_sockets(
    signed_in: FlaskClient, app: Flask, held: Services
) -> None:
    (row,) = rows(held)
    socket = watch(held, row)
    assert is_signed_in(signed_in)

    with app.app_context():
        sessions.end_session(row.id_hash)

    assert not is_signed_in(signed_in)
    assert socket.closed == [Refusal.NOT_SIGNED_IN]


def test_session_that_was_ended_is_not_written_again(
    signed_in: FlaskClient, held: Services
) -> None:
    assert signed_in.get("/slow").text == "done"
    assert rows(held) == []


def test_sessions_of_a_disabled_account_end_and_others_stay(
    practitioner: Account, staff: Account, sign_in: SignIn, app: Flask, held: Services
) -> None:
    first, second, other = sign_in(staff), sign_in(staff), sign_in(practitioner)
    sockets = {row.user_id: watch(held, row) for row in rows(held)}

    with held.database.transaction() as db:
        disable_account(db, staff.email)
    disabled_only = is_signed_in(first)
    with app.app_context():
        sessions.end_sessions_of(staff.id)

    assert not disabled_only
    assert (is_signed_in(second), is_signed_in(other)) == (False, True)
    assert sockets[staff.id].closed == [Refusal.NOT_SIGNED_IN]
    assert sockets[practitioner.id].closed == []


def test_session_of_a_web_socket_names_its_topic_and_is_never_written(
    signed_in: FlaskClient, held: Services
) -> None:
    (row,) = rows(held)
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket"}

    answer = signed_in.get("/socket", base_url="ws://localhost", headers=upgrade)

    assert answer.json == {"topic": sessions.session_topic(row.id_hash), "connections": 0}
    assert rows(held)[0].data == row.data


def test_topic_where_nobody_is_signed_in_is_none(
    client: FlaskClient, signed_in: FlaskClient, held: Services
) -> None:
    client.get("/login")

    assert client.get("/topic").json == {"topic": None}
    assert signed_in.get("/topic").json != {"topic": None}


def test_topic_is_current_until_its_session_ends(
    signed_in: FlaskClient, app: Flask, held: Services, clock: Clock
) -> None:
    topic = sessions.session_topic(rows(held)[0].id_hash)

    with app.app_context():
        fresh = sessions.is_current(topic)
        clock.advance(sessions.INACTIVITY_LIMIT)
        old = sessions.is_current(topic)
        unknown = sessions.is_current(sessions.session_topic("0" * 64))

    assert (fresh, old, unknown) == (True, False, False)


def test_purge_deletes_what_has_ended_and_nothing_else(
    client: FlaskClient, signed_in: FlaskClient, held: Services, clock: Clock
) -> None:
    client.get("/login")
    clock.advance(sessions.ANONYMOUS_LIFETIME)

    with held.database.transaction() as db:
        purged = sessions.purge_sessions(db, clock())

    assert purged == 1
    assert is_signed_in(signed_in)


def test_session_cookie_with_nonsense_is_nobody(client: FlaskClient, practitioner: Account) -> None:
    client.set_cookie("session", "\x7f nonsense")

    assert not is_signed_in(client)
    assert send_sign_in(client, practitioner).location == "/practice/"
