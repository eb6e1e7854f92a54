import logging
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from flask.testing import FlaskClient

from meetone.accounts.models import RoleName, SessionRecord
from meetone.accounts.registry import disable_account
from meetone.services import Services
from tests.web.accounts import send_form, send_sign_in
from tests.web.conftest import Account, MakeAccount, csrf_token

DO_NOT_FIT = "E-mail address and password do not match. Please check both."


def rows(held: Services) -> list[SessionRecord]:
    with held.database.transaction() as session:
        return list(session.query(SessionRecord))


def test_sign_in_with_right_password_opens_the_day_list(
    english: FlaskClient, practitioner: Account
) -> None:
    answer = send_sign_in(english, practitioner)

    assert (answer.status_code, answer.location) == (302, "/practice/")


@pytest.mark.parametrize("email", ["WEBER@Praxis.Example", "  weber@praxis.example "])
def test_sign_in_with_address_written_otherwise_succeeds(
    english: FlaskClient, practitioner: Account, email: str
) -> None:
    answer = send_form(english, "/login", {"email": email, "password": practitioner.password})

    assert answer.location == "/practice/"


def failure(english: FlaskClient, email: str, password: str) -> tuple[int, bool, bool]:
    answer = send_form(english, "/login", {"email": email, "password": password})
    return answer.status_code, DO_NOT_FIT in answer.text, email in answer.text


def test_sign_in_that_fails_says_the_same_whatever_was_wrong(
    english: FlaskClient, held: Services, practitioner: Account, staff: Account
) -> None:
    with held.database.transaction() as session:
        disable_account(session, staff.email)

    wrong_password = failure(english, practitioner.email, "ein Regenschirm am Fenster 8")
    unknown = failure(english, "nobody@praxis.example", practitioner.password)
    no_address = failure(english, "no address", practitioner.password)
    too_long = failure(english, practitioner.email, "x" * 5000)
    disabled = failure(english, staff.email, staff.password)

    assert {wrong_password, unknown, no_address, too_long, disabled} == {(200, True, True)}
    assert english.get("/practice/").location == "/login?next=/practice/"
    assert send_sign_in(english, practitioner).location == "/practice/"


def test_sign_in_without_address_or_password_says_so_beside_the_fields(
    english: FlaskClient, practitioner: Account
) -> None:
    answer = send_form(english, "/login", {"email": "", "password": ""})

    assert "Please enter your e-mail address." in answer.text
    assert "Please enter your password." in answer.text
    assert DO_NOT_FIT not in answer.text


def test_sign_in_after_ten_failures_waits_and_other_networks_do_not(
    english: FlaskClient, practitioner: Account
) -> None:
    wrong = {
        "csrf_token": csrf_token(english, "/login"),
        "email": "a@praxis.example",
        "password": "wrong",
    }
    right = {**wrong, "email": practitioner.email, "password": practitioner.password}

    codes = [english.post("/login", data=wrong).status_code for _ in range(11)]
    refused = english.post("/login", data=right)
    elsewhere = english.post("/login", data=right, environ_base={"REMOTE_ADDR": "2001:db8::1"})

    assert codes == [200] * 10 + [429]
    assert refused.status_code == 429
    assert "Too many attempts. Please try again in 15 minutes." in refused.text
    assert 0 < int(refused.headers["Retry-After"]) <= 15 * 60
    assert elsewhere.location == "/practice/"


def test_sign_in_that_succeeds_is_not_counted(english: FlaskClient, practitioner: Account) -> None:
    for _ in range(12):
        assert send_sign_in(english, practitioner).location == "/practice/"
        english.delete_cookie("session")


def test_sign_in_form_opened_too_often_waits(english: FlaskClient) -> None:
    codes = {english.get("/login").status_code for _ in range(120)}

    refused = english.get("/login")

    assert codes == {200}
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60


def test_sign_in_without_token_is_refused_and_explained(
    english: FlaskClient, practitioner: Account
) -> None:
    data = {"email": practitioner.email, "password": practitioner.password}

    answer = english.post("/login?next=/practice/room", data=data)

    assert answer.status_code == 400
    assert "This page had been open for too long." in answer.text
    assert 'href="/login?next=/practice/room"' in answer.text
    assert english.get("/practice/").status_code == 303


def test_sign_in_from_foreign_origin_is_forbidden(
    english: FlaskClient, practitioner: Account
) -> None:
    token = csrf_token(english, "/login")
    data = {
        "csrf_token": token,
        "email": practitioner.email,
        "password": practitioner.password,
    }

    foreign = english.post("/login", data=data, headers={"Origin": "https://evil.example"})
    own = english.post("/login", data=data, headers={"Origin": "http://praxis.example"})

    assert foreign.status_code == 403
    assert own.location == "/practice/"


def sign_in_with_way_back(
    browser: FlaskClient, account: Account, where: str, way_back: str
) -> tuple[int, str]:
    query = {"next": way_back} if where == "address" else {}
    token = csrf_token(browser, f"/login?{urlencode(query)}")
    typed = {"email": account.email, "password": account.password, "csrf_token": token}
    if where == "form":
        typed["next"] = way_back
    answer = browser.post("/login", query_string=query, data=typed)
    return answer.status_code, answer.location or ""


@pytest.mark.parametrize("where", ["address", "form"])
def test_sign_in_leads_back_to_the_page_that_asked_for_it(
    english: FlaskClient, practitioner: Account, where: str
) -> None:
    answer = sign_in_with_way_back(english, practitioner, where, "/practice/room?day=1")

    assert answer == (302, "/practice/room?day=1")


@pytest.mark.parametrize("where", ["address", "form"])
@pytest.mark.parametrize(
    "way_back",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "/\t/evil.example/",
        " //evil.example/",
        "javascript:alert(1)",
        "https:evil.example",
    ],
)
def test_sign_in_never_leads_to_another_site(
    english: FlaskClient, practitioner: Account, where: str, way_back: str
) -> None:
    status, location = sign_in_with_way_back(english, practitioner, where, way_back)

    as_browsers_read = location.replace("\\", "/").replace("\t", "").strip()
    address = urlsplit(urljoin("http://localhost/login", as_browsers_read))
    assert (status, address.scheme, address.netloc) == (302, "http", "localhost")


def test_sign_in_when_signed_in_already_leads_to_the_day_list(signed_in: FlaskClient) -> None:
    assert signed_in.get("/login").location == "/practice/"


@pytest.mark.parametrize(
    ("accepted", "language", "title"), [("de", "de", "Anmelden"), ("en", "en", "Sign in")]
)
def test_sign_in_page_speaks_both_languages(
    english: FlaskClient, accepted: str, language: str, title: str
) -> None:
    page = english.get("/login", headers={"Accept-Language": accepted})

    assert f'<html lang="{language}">' in page.text
    assert f"<h1>{title}</h1>" in page.text


def test_sign_in_page_is_spoken_in_the_language_of_the_account(
    english: FlaskClient, make_account: MakeAccount
) -> None:
    before = english.get("/no-such-page").text
    send_sign_in(
        english, make_account("herbst@praxis.example", "Kim Herbst", RoleName.STAFF, language="de")
    )

    assert '<html lang="en">' in before
    assert '<html lang="de">' in english.get("/no-such-page").text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_sign_in_with_another_method_is_refused(english: FlaskClient, method: str) -> None:
    assert english.open("/login", method=method).status_code in {400, 405}


@pytest.mark.parametrize(
    "path", ["/register", "/reset", "/change", "/verify", "/fs-static/js/webauthn.js", "/us-signin"]
)
def test_flask_security_opens_nothing_but_sign_in_and_sign_out(
    english: FlaskClient, path: str
) -> None:
    assert english.get(path).status_code == 404
    assert english.get("/login").status_code == 200


def test_sign_out_by_link_is_refused_and_by_form_ends_the_session(
    signed_in: FlaskClient, held: Services
) -> None:
    by_link = signed_in.get("/logout")
    without_token = signed_in.post("/logout")
    still_there = signed_in.get("/login").location
    token = csrf_token(signed_in, "/practice/consultations/new")
    by_form = signed_in.post("/logout", data={"csrf_token": token})

    assert (by_link.status_code, without_token.status_code) == (405, 400)
    assert still_there == "/practice/"
    assert (by_form.status_code, by_form.location) == (302, "/login")
    assert rows(held) == []
    assert signed_in.get_cookie("session") is None
    assert signed_in.get("/practice/").location == "/login?next=/practice/"


def test_sign_in_and_out_write_no_address_and_no_name_to_the_log(
    english: FlaskClient, practitioner: Account, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    failure(english, practitioner.email, "wrong")
    send_sign_in(english, practitioner)
    logging.getLogger("test").info("it is heard")

    assert "it is heard" in caplog.text
    for secret in (practitioner.email, practitioner.name, practitioner.password, "127.0.0.1"):
        assert secret not in caplog.text


def test_sign_in_page_and_its_answer_are_kept_by_no_cache(
    client: FlaskClient, signed_in: FlaskClient
) -> None:
    form = client.get("/login")
    away = signed_in.get("/login")

    assert (form.status_code, away.status_code) == (200, 302)
    assert form.headers.get_all("Cache-Control") == ["no-store"]
    assert away.headers.get_all("Cache-Control") == ["no-store"]
