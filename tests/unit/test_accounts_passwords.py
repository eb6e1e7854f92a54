import pytest

from meetone.accounts.passwords import PasswordProblem, normalise_password, password_problem

OWN = ("Dr. Anna Müller-Weber", "anna.weber@praxis-am-park.example")


@pytest.mark.parametrize(
    "password",
    [
        "ein Regenschirm am Fenster 7",
        "correct horse battery staple",
        "Tr0ub4dor&3xyz",
        "四つの静かな海辺の時間です",
        "x" * 120 + "yzab1234",
        "passwort ohne Regen",
        "weber mag Kirschen",
    ],
)
def test_password_that_is_long_and_its_own_is_fine(password: str) -> None:
    assert password_problem(normalise_password(password), OWN) is None


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("", PasswordProblem.TOO_SHORT),
        ("elf Zeichen", PasswordProblem.TOO_SHORT),
        ("ab1 " * 33, PasswordProblem.TOO_LONG),
        ("aaaaaaaaaaaa", PasswordProblem.GUESSABLE),
        ("121212121212", PasswordProblem.GUESSABLE),
        ("1234567890123", PasswordProblem.GUESSABLE),
        ("Passwort1234", PasswordProblem.GUESSABLE),
        ("Passwort123!", PasswordProblem.GUESSABLE),
        ("qwertzuiop12", PasswordProblem.GUESSABLE),
        ("anna.weber@praxis-am-park", PasswordProblem.GUESSABLE),
        ("MüllerMüller", PasswordProblem.GUESSABLE),
        ("WEBERweber2026"[:12], PasswordProblem.GUESSABLE),
    ],
)
def test_password_that_is_short_long_or_guessable_is_refused(
    password: str, problem: PasswordProblem
) -> None:
    assert password_problem(normalise_password(password), OWN) == problem


def test_password_typed_on_another_device_is_the_same() -> None:
    assert normalise_password("Gr\u00fc\u00dfe") == normalise_password("Gru\u0308\u00dfe")
