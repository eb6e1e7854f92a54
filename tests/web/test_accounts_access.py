import pytest
from flask import Flask

from meetone.accounts.access import practice_required, practitioner_required
from tests.web.conftest import Account, SignIn


@pytest.fixture
def app(app: Flask) -> Flask:
    @app.route("/for-the-practice", methods=["GET", "POST"])
    @practice_required
    def for_the_practice() -> str:
        return "practice"

    @app.get("/for-practitioners")
    @practitioner_required
    def for_practitioners() -> str:
        return "practitioner"

    return app


def test_practice_page_opens_for_everybody_of_the_practice(
    practitioner: Account, staff: Account, sign_in: SignIn
) -> None:
    assert sign_in(practitioner).get("/for-the-practice").text == "practice"
    assert sign_in(staff).get("/for-the-practice").text == "practice"


def test_practice_page_for_strangers_leads_to_sign_in_and_back(app: Flask) -> None:
    browser = app.test_client()

    plain = browser.get("/for-the-practice")
    with_query = browser.get("/for-practitioners?day=2026-11-24")

    assert (plain.status_code, plain.location) == (303, "/login?next=/for-the-practice")
    assert with_query.location == "/login?next=/for-practitioners?day%3D2026-11-24"


def test_practitioner_page_for_practitioners_opens_and_tells_staff_why_not(
    practitioner: Account, staff: Account, sign_in: SignIn
) -> None:
    opened = sign_in(practitioner).get("/for-practitioners")
    refused = sign_in(staff).get("/for-practitioners")

    assert opened.text == "practitioner"
    assert refused.status_code == 403
    assert "Nur Behandelnde halten Sprechstunden." in refused.text
    assert 'href="/practice/"' in refused.text
