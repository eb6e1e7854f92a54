"""What the application is given by the rooms: the pages and what their templates need to speak."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask, json
from flask_babel import format_date, format_time
from markupsafe import Markup

from meetone.rooms.phrases import PHRASES
from meetone.rooms.views import blueprint


def init_app(app: Flask) -> None:
    """Register the pages and `phrase()`, which renders a phrase so that the page can say it in another language."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(phrase=phrase, words=words)


def phrase(key: str, tag: str = "span", **parameters: str | datetime) -> Markup:
    """Render a phrase in an element that the page's script finds by its key."""
    carried = {name: _carried(value) for name, value in parameters.items()}
    attribute = Markup(' data-values="{}"').format(json.dumps(carried)) if carried else ""
    return Markup('<{0} data-phrase="{1}"{2}>{3}</{0}>').format(
        tag, key, attribute, words(key, **parameters)
    )


def words(key: str, **parameters: str | datetime) -> str:
    """Say a phrase as plain text, for titles and attributes."""
    text = str(PHRASES[key])
    if not parameters:
        return text
    return text % {name: _shown(name, value) for name, value in parameters.items()}


SHOWN: dict[str, Callable[[datetime], str]] = {
    "time": lambda value: format_time(value, "short"),
    "day": lambda value: format_date(value, "full"),
}


def _shown(name: str, value: str | datetime) -> str:
    return SHOWN[name](value) if isinstance(value, datetime) else value


def _carried(value: str | datetime) -> str:
    return value.isoformat() if isinstance(value, datetime) else value
