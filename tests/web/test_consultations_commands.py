import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click import Command
from click.testing import CliRunner, Result

from meetone import create_app
from meetone.accounts.commands import CommandRefused, user
from meetone.config import Settings
from meetone.consultations.commands import consultation, purge
from tests.web.conftest import PASSWORD

EMAIL = "weber@praxis.example"


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MEETONE_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("MEETONE_PUBLIC_URL", "https://praxis.example")
    add_account(EMAIL, "practitioner")


def add_account(email: str, role: str) -> None:
    arguments = ("add", email, "--name", "Dr. Weber", "--role", role, "--password-stdin")
    result = run(user, *arguments, stdin=PASSWORD)
    assert result.exit_code == 0, result.output


def run(command: Command, *arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(command, arguments, input=stdin)


def add(**options: str) -> Result:
    chosen = {
        "practitioner": EMAIL,
        "at": "2026-11-24T10:00+01:00",
        "minutes": "30",
        "language": "de",
        "alias": "K. 7",
        **options,
    }
    words = [word for name, value in chosen.items() for word in (f"--{name}", value)]
    return run(consultation, "add", *words, "--json")


def added(**options: str) -> dict[str, str]:
    result = add(**options)
    assert result.exit_code == 0, result.output
    values: dict[str, str] = json.loads(result.stdout)
    return values


def listed() -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads(run(consultation, "list", "--json").stdout)
    return rows


def days_ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()


def test_consultation_add_prints_what_scripts_rely_on() -> None:
    values = added()

    assert list(values) == ["id", "link", "code", "starts_at", "expires_at"]
    assert values["link"].startswith("https://praxis.example/join/")
    assert [len(part) for part in values["code"].split("-")] == [3, 3, 3]
    assert values["starts_at"] == "2026-11-24T09:00:00Z"
    assert values["expires_at"] == "2026-11-24T13:30:00Z"
    assert listed() == [
        {
            "id": values["id"],
            "practitioner": EMAIL,
            "alias": "K. 7",
            "language": "de",
            "starts_at": "2026-11-24T09:00:00Z",
            "minutes": 30,
            "ended_at": None,
        }
    ]


def test_consultation_add_makes_link_and_code_that_open_the_join_page() -> None:
    now = datetime.now(UTC).isoformat()
    values = added(at=now, practitioner=" WEBER@praxis.example ")

    app = create_app(Settings(_env_file=None))
    client = app.test_client()
    path = values["link"].removeprefix("https://praxis.example")
    entered = client.post("/code", data={"code": values["code"]})
    assert client.get(path).status_code == 200
    assert entered.location == path


def test_consultation_add_takes_a_start_in_the_past_and_the_longest_alias() -> None:
    added(at=days_ago(20), alias="Zaunkönig 12", minutes="180")

    assert [row["alias"] for row in listed()] == ["Zaunkönig 12"]


def test_consultation_add_without_json_is_for_people() -> None:
    words = ("--practitioner", EMAIL, "--at", "2026-11-24T10:00+01:00", "--alias", "K. 7")

    result = run(consultation, "add", *words)

    lines = [line.split(":")[0] for line in result.stdout.splitlines()]
    assert lines == ["Link", "Code", "Start", "Expires"]


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("practitioner", "nobody@praxis.example", "nobody@praxis.example is no active account"),
        ("practitioner", "empfang@praxis.example", "empfang@praxis.example is no active account"),
        ("practitioner", "no address", "'no address' is no e-mail address"),
        ("at", "2026-11-24T10:00", "--at '2026-11-24T10:00': a time with its zone"),
        ("at", "tomorrow", "--at 'tomorrow': a time with its zone"),
        ("at", "0001-01-01T00:00+14:00", "--at: Please choose a day within the next two years."),
        ("at", "9999-12-31T23:00-14:00", "--at: Please choose a day within the next two years."),
        ("alias", " ", "--alias: Please enter an alias."),
        ("alias", "Annemarie Huber", "--alias: An alias has at most 12 characters"),
        ("alias", "a@b.example", "--alias: Please use letters"),
        ("alias", "K.\n7", "--alias: Please use letters"),
    ],
)
def test_consultation_add_with_a_wrong_value_names_it_and_makes_nothing(
    option: str, value: str, sentence: str
) -> None:
    add_account("empfang@praxis.example", "staff")

    result = add(**{option: value})

    assert isinstance(result.exception, CommandRefused)
    assert str(result.exception).startswith(sentence)
    assert listed() == []


@pytest.mark.parametrize(
    ("option", "value"), [("minutes", "4"), ("minutes", "181"), ("language", "fr")]
)
def test_consultation_add_out_of_bounds_is_a_usage_error(option: str, value: str) -> None:
    result = add(**{option: value})

    assert result.exit_code == 2
    assert f"Invalid value for '--{option}'" in result.stderr
    assert listed() == []


def test_consultation_list_for_people_is_ordered_by_start() -> None:
    added(alias="Zwei 22", at=days_ago(1))
    added(alias="Eins 11", at=days_ago(2))

    lines = run(consultation, "list").stdout.splitlines()

    assert ["Eins 11" in lines[0], "Zwei 22" in lines[1], len(lines)] == [True, True, 2]


def test_purge_deletes_what_is_older_than_the_retention_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MEETONE_RETENTION_DAYS", "5")
    added(alias="Alt 11", at=days_ago(5.1))
    added(alias="Neu 22", at=days_ago(4.9))

    result = run(purge)

    assert result.stdout == "Deleted: 1 consultations, 0 audit events, 0 sessions.\n"
    assert [row["alias"] for row in listed()] == ["Neu 22"]
