import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from meetone import create_app
from meetone.accounts.commands import CommandRefused, user
from meetone.config import Settings
from tests.web.accounts import send_form
from tests.web.conftest import PASSWORD

ADD = ("add", "Weber@Praxis.Example", "--name", " Dr. Weber ", "--password-stdin")
PRACTITIONER = (*ADD, "--role", "practitioner")


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MEETONE_INSTANCE", str(tmp_path / "instance"))


def run(*arguments: str, stdin: str = PASSWORD) -> Result:
    return CliRunner().invoke(user, arguments, input=stdin)


def refusal(*arguments: str, stdin: str = PASSWORD) -> str:
    result = run(*arguments, stdin=stdin)
    assert isinstance(result.exception, CommandRefused), result.output
    return str(result.exception)


def listed() -> list[dict[str, object]]:
    accounts: list[dict[str, object]] = json.loads(run("list", "--json").stdout)
    return accounts


def browser() -> FlaskClient:
    return create_app(Settings(_env_file=None)).test_client()


def signs_in(client: FlaskClient, password: str = PASSWORD) -> bool:
    data = {"email": "weber@praxis.example", "password": password}
    return send_form(client, "/login", data).location == "/practice/"


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/login").status_code == 302


@pytest.mark.parametrize("line_end", ["", "\n", "\r\n"])
def test_user_add_makes_an_account_that_signs_in_with_password_alone(line_end: str) -> None:
    result = run(*PRACTITIONER, "--admin", "--language", "en", stdin=PASSWORD + line_end)

    assert (result.exit_code, result.stdout) == (0, "weber@praxis.example can sign in now.\n")
    assert listed() == [
        {
            "email": "weber@praxis.example",
            "name": "Dr. Weber",
            "roles": ["administrator", "practitioner"],
            "language": "en",
            "active": True,
        }
    ]
    assert signs_in(browser())


def test_user_add_that_is_refused_says_why_and_adds_nothing() -> None:
    weber = ("--name", "Dr. Weber", "--role", "staff", "--password-stdin")
    assert refusal("add", "weber", *weber) == "'weber' is no e-mail address"
    assert refusal(*PRACTITIONER, stdin="") == "no password on standard input"
    assert refusal(*PRACTITIONER, stdin="\n") == "no password on standard input"
    assert refusal(*PRACTITIONER, stdin="kurz").startswith("Please choose at least 12 characters.")
    assert refusal(*PRACTITIONER, stdin="weber-praxis-weber").startswith("This password is easy")
    no_name = ("add", "weber@praxis.example", "--name", " ", "--role", "staff", "--password-stdin")
    assert refusal(*no_name) == "--name needs 1 to 80 characters"
    assert listed() == []

    run(*PRACTITIONER)
    assert refusal(*PRACTITIONER) == "weber@praxis.example has an account already"
    assert len(listed()) == 1


@pytest.mark.parametrize("arguments", [ADD, (*ADD, "--role", "administrator"), PRACTITIONER[:4]])
def test_user_add_with_wrong_options_explains_itself(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)

    assert result.exit_code == 2
    assert "Usage: user add" in result.output


def test_user_list_for_people_names_state_and_roles() -> None:
    run(*ADD, "--role", "staff")
    run("disable", "weber@praxis.example")

    assert run("list").stdout == "weber@praxis.example  Dr. Weber  staff  (disabled)\n"


def test_user_disable_ends_sessions_and_lets_nobody_sign_in() -> None:
    run(*PRACTITIONER)
    client = browser()
    before = signs_in(client), is_signed_in(client)

    result = run("disable", "WEBER@praxis.example")

    assert before == (True, True)
    assert result.exit_code == 0
    assert (is_signed_in(client), signs_in(client)) == (False, False)
    assert refusal("disable", "sommer@praxis.example") == "sommer@praxis.example has no account"


def test_user_password_sets_a_new_one_and_ends_sessions() -> None:
    run(*PRACTITIONER)
    client = browser()
    assert signs_in(client)

    result = run("password", "weber@praxis.example", "--password-stdin", stdin="ein neuer Schirm 8")

    assert result.exit_code == 0
    assert not is_signed_in(client)
    assert (signs_in(client), signs_in(client, "ein neuer Schirm 8")) == (False, True)
    assert refusal("password", "a@b.example", "--password-stdin") == "a@b.example has no account"
