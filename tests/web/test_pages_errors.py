"""Error pages: what happened, why, and what to do now, in both languages."""

from pathlib import Path

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from werkzeug.exceptions import MethodNotAllowed, TooManyRequests

from meetone import create_app
from meetone.config import Settings
from meetone.pages.errors import ERROR_TEXTS
from tests.support.markup import Markup


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    instance: Path = tmp_path_factory.mktemp("errors")
    app = create_app(
        Settings(instance=instance, public_url="http://localhost", practice_phone="030 5550 1234")
    )

    @app.get("/break/<int:status>")
    def break_off(status: int) -> str:
        if status == 429:
            raise TooManyRequests(retry_after=120)
        if status == 405:
            raise MethodNotAllowed(["POST"])
        abort(status)

    @app.get("/crash")
    def crash() -> str:
        raise RuntimeError("the reason must not be shown")

    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_crash_is_logged_without_address_and_text(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.get("/crash?token=WyJabc.def")

    said = caplog.text
    assert answer.status_code == 500
    assert "RuntimeError in a request" in said
    assert "in crash" in said  # the place
    assert not any(secret in said for secret in ("WyJabc", "/crash", "RuntimeError: "))


@pytest.mark.parametrize("status", sorted(ERROR_TEXTS))
@pytest.mark.parametrize("language", ["de", "en"])
def test_error_page_says_what_why_and_what_now(
    app: Flask, client: FlaskClient, status: int, language: str
) -> None:
    response = client.get(f"/break/{status}", headers={"Accept-Language": language})

    markup = Markup.of(response.text)
    with app.test_request_context(headers={"Accept-Language": language}):
        sentences = [
            str(getattr(ERROR_TEXTS[status], part)) for part in ("happened", "reason", "advice")
        ]
    assert response.status_code == status
    assert response.headers["Cache-Control"] == "no-store"
    assert markup.all("html") == [{"lang": language}]
    assert [sentence for sentence in sentences if sentence not in markup.text] == []
    assert {"class": "btn btn--primary", "href": f"/{language}/"} in markup.all("a")
    assert "030 5550 1234" in markup.text


@pytest.mark.parametrize(("status", "family"), [(418, 400), (413, 400), (503, 500)])
def test_error_page_other_status_keeps_it_and_speaks_of_its_family(
    client: FlaskClient, status: int, family: int
) -> None:
    response = client.get(f"/break/{status}", headers={"Accept-Language": "en"})

    assert response.status_code == status
    assert str(ERROR_TEXTS[family].happened) in {
        "This request could not be read.",
        "Something went wrong on our side.",
    }
    assert {400: "could not be read", 500: "went wrong on our side"}[family] in Markup.of(
        response.text
    ).text


def test_error_page_keeps_retry_after(client: FlaskClient) -> None:
    assert client.get("/break/429").headers["Retry-After"] == "120"


def test_error_page_keeps_allow(client: FlaskClient) -> None:
    assert client.get("/break/405").headers["Allow"] == "POST"


def test_error_page_of_a_crash_tells_no_reason(client: FlaskClient) -> None:
    response = client.get("/crash", headers={"Accept-Language": "en"})

    assert response.status_code == 500
    assert "Something went wrong on our side." in response.text
    assert "the reason must not be shown" not in response.text


def test_error_page_redirects_stay_redirects(client: FlaskClient) -> None:
    response = client.get("/de")

    assert response.status_code == 308
    assert response.headers["Location"] == "http://localhost/de/"
