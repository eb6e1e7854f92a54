"""What a password of an account has to be: long, and not to be guessed from its owner.

No composition rules, no forced change (NIST SP 800-63B-4 Section 3.1.1.2, OWASP ASVS 5.0 V6.2).
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum, auto

MIN_CHARACTERS = 12
MAX_CHARACTERS = 128
OWN_WORD_CHARACTERS = 4
"""Shorter words of a name ("Dr.", "von") may stand in a password."""
MIN_CHARACTERS_LEFT = 5
MIN_DISTINCT_LEFT = 4
"""What must be left of letters and figures once well-known and own words are taken away."""
WELL_KNOWN = (
    "passwort",
    "password",
    "kennwort",
    "videosprechstunde",
    "sprechstunde",
    "meetone",
    "praxis",
    "practice",
    "willkommen",
    "welcome",
    "geheim",
    "secret",
    "qwertzuiop",
    "qwertyuiop",
    "qwertz",
    "qwerty",
    "abcdefghijklmnopqrstuvwxyz",
    "abcdefgh",
    "01234567890",
    "1234567890",
    "12345678",
    "123456",
    "987654321",
)


class PasswordProblem(Enum):
    """Why a password is refused."""

    TOO_SHORT = auto()
    TOO_LONG = auto()
    GUESSABLE = auto()


def normalise_password(password: str) -> str:
    """Return a form in which the same characters always are the same bytes (Unicode NFKD).

    Devices type "ü" as one code point or as two. Flask-Security does the same before it verifies.
    """
    return unicodedata.normalize("NFKD", password)


def password_problem(password: str, own: Iterable[str]) -> PasswordProblem | None:
    """Tell what is wrong with a normalised password, if anything.

    Args:
        password: as `normalise_password` returns it.
        own: what anybody knows about its owner: name, e-mail address.
    """
    if len(password) < MIN_CHARACTERS:
        return PasswordProblem.TOO_SHORT
    if len(password) > MAX_CHARACTERS:
        return PasswordProblem.TOO_LONG
    rest = password.casefold()
    for word in (*_words(own), *WELL_KNOWN):
        rest = rest.replace(word, "")
    left = [character for character in rest if character.isalnum()]
    if len(left) < MIN_CHARACTERS_LEFT or len(set(left)) < MIN_DISTINCT_LEFT:
        return PasswordProblem.GUESSABLE
    return None


def _words(own: Iterable[str]) -> list[str]:
    """Split into the words that count, longest first, so that no part hides a whole."""
    text = normalise_password(" ".join(own)).casefold()
    words = {word for word in re.split(r"[\s@.,_+-]+", text) if len(word) >= OWN_WORD_CHARACTERS}
    return sorted(words, key=len, reverse=True)
