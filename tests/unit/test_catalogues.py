"""The gate of the catalogues: each fault that a reader would stumble over is named."""

from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tools.catalogues import (
    NEW,
    UNUSED,
    Fault,
    bring_up_to_date,
    incomplete,
    serialise,
    stale,
)

ONE = "%(count)s minute", "%(count)s minutes"


def catalogue(language: str, **texts: str) -> Catalog:
    """Return a catalogue with these msgids and texts."""
    made = Catalog(locale=language, fuzzy=False)
    for text, translation in texts.items():
        made.add(text, translation)
    return made


def template(*texts: str | tuple[str, str]) -> Catalog:
    """Return what the code says."""
    made = Catalog()
    for text in texts:
        made.add(text, locations=[("meetone/pages/views.py", 1)])
    return made


def test_stale_same_texts_is_silent() -> None:
    assert list(stale("de", catalogue("de", Yes="Ja"), template("Yes"))) == []


def test_stale_new_and_unused_texts_are_named() -> None:
    faults = list(stale("de", catalogue("de", Yes="Ja"), template("No")))

    assert faults == [Fault("de", "No", NEW), Fault("de", "Yes", UNUSED)]


def test_stale_text_that_became_plural_is_named() -> None:
    known = Catalog(locale="de")
    known.add(ONE[0], "%(count)s Minute")

    faults = list(stale("de", known, template(ONE)))

    assert [fault.text for fault in faults] == [" | ".join(ONE), ONE[0]]


@pytest.mark.parametrize(
    ("text", "translation", "reason"),
    [
        ("Yes", "", "empty"),
        (ONE, ("", ""), "empty"),
        (ONE, ("eine Minute", ""), "empty"),
        ("Hello %(name)s", "Hallo", "placeholders differ"),
        ("Hello %(name)s", "Hallo %(nmae)s", "placeholders differ"),
        (ONE, ("eine Minute", "Minuten"), "placeholders differ"),
    ],
)
def test_incomplete_faulty_entry_is_named(
    text: str | tuple[str, str], translation: str | tuple[str, str], reason: str
) -> None:
    known = Catalog(locale="de")
    known.add(text, translation)

    assert [fault.reason for fault in incomplete("de", known)] == [reason]


def test_incomplete_fuzzy_entry_is_named() -> None:
    known = Catalog(locale="de")
    known.add("Yes", "Ja", flags=["fuzzy"])

    assert list(incomplete("de", known)) == [Fault("de", "Yes", "fuzzy")]


def test_incomplete_singular_without_number_is_complete() -> None:
    known = Catalog(locale="de")
    known.add(ONE, ("eine Minute", "%(count)s Minuten"))

    assert list(incomplete("de", known)) == []


def test_bring_up_to_date_keeps_translations_and_drops_unused() -> None:
    known = catalogue("de", Yes="Ja", Maybe="Vielleicht")

    bring_up_to_date("de", known, template("Yes", "No"))

    assert {str(m.id): m.string for m in known if m.id} == {"Yes": "Ja", "No": None}
    assert dict(known.obsolete) == {}


def test_bring_up_to_date_source_language_says_the_msgid() -> None:
    known = catalogue("en")

    bring_up_to_date("en", known, template("Yes", ONE))

    assert {m.id: m.string for m in known if m.id} == {"Yes": "Yes", ONE: ONE}
    assert list(incomplete("en", known)) == []


def test_serialise_read_again_gives_the_same_bytes() -> None:
    known = catalogue("de", Yes="Ja")
    bring_up_to_date("de", known, template("Yes", "No"))

    once = serialise(known)

    assert serialise(read_po(BytesIO(once), locale="de")) == once
    assert b'#: meetone/pages/views.py\nmsgid "No"' in once
