"""Where the language switch leads: back to the same page, and never to another site."""

import re
from urllib.parse import urlsplit

from meetone.i18n import LANGUAGES

NEXT_CHARACTERS = 512
_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")
_LANGUAGE_FOLDER = re.compile(rf"\A/(?:{'|'.join(LANGUAGES)})(?=/)")


def page_in_language(page: str, language: str) -> str:
    """Return the address of a page of our own in another language.

    Args:
        page: path, with query if any, as the form sent it; untrusted.
        language: one of LANGUAGES.

    Returns:
        The same path, its language folder replaced; the landing page if it is no path of ours:
        a leading `//` names another host (RFC 3986 Section 4.2), and browsers read a backslash
        as a slash.
    """
    home = f"/{language}/"
    if len(page) > NEXT_CHARACTERS or not _PATH.fullmatch(page):
        return home
    if urlsplit(page).path == "/":
        return home
    return _LANGUAGE_FOLDER.sub(f"/{language}", page)
