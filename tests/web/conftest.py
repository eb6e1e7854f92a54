"""An installation in this process: its clock, its accounts, and browsers that sign in for real."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password

from meetone import create_app
from meetone.accounts.models import RoleName
from meetone.accounts.registry import NewAccount, add_account
from meetone.config import Settings
from meetone.db import Database
from meetone.services import EXTENSION, Services

PUBLIC_URL = "http://praxis.example"
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""Ten o'clock of a Tuesday in Berlin."""
PASSWORD = "ein Regenschirm am Fenster 7"
CSRF_FIELD = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time

    def advance(self, span: timedelta) -> None:
        self.time += span


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody of the practice, and how to sign in as them."""

    id: int
    email: str
    name: str
    password: str = PASSWORD


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        instance=tmp_path / "instance",
        public_url=PUBLIC_URL,
        practice_name="Praxis am Park",
        practice_phone="+49 30 5550100",
    )


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database at the current version, with nobody in it; every test gets a copy."""
    instance = tmp_path_factory.mktemp("migrated")
    database = Database(Settings(_env_file=None, instance=instance))
    database.upgrade()
    database.engine.dispose()
    return instance / "meetone.sqlite3"


@pytest.fixture
def app(settings: Settings, clock: Clock, migrated: Path) -> Iterator[Flask]:
    """The application on a new database, its clock in the test's hand."""
    settings.instance.mkdir()
    shutil.copy(migrated, settings.instance)
    app = create_app(settings)
    held: Services = app.extensions[EXTENSION]
    replace(held, now=clock).init_app(app)
    yield app
    held.database.engine.dispose()


@pytest.fixture
def held(app: Flask) -> Services:
    found: Services = app.extensions[EXTENSION]
    return found


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that is nobody's yet."""
    return app.test_client()


@pytest.fixture
def english(client: FlaskClient) -> FlaskClient:
    """A browser that is nobody's yet and asks for English."""
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


MakeAccount = Callable[..., Account]


@pytest.fixture
def make_account(app: Flask, held: Services, clock: Clock) -> MakeAccount:
    """Make an account: `make_account("weber@praxis.example", "Dr. Weber", RoleName.PRACTITIONER)`."""

    def make(email: str, name: str, *roles: RoleName, language: str = "de") -> Account:
        with app.app_context():
            hashed = hash_password(PASSWORD)
        with held.database.transaction() as session:
            user = add_account(session, NewAccount(email, name, hashed, roles, language), clock())
        return Account(user.id, email, name)

    return make


@pytest.fixture
def practitioner(make_account: MakeAccount) -> Account:
    return make_account("weber@praxis.example", "Dr. Weber", RoleName.PRACTITIONER)


@pytest.fixture
def colleague(make_account: MakeAccount) -> Account:
    return make_account("sommer@praxis.example", "Dr. Sommer", RoleName.PRACTITIONER)


@pytest.fixture
def staff(make_account: MakeAccount) -> Account:
    return make_account("empfang@praxis.example", "Empfang", RoleName.STAFF)


SignIn = Callable[[Account], FlaskClient]


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """Sign an account in through the page; return its browser."""

    def sign_in(account: Account) -> FlaskClient:
        browser = app.test_client()
        answer = browser.post(
            "/login",
            data={
                "email": account.email,
                "password": account.password,
                "csrf_token": csrf_token(browser, "/login"),
            },
        )
        assert (answer.status_code, answer.location) == (302, "/practice/"), answer.text
        return browser

    return sign_in


@pytest.fixture
def signed_in(sign_in: SignIn, practitioner: Account) -> FlaskClient:
    """The browser of a practitioner."""
    return sign_in(practitioner)


def csrf_token(browser: FlaskClient, page: str) -> str:
    """Read the token of a form from the page that shows it."""
    found = CSRF_FIELD.search(browser.get(page).text)
    assert found is not None, f"{page} has no form with a token"
    return found[1]
