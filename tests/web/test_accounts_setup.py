import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from meetone.accounts import setup
from meetone.accounts.models import SetupLink, User
from meetone.services import Services
from tests.web.accounts import send_form, send_sign_in
from tests.web.conftest import PASSWORD, Account, csrf_token

TYPED = {"name": " Dr. Weber ", "email": "Weber@Praxis.Example", "password": PASSWORD}


@pytest.fixture
def link(held: Services) -> str:
    address = setup.first_link(held)
    assert address is not None
    return address.removeprefix(held.settings.public_url)


def accounts(held: Services) -> list[User]:
    with held.database.transaction() as session:
        return list(session.scalars(select(User)))


def test_first_link_is_an_address_of_which_only_the_hash_is_stored(held: Services) -> None:
    address = setup.first_link(held) or ""

    token = re.fullmatch(re.escape(held.settings.public_url) + r"/setup/([\w-]{43})", address)
    assert token is not None
    with held.database.transaction() as session:
        stored = list(session.scalars(select(SetupLink.token_hash)))
    assert stored == [setup.token_hash(token[1])]


def test_first_link_when_an_account_exists_is_none(held: Services, staff: Account) -> None:
    assert setup.first_link(held) is None


def test_setup_opened_twice_and_sent_once_makes_the_first_practitioner_and_signs_in(
    english: FlaskClient, held: Services, link: str
) -> None:
    opened = [english.get(link).status_code for _ in range(2)]
    answer = send_form(english, link, TYPED)

    assert opened == [200, 200]
    assert (answer.status_code, answer.location) == (303, "/practice/")
    (account,) = accounts(held)
    assert (account.name, account.email, account.language, account.active) == (
        "Dr. Weber",
        "weber@praxis.example",
        "en",
        True,
    )
    assert {role.name for role in account.roles} == {"practitioner", "administrator"}
    assert (account.password or "").startswith("$argon2id$")
    assert english.get("/login").location == "/practice/"


def test_setup_link_that_was_used_is_gone_and_its_account_signs_in(
    english: FlaskClient, app: Flask, held: Services, link: str
) -> None:
    send_form(english, link, TYPED)
    other = app.test_client()

    again = other.get(link)
    sent_again = other.post(link, data={"csrf_token": csrf_token(other, "/login"), **TYPED})
    signed_in = send_form(other, "/login", TYPED)

    assert (again.status_code, sent_again.status_code) == (410, 410)
    assert 'href="/login"' in again.text
    assert signed_in.location == "/practice/"
    assert len(accounts(held)) == 1


def test_setup_link_that_was_replaced_or_never_existed_is_not_found(
    english: FlaskClient, held: Services, link: str
) -> None:
    newer = setup.first_link(held) or ""

    old, unknown = english.get(link), english.get("/setup/" + "x" * 43)

    assert (old.status_code, unknown.status_code) == (404, 404)
    assert "Each start of MeetOne prints a new link" in old.text
    assert english.get(newer.removeprefix(held.settings.public_url)).status_code == 200


def test_setup_link_when_an_account_was_added_meanwhile_is_gone(
    english: FlaskClient, link: str, practitioner: Account
) -> None:
    assert english.get(link).status_code == 410
    assert send_sign_in(english, practitioner).location == "/practice/"


def test_setup_sent_twice_at_once_makes_one_account(app: Flask, held: Services, link: str) -> None:
    together = Barrier(2)

    def send(email: str) -> int:
        browser = app.test_client()
        data = {**TYPED, "email": email, "csrf_token": csrf_token(browser, link)}
        together.wait()
        return browser.post(link, data=data).status_code

    with ThreadPoolExecutor(2) as threads:
        codes = sorted(threads.map(send, ["a@praxis.example", "b@praxis.example"]))

    assert codes == [303, 410]
    assert len(accounts(held)) == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Please enter your name."),
        ({"name": "  "}, "Please enter your name."),
        ({"name": "x" * 81}, "Please shorten your name to 80 characters."),
        ({"email": ""}, "Please enter your e-mail address."),
        ({"email": "weber"}, "This is not an e-mail address. It needs a name, an @ and a domain."),
        ({"password": ""}, "Please choose a password."),
        ({"password": "kurz"}, "Please choose at least 12 characters."),
        ({"password": "weber-praxis-weber"}, "This password is easy to guess."),
        ({"password": "x1y2" * 33}, "Please choose at most 128 characters."),
    ],
)
def test_setup_with_a_wrong_field_says_so_beside_it_and_keeps_the_rest(
    english: FlaskClient, held: Services, link: str, wrong: dict[str, str], sentence: str
) -> None:
    answer = send_form(english, link, TYPED | wrong)

    (field,) = wrong
    assert answer.status_code == 200
    shown = re.search(rf'id="field-{field}-error">.*?<span>([^<]*)', answer.text, re.DOTALL)
    assert shown is not None
    assert shown[1].startswith(sentence)
    for other in {"name", "email"} - {field}:
        assert f'value="{TYPED[other].strip()}"'.lower() in answer.text.lower()
    assert accounts(held) == []
    assert send_form(english, link, TYPED).status_code == 303


def test_setup_without_token_is_refused(english: FlaskClient, held: Services, link: str) -> None:
    answer = english.post(link, data=TYPED)

    assert answer.status_code == 400
    assert f'href="{link}"' in answer.text
    assert accounts(held) == []


def test_setup_from_foreign_origin_is_forbidden(
    english: FlaskClient, held: Services, link: str
) -> None:
    data = {"csrf_token": csrf_token(english, link), **TYPED}

    answer = english.post(link, data=data, headers={"Origin": "https://evil.example"})

    assert answer.status_code == 403
    assert accounts(held) == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_setup_with_another_method_is_refused(english: FlaskClient, link: str, method: str) -> None:
    assert english.open(link, method=method).status_code in {400, 405}
    assert english.get(link).status_code == 200


@pytest.mark.parametrize(
    ("language", "welcome", "unusable"),
    [
        ("de", "Willkommen bei MeetOne", "Dieser Einrichtungslink funktioniert nicht."),
        ("en", "Welcome to MeetOne", "This set-up link does not work."),
    ],
)
def test_setup_pages_speak_both_languages(
    client: FlaskClient, link: str, language: str, welcome: str, unusable: str
) -> None:
    accepting = {"Accept-Language": language}

    form, refusal = (
        client.get(link, headers=accepting),
        client.get("/setup/x", headers=accepting),
    )

    assert f'<html lang="{language}">' in form.text
    assert f"<h1>{welcome}</h1>" in form.text
    assert f"<h1>{unusable}</h1>" in refusal.text
