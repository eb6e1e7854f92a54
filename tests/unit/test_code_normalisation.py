import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetone.consultations.invitations import (
    CODE_ALPHABET,
    TYPED_MAX_CHARACTERS,
    normalise_code,
    show_code,
)

CODES = st.text(CODE_ALPHABET, min_size=9, max_size=9)
SEPARATORS = st.text(" -\u00a0\u2010\u2011\u2012\u2013\u2014\u2212\u200b\u00ad\t\n", max_size=3)


@given(code=CODES, separators=st.lists(SEPARATORS, min_size=10, max_size=10), lower=st.booleans())
def test_code_in_any_case_with_any_dashes_and_blanks_is_read(
    code: str, separators: list[str], lower: bool
) -> None:
    typed = separators[0] + "".join(
        character + separator for character, separator in zip(code, separators[1:], strict=True)
    )

    assert normalise_code(typed.lower() if lower else typed) == code


@given(code=CODES)
def test_code_as_it_is_shown_is_read(code: str) -> None:
    assert normalise_code(show_code(code)) == code


@given(text=st.text())
def test_any_text_is_read_as_a_code_or_as_none(text: str) -> None:
    code = normalise_code(text)

    assert code is None or (len(code) == 9 and set(code) <= set(CODE_ALPHABET))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "ABC-DEF-GH",
        "ABC-DEF-GHJK",
        "ABC-DEF-GH0",
        "ABC-DEF-GH1",
        "ABC-DEF-GHI",
        "ABC-DEF-GHO",
        "ABC.DEF.GHJ",
        "ABC_DEF_GHJ",
        "\u0430BC-DEF-GHJ",  # a Cyrillic a
        "\u017fBC-DEF-GHJ",  # a long s, of which upper() makes an S
        "\uff21BC-DEF-GHJ",  # a full-width A
        "ABC-DEF-GH\u00df",
        "ABCDEFGHJ" + " " * (TYPED_MAX_CHARACTERS - 8),
    ],
)
def test_text_that_cannot_be_a_code_is_none(text: str) -> None:
    assert normalise_code(text) is None


def test_code_with_as_many_blanks_as_fit_is_read() -> None:
    assert normalise_code("ABCDEFGHJ" + " " * (TYPED_MAX_CHARACTERS - 9)) == "ABCDEFGHJ"
