"""The sentences about accounts that people read, where a rule only gives a value."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from meetone.accounts.passwords import MAX_CHARACTERS, MIN_CHARACTERS, PasswordProblem

PROBLEM_TEXTS: dict[PasswordProblem, LazyString] = {
    PasswordProblem.TOO_SHORT: _l(
        "Please choose at least %(min)s characters. A short sentence is easy to remember.",
        min=MIN_CHARACTERS,
    ),
    PasswordProblem.TOO_LONG: _l("Please choose at most %(max)s characters.", max=MAX_CHARACTERS),
    PasswordProblem.GUESSABLE: _l(
        "This password is easy to guess. Please choose something that is not made of your name, "
        "your address or well-known words."
    ),
}
