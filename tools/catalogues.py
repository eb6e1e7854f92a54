"""Keep the gettext catalogues in step with the code: `python tools/catalogues.py [--check]`.

Without an option the catalogues of both languages are brought up to date: new msgids come in,
unused ones go, and the English text of a msgid is the msgid itself. With `--check` nothing is
written; every stale, fuzzy, empty or placeholder-mismatched entry is named, and the exit code is 1
if there is one.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE_FOLDERS = ("meetone", "templates")
METHODS = [
    ("**.py", "python"),
    ("**.html", "jinja2"),
    ("**.txt", "jinja2"),
    ("**.js", "jinja2"),
]
# A template that does not parse must stop the extraction, not lose its texts.
OPTIONS: dict[str, dict[str, object]] = {
    pattern: {"silent": "false"} for pattern, method in METHODS if method == "jinja2"
}
KEYWORDS: Mapping[str, tuple[int, int] | None] = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "_l": None,
    "ngettext": (1, 2),
    "N_": None,
}
SOURCE_LANGUAGE = "en"
LANGUAGES = {"de": "# German texts of MeetOne.", "en": "# English texts of MeetOne."}
LINE_LENGTH = 100
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdif]")


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of a catalogue that a reader of that language would stumble over."""

    language: str
    text: str
    reason: str

    def __str__(self) -> str:
        """Return the line that `make check` prints."""
        return f"{self.language}: {self.reason}: {self.text!r}"


def main(arguments: list[str]) -> int:
    """Update or check the catalogues of all languages; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, name every fault")
    options = parser.parse_args(arguments)
    template = extract()
    faults: list[Fault] = []
    for language in LANGUAGES:
        path = catalogue_path(language)
        catalogue = read(path, language)
        faults += stale(language, catalogue, template)
        bring_up_to_date(language, catalogue, template)
        faults += incomplete(language, catalogue)
        if not options.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(serialise(catalogue))
    if not options.check:
        faults = [fault for fault in faults if fault.reason not in STALE]
    for fault in faults:
        print(fault)
    return 1 if faults and options.check else 0


def catalogue_path(language: str) -> Path:
    """Return where Flask-Babel looks for the catalogue of a language."""
    return ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"


def extract() -> Catalog:
    """Return the msgids of all code and templates, with the files they stand in."""
    template = Catalog(project="MeetOne", charset="utf-8")
    for folder in SOURCE_FOLDERS:
        found = extract_from_dir(
            ROOT / folder,
            METHODS,
            OPTIONS,
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
            strip_comment_tags=False,
        )
        for filename, line, text, comments, context in found:
            location = (f"{folder}/{filename}", line)
            template.add(text, None, [location], auto_comments=comments, context=context)
    return template


def read(path: Path, language: str) -> Catalog:
    """Return the catalogue as it lies on the disk, or an empty one."""
    if not path.exists():
        return Catalog(locale=language, project="MeetOne", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


NEW = "not in the catalogue, run make catalogues"
UNUSED = "no longer used, run make catalogues"
STALE = frozenset({NEW, UNUSED})


def stale(language: str, catalogue: Catalog, template: Catalog) -> Iterator[Fault]:
    """Yield what the code says and the catalogue does not, and the reverse."""
    here, there = keys(catalogue), keys(template)
    yield from (Fault(language, text, NEW) for text in sorted(there - here))
    yield from (Fault(language, text, UNUSED) for text in sorted(here - there))


def keys(catalogue: Catalog) -> set[str]:
    """Return every msgid; the singular and the plural of one entry count as one text."""
    return {" | ".join(forms(message.id)) for message in catalogue if message.id}


def forms(texts: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Return the singular alone, or the singular and the plurals."""
    return (texts,) if isinstance(texts, str) else tuple(texts)


def bring_up_to_date(language: str, catalogue: Catalog, template: Catalog) -> None:
    """Take over the msgids of the template; in the source language a text is its own msgid."""
    catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    catalogue.header_comment = LANGUAGES[language]
    if language == SOURCE_LANGUAGE:
        for message in catalogue:
            if message.id:
                message.string = message.id
                message.flags.discard("fuzzy")


def incomplete(language: str, catalogue: Catalog) -> Iterator[Fault]:
    """Yield the entries that are empty, marked fuzzy, or fill other placeholders than the msgid."""
    for message in catalogue:
        if not message.id:
            continue
        reason = fault_of(message)
        if reason is not None:
            yield Fault(language, " | ".join(forms(message.id)), reason)


def fault_of(message: Message) -> str | None:
    """Return what is wrong with one entry, None if nothing is."""
    translations = forms(message.string or "")
    if not all(translations) or len(translations) < len(forms(message.id)):
        return "empty"
    if message.fuzzy:
        return "fuzzy"
    allowed = placeholders(*forms(message.id))
    # A singular may leave the number out ("one minute"); the plural names everything.
    if placeholders(translations[-1]) != allowed or placeholders(*translations) != allowed:
        return "placeholders differ"
    return None


def placeholders(*texts: str) -> set[str]:
    """Return the placeholders of all the texts together."""
    return {name for text in texts for name in PLACEHOLDER.findall(text)}


def serialise(catalogue: Catalog) -> bytes:
    """Return the bytes of the .po file: without line numbers, so that a diff shows texts only."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=LINE_LENGTH, sort_by_file=True, include_lineno=False)
    return buffer.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
