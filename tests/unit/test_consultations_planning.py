from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetone.accounts.models import User
from meetone.consultations.models import ALIAS_CHARACTERS
from meetone.consultations.planning import (
    ALIAS_NUMBERS,
    ALIAS_WORDS,
    Draft,
    Plan,
    Problem,
    check,
    read_draft,
    suggest_alias,
    tidy_alias,
)

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LANGUAGES = ("de", "en")
WEBER = User(id=1, name="Dr. Weber")
FORM = {
    "practitioner": "1",
    "date": "2026-11-25",
    "time": "10:30",
    "minutes": "30",
    "language": "de",
    "alias": "Amsel 27",
}


def read(**changes: str) -> Plan | list[Problem]:
    return read_draft(Draft(**{**FORM, **changes}), {"1": WEBER}, LANGUAGES, BERLIN, NOW)


def test_draft_that_is_right_becomes_a_plan_on_the_practices_clock() -> None:
    starts_at = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)

    assert read() == Plan(WEBER, starts_at, 30, "de", "Amsel 27")


def test_draft_in_summer_follows_summer_time() -> None:
    plan = read(date="2027-07-01")

    assert isinstance(plan, Plan)
    assert plan.starts_at == datetime(2027, 7, 1, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("practitioner", "2", Problem.PRACTITIONER_UNKNOWN),
        ("practitioner", "", Problem.PRACTITIONER_UNKNOWN),
        ("date", "", Problem.DATE_UNREADABLE),
        ("date", "2026-02-30", Problem.DATE_UNREADABLE),
        ("date", "2028-11-26", Problem.DATE_TOO_FAR),
        ("date", "0001-01-01", Problem.DATE_TOO_FAR),
        ("date", "9999-12-31", Problem.DATE_TOO_FAR),
        ("time", "", Problem.TIME_UNREADABLE),
        ("time", "24:00", Problem.TIME_UNREADABLE),
        ("minutes", "", Problem.MINUTES_OUT_OF_RANGE),
        ("minutes", "4", Problem.MINUTES_OUT_OF_RANGE),
        ("minutes", "181", Problem.MINUTES_OUT_OF_RANGE),
        ("minutes", "-30", Problem.MINUTES_OUT_OF_RANGE),
        ("minutes", "9" * 5000, Problem.MINUTES_OUT_OF_RANGE),
        ("language", "fr", Problem.LANGUAGE_UNKNOWN),
        ("alias", "", Problem.ALIAS_MISSING),
        ("alias", "Zaunkönig 123", Problem.ALIAS_TOO_LONG),
        ("alias", "a@b", Problem.ALIAS_UNFIT),
        ("alias", "K.\n7", Problem.ALIAS_UNFIT),
        ("alias", "K.\u202e7", Problem.ALIAS_UNFIT),
    ],
)
def test_draft_with_a_wrong_field_names_this_problem_alone(
    field: str, value: str, problem: Problem
) -> None:
    assert read(**{field: value}) == [problem]
    assert problem.field == field


def test_draft_with_everything_wrong_names_every_field_once() -> None:
    wrong = read_draft(Draft("", "", "", "", "", ""), {}, LANGUAGES, BERLIN, NOW)

    assert isinstance(wrong, list)
    assert sorted(problem.field for problem in wrong) == sorted(FORM)


@pytest.mark.parametrize("minutes", ["5", "180", " 30 "])
def test_draft_at_the_bounds_of_minutes_is_right(minutes: str) -> None:
    assert isinstance(read(minutes=minutes), Plan)


@pytest.mark.parametrize("span", [timedelta(days=731), timedelta(days=-731), timedelta(0)])
def test_start_up_to_two_years_ahead_or_back_is_right(span: timedelta) -> None:
    beyond = span + timedelta(seconds=1 if span > timedelta(0) else -1)

    def problems(of: timedelta) -> list[Problem]:
        return check(NOW + of, 30, "de", "Amsel 27", languages=LANGUAGES, now=NOW)

    assert problems(span) == []
    assert problems(beyond) == ([Problem.DATE_TOO_FAR] if span else [])


@given(st.builds(Draft, *[st.text()] * 6))
def test_any_draft_is_a_plan_or_has_problems(draft: Draft) -> None:
    read = read_draft(draft, {"1": WEBER}, LANGUAGES, BERLIN, NOW)

    assert isinstance(read, Plan) or read


@pytest.mark.parametrize(
    ("typed", "tidy"),
    [("  K.  7 ", "K. 7"), ("K. 7", "K. 7"), ("   ", ""), ("K.\n7", "K.\n7")],
)
def test_tidy_alias_of_blanks_leaves_single_ones(typed: str, tidy: str) -> None:
    assert tidy_alias(typed) == tidy


def test_alias_words_are_forty_different_ones_that_fit() -> None:
    assert len(ALIAS_WORDS) == len(set(ALIAS_WORDS)) == 40
    longest = max(len(f"{word} {number}") for word in ALIAS_WORDS for number in ALIAS_NUMBERS)
    assert longest == ALIAS_CHARACTERS
    assert list(ALIAS_WORDS) == sorted(ALIAS_WORDS)


@given(seed=st.integers())
def test_suggested_alias_is_right_and_not_taken(seed: int) -> None:
    first = suggest_alias(Random(seed), set())

    second = suggest_alias(Random(seed), {first})

    assert first != second
    for alias in (first, second):
        assert check(NOW, 30, "de", alias, languages=LANGUAGES, now=NOW) == []


def test_suggested_alias_when_all_are_taken_is_empty() -> None:
    taken = {f"{word} {number}" for word in ALIAS_WORDS for number in ALIAS_NUMBERS}
    free = "Amsel 27"

    assert suggest_alias(Random(1), taken) == ""
    assert suggest_alias(Random(1), taken - {free}) == free
