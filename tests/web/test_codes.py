import logging
import time
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from meetone.accounts.models import RoleName, SessionRecord
from meetone.consultations.code_guard import MANY_WRONG_CODES, CodeGuard, MemoryWrongCodes
from meetone.consultations.models import Consultation, Seat
from meetone.consultations.views import CODE_GUARD
from meetone.services import Services
from tests.support.markup import Markup
from tests.web.conftest import PUBLIC_URL, START, Account, Clock, MakeAccount, SignIn
from tests.web.consultations import Made, make_consultation, send

WRONG = "ABC-DEF-GHJ"
UNKNOWN = "We do not know this code."
LATE_SECONDS = 0.1


@pytest.fixture
def consultation(held: Services, practitioner: Account) -> Made:
    return make_consultation(held, practitioner)


def enter(
    browser: FlaskClient, code: str, address: str = "192.0.2.7", lang: str = "en"
) -> TestResponse:
    return browser.post(
        f"/code?lang={lang}", data={"code": code}, environ_base={"REMOTE_ADDR": address}
    )


def result(answer: TestResponse) -> tuple[int, str | None]:
    return answer.status_code, answer.location


def error_of(answer: TestResponse) -> str:
    return answer.text.split('id="code-error"')[1].split("<span>")[1].split("</span>")[0]


def test_code_as_shown_leads_to_the_join_page(client: FlaskClient, consultation: Made) -> None:
    answer = enter(client, consultation.code)

    assert result(answer) == (303, f"/join/{consultation.token}")
    assert client.get(answer.location or "").status_code == 200


def test_code_in_lower_case_without_dashes_and_with_blanks_leads_to_the_join_page(
    client: FlaskClient, consultation: Made
) -> None:
    bare = consultation.code.replace("-", "")

    answers = {
        result(enter(client, typed))
        for typed in (bare.lower(), f" {bare} ", consultation.code.replace("-", "\u2013 "))
    }

    assert answers == {(303, f"/join/{consultation.token}")}


def test_link_and_code_opened_again_and_again_are_not_used_up(
    client: FlaskClient, consultation: Made, held: Services
) -> None:
    for _ in range(5):
        assert client.get(f"/join/{consultation.token}").status_code == 200
        assert client.head(f"/join/{consultation.token}").status_code == 200
        assert enter(client, consultation.code).status_code == 303

    with held.database.transaction() as session:
        seat = session.get_one(Seat, consultation.seat)
        assert (seat.arrived_at, seat.resume_hash, seat.admitted_at) == (None, None, None)


def test_code_needs_no_token_and_leaves_no_cookie_and_no_session(
    client: FlaskClient, consultation: Made, held: Services
) -> None:
    answers = [
        client.get("/en/"),
        enter(client, WRONG),
        enter(client, consultation.code),
    ]

    assert [answer.status_code for answer in answers] == [200, 404, 303]
    assert [answer.headers.getlist("Set-Cookie") for answer in answers] == [[], [], []]
    with held.database.transaction() as session:
        assert session.query(SessionRecord).count() == 0


def test_unknown_code_is_said_beside_the_field_and_kept_in_it(
    client: FlaskClient, consultation: Made
) -> None:
    answer = enter(client, WRONG)

    (field,) = Markup.of(answer.text).all("input", name="code")
    assert answer.status_code == 404
    assert error_of(answer).startswith(UNKNOWN)
    assert field["value"] == WRONG
    assert field["aria-invalid"] == "true"
    assert "code-error" in (field["aria-describedby"] or "").split()


@pytest.mark.parametrize(
    "code", ["ABC-DEF-GH0", "ABC", "Ä", "x" * 5000, '"><script>alert(1)</script>']
)
def test_text_that_is_no_code_is_unknown(client: FlaskClient, code: str) -> None:
    answer = enter(client, code)

    assert answer.status_code == 404
    assert UNKNOWN in answer.text
    assert "<script>alert" not in answer.text
    assert len(answer.text) < 20_000


@pytest.mark.parametrize("code", ["", "   "])
def test_empty_code_is_asked_for_and_not_counted(client: FlaskClient, code: str) -> None:
    answers = [enter(client, code) for _ in range(11)]

    assert {answer.status_code for answer in answers} == {422}
    assert error_of(answers[0]) == (
        "Please enter the code of nine characters from your invitation."
    )


def test_code_of_a_withdrawn_invitation_is_said_to_be_withdrawn(
    client: FlaskClient, consultation: Made, sign_in: SignIn, practitioner: Account
) -> None:
    before = enter(client, consultation.code)
    send(sign_in(practitioner), f"{consultation.page}/revoke")

    after = enter(client, consultation.code)

    assert before.status_code == 303
    assert after.status_code == 410
    assert error_of(after) == "The practice has withdrawn this code. Please ask for a new one."
    assert client.get(f"/join/{consultation.token}").status_code == 410


def test_code_four_hours_after_the_planned_end_is_expired(
    client: FlaskClient, consultation: Made, clock: Clock
) -> None:
    clock.advance(timedelta(hours=4, minutes=30))
    before = enter(client, consultation.code)
    clock.advance(timedelta(seconds=1))

    after = enter(client, consultation.code)

    assert before.status_code == 303
    assert after.status_code == 410
    assert error_of(after) == (
        "This code has expired. Please ask the practice for a new appointment."
    )


def test_code_of_an_ended_consultation_is_said_to_be_over(
    client: FlaskClient, consultation: Made, held: Services
) -> None:
    with held.database.transaction() as session:
        session.get_one(Consultation, consultation.id).ended_at = START

    answer = enter(client, consultation.code)

    assert answer.status_code == 410
    assert error_of(answer) == "The consultation that this code was for has ended."


def test_code_that_was_right_once_is_not_counted_as_a_guess(
    client: FlaskClient, consultation: Made, clock: Clock
) -> None:
    clock.advance(timedelta(days=1))

    codes = {enter(client, consultation.code).status_code for _ in range(12)}

    assert codes == {410}


def test_eleventh_wrong_code_of_an_address_waits_and_so_does_a_right_one(
    client: FlaskClient, consultation: Made, clock: Clock
) -> None:
    codes = [enter(client, WRONG).status_code for _ in range(10)]
    refused = enter(client, WRONG)
    right = enter(client, consultation.code)
    elsewhere = enter(client, consultation.code, address="192.0.2.8")
    clock.advance(timedelta(minutes=15))
    later = enter(client, consultation.code)

    assert codes == [404] * 10
    assert (refused.status_code, right.status_code) == (429, 429)
    assert refused.headers["Retry-After"] == "900"
    assert error_of(refused) == ("There were too many wrong codes. Please try again in 15 minutes.")
    assert result(elsewhere) == (303, f"/join/{consultation.token}")
    assert result(later) == (303, f"/join/{consultation.token}")


@pytest.mark.parametrize(
    ("lang", "minutes", "sentence"),
    [
        ("de", 13, "Das waren zu viele falsche Codes. Bitte versuchen Sie es in 2 Minuten noch"),
        ("de", 14, "Das waren zu viele falsche Codes. Bitte versuchen Sie es in 1 Minute noch"),
        ("en", 14, "There were too many wrong codes. Please try again in 1 minute."),
    ],
)
def test_wait_is_said_in_the_language_of_the_form(
    client: FlaskClient, clock: Clock, lang: str, minutes: int, sentence: str
) -> None:
    for _ in range(10):
        enter(client, WRONG)
    clock.advance(timedelta(minutes=minutes))

    answer = enter(client, WRONG, lang=lang)

    assert answer.status_code == 429
    assert error_of(answer).startswith(sentence)
    assert f'<html lang="{lang}">' in answer.text


def test_wrong_codes_from_one_ipv6_household_count_together(
    client: FlaskClient, consultation: Made
) -> None:
    for host in range(10):
        enter(client, WRONG, address=f"2001:db8:0:1::{host + 1:x}")

    same = enter(client, consultation.code, address="2001:db8:0:1:abcd::1")
    other = enter(client, consultation.code, address="2001:db8:0:2::1")

    assert same.status_code == 429
    assert other.status_code == 303


def flood(client: FlaskClient, times: int) -> None:
    """Enter wrong codes, five from each of many addresses."""
    for number in range(times):
        enter(client, WRONG, address=f"198.51.{number // 500}.{number // 5 % 100}")


def test_wrong_code_above_three_hundred_in_an_hour_is_late_and_a_right_one_is_not(
    app: Flask, client: FlaskClient, consultation: Made
) -> None:
    app.extensions[CODE_GUARD] = CodeGuard(MemoryWrongCodes(), late_seconds=LATE_SECONDS)
    flood(client, MANY_WRONG_CODES)

    started = time.perf_counter()
    wrong = enter(client, WRONG)
    middle = time.perf_counter()
    right = enter(client, consultation.code)
    ended = time.perf_counter()

    assert wrong.status_code == 404
    assert right.status_code == 303
    assert middle - started >= LATE_SECONDS
    assert ended - middle < LATE_SECONDS


def test_administrator_is_told_of_many_wrong_codes_without_any_address(
    app: Flask,
    client: FlaskClient,
    sign_in: SignIn,
    practitioner: Account,
    make_account: MakeAccount,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    app.extensions[CODE_GUARD] = CodeGuard(MemoryWrongCodes(), late_seconds=0)
    administrator = make_account(
        "leitung@praxis.example", "Dr. Berg", RoleName.PRACTITIONER, RoleName.ADMINISTRATOR
    )
    notice = "Viele falsche Zugangscodes in den letzten 24 Stunden."
    before = sign_in(administrator).get("/practice/").text

    flood(client, MANY_WRONG_CODES + 3)

    warnings = [entry for entry in caplog.records if entry.levelno >= logging.WARNING]
    assert [entry.getMessage() for entry in warnings] == [
        "more than 300 wrong access codes within an hour"
    ]
    assert "198.51." not in caplog.text
    assert WRONG not in caplog.text
    assert notice not in before
    assert notice in sign_in(administrator).get("/practice/").text
    assert notice not in sign_in(practitioner).get("/practice/").text


def test_code_by_get_leads_to_the_form_and_enters_nothing(
    client: FlaskClient, consultation: Made
) -> None:
    answer = client.get(f"/code?lang=en&code={consultation.code}")

    assert (answer.status_code, answer.location) == (303, "/en/")
    assert client.put("/code").status_code == 405
    assert enter(client, consultation.code).status_code == 303


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": PUBLIC_URL}, 303),
        ({}, 303),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_code_is_taken_from_pages_of_our_own_only(
    client: FlaskClient, consultation: Made, headers: dict[str, str], status: int
) -> None:
    answer = client.post("/code", data={"code": consultation.code}, headers=headers)

    assert answer.status_code == status


def test_forms_are_sent_with_their_origin_and_the_join_page_keeps_its_address_secret(
    client: FlaskClient, consultation: Made
) -> None:
    policies = [
        client.get(page).headers["Referrer-Policy"]
        for page in ("/en/", "/login", f"/join/{consultation.token}", "/join/unknown")
    ]

    assert policies == ["same-origin", "same-origin", "no-referrer", "no-referrer"]
