"""Where the language switch leads."""

import pytest

from meetone.pages.language import NEXT_CHARACTERS, page_in_language


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("/de/faq", "/en/faq"),
        ("/de/", "/en/"),
        ("/en/privacy", "/en/privacy"),
        ("/de/?source=app", "/en/?source=app"),
        ("/de/faq?from=/de/", "/en/faq?from=/de/"),
        ("/join/abc.DEF-1", "/join/abc.DEF-1"),
        ("/join/de/", "/join/de/"),
        ("/practice/", "/practice/"),
        ("/design", "/design"),
    ],
)
def test_page_in_language_own_page_is_kept(page: str, expected: str) -> None:
    assert page_in_language(page, "en") == expected


@pytest.mark.parametrize(
    "page",
    [
        "",
        "/",
        "de/faq",
        "//evil.example/de/",
        "/\\evil.example",
        "/de/\\evil",
        "https://evil.example/de/faq",
        "javascript:alert(1)",
        "/de/faq\r\nSet-Cookie: a=b",
        "/de/\tfaq",
        "/de/" + "a" * NEXT_CHARACTERS,
    ],
)
def test_page_in_language_anything_else_leads_home(page: str) -> None:
    assert page_in_language(page, "en") == "/en/"
