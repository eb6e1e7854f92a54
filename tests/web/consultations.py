"""What the tests of consultations share: one made without a page, and a browser's forms."""

from dataclasses import dataclass
from datetime import datetime

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from meetone.accounts.models import User
from meetone.consultations.invitations import code_of, show_code, token_of
from meetone.consultations.models import Consultation, SeatRole
from meetone.consultations.planning import Plan, make
from meetone.services import Services
from tests.web.conftest import START, Account, csrf_token

NEW = "/practice/consultations/new"


@dataclass(frozen=True, slots=True)
class Made:
    """A stored consultation with what its patient gets."""

    id: str
    seat: str
    token: str
    code: str

    @property
    def page(self) -> str:
        """Address of its page in the practice."""
        return f"/practice/consultations/{self.id}"


def make_consultation(
    held: Services,
    practitioner: Account,
    starts_at: datetime = START,
    alias: str = "Amsel 27",
    language: str = "de",
) -> Made:
    """Store a consultation of thirty minutes."""
    with held.database.transaction() as session:
        user = session.get_one(User, practitioner.id)
        made = make(session, held.keys, Plan(user, starts_at, 30, language, alias), held.now())
        return describe(held, made)


def describe(held: Services, consultation: Consultation) -> Made:
    """Tell what a patient would get of a consultation."""
    (invitation,) = consultation.invitations
    return Made(
        consultation.id,
        consultation.seat_of(SeatRole.PATIENT).id,
        token_of(held.keys, invitation),
        show_code(code_of(held.keys, invitation)),
    )


def stored(held: Services, identifier: str) -> Made | None:
    """Tell what a patient would get now; None if the consultation is gone."""
    with held.database.transaction() as session:
        consultation = session.get(Consultation, identifier)
        return None if consultation is None else describe(held, consultation)


def ids(held: Services) -> list[str]:
    """Return the ids of all stored consultations, in no order."""
    with held.database.transaction() as session:
        return [consultation.id for consultation in session.query(Consultation)]


def send(browser: FlaskClient, address: str, **data: str) -> TestResponse:
    """Send a form with the token that this browser's session knows."""
    return browser.post(address, data={"csrf_token": csrf_token(browser, NEW), **data})
