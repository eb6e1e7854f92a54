"""What a rendered page is made of, read without a browser."""

import re
from html.parser import HTMLParser
from typing import Self

NOT_SHOWN = frozenset({"script", "style", "template", "title"})
VOID = frozenset(
    {
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    }
)
ADDRESS_ATTRIBUTES = frozenset({"action", "formaction", "href", "poster", "src", "srcset"})


class Markup(HTMLParser):
    """The elements of a page with their attributes, and the text that people read."""

    def __init__(self) -> None:
        """Read nothing yet."""
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self._words: list[str] = []

    @classmethod
    def of(cls, html: str) -> Self:
        """Read a whole page."""
        markup = cls()
        markup.feed(html)
        markup.close()
        return markup

    @property
    def text(self) -> str:
        """What people read, with single spaces."""
        return re.sub(r"\s+", " ", " ".join(self._words)).strip()

    def all(self, element: str, /, **attributes: str) -> list[dict[str, str | None]]:
        """Return the attributes of every element of a name that has these attributes."""
        return [
            found
            for name, found in self.elements
            if name == element and all(found.get(key) == value for key, value in attributes.items())
        ]

    def addresses(self) -> list[str]:
        """Return everything that the page links, loads or sends to."""
        return [
            value
            for _element, attributes in self.elements
            for name, value in attributes.items()
            if name in ADDRESS_ATTRIBUTES and value is not None
        ]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Note that an element ends."""
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Note text that is shown."""
        if NOT_SHOWN.isdisjoint(self._open):
            self._words.append(data)
