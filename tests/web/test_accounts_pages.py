from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from meetone import create_app
from meetone.accounts.setup import first_link
from meetone.config import Settings
from meetone.services import EXTENSION, Services
from tests.support.html import validate
from tests.web.accounts import send_form
from tests.web.conftest import PASSWORD

TYPED = {"name": "Dr. Weber", "email": "weber@praxis.example", "password": PASSWORD}


@pytest.mark.parametrize("language", ["de", "en"])
def test_pages_of_accounts_are_valid_html(
    app: Flask, held: Services, tmp_path: Path, language: str
) -> None:
    browser = app.test_client()
    browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    link = (first_link(held) or "").removeprefix(held.settings.public_url)
    folder = tmp_path / "pages"
    folder.mkdir()

    pages = {
        "sign-in": browser.get("/login"),
        "sign-in-empty": send_form(browser, "/login", {}),
        "sign-in-failed": send_form(browser, "/login", TYPED),
        "stale": browser.post("/login"),
        "setup": browser.get(link),
        "setup-wrong": send_form(browser, link, {"name": "", "email": "x", "password": "x"}),
        "setup-unknown": browser.get("/setup/x"),
        "done": send_form(browser, link, TYPED),
        "setup-gone": browser.get(link),
    }

    assert pages.pop("done").status_code == 303
    assert {page.status_code for page in pages.values()} == {200, 400, 404, 410}
    assert validate({name: page.text for name, page in pages.items()}, folder) == ""


@pytest.mark.parametrize("page", ["/login", "setup"])
def test_language_switch_after_a_mistake_leads_back_to_the_form(
    english: FlaskClient, held: Services, page: str
) -> None:
    link = (first_link(held) or "").removeprefix(held.settings.public_url)
    address = link if page == "setup" else page

    answer = send_form(english, address, {})

    assert f'<input type="hidden" name="next" value="{address}?">' in answer.text


def test_sign_in_over_https_needs_no_referer(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"public_url": "https://praxis.example"}))
    held: Services = app.extensions[EXTENSION]
    held.database.upgrade()
    link = (first_link(held) or "").removeprefix("https://praxis.example")
    browser = app.test_client()
    browser.environ_base["wsgi.url_scheme"] = "https"

    page = browser.get(link, base_url="https://praxis.example")
    token = page.text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    answer = browser.post(
        link,
        base_url="https://praxis.example",
        headers={"Origin": "https://praxis.example"},
        data={"csrf_token": token, **TYPED},
    )
    inside = browser.get("/login", base_url="https://praxis.example")
    held.database.engine.dispose()

    assert answer.status_code == 303
    assert inside.location == "/practice/"
