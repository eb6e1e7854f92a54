"""Languages: which one a page speaks, and how its address in another one reads.

Order of precedence: the path, the cookie set by the switch, the invitation's or the user's language, what the browser
asks for, German.
"""

from flask import Flask, g, has_request_context, request, url_for
from flask_babel import Babel
from werkzeug.exceptions import NotFound

from meetone.config import ROOT

LANGUAGES = ("de", "en")
DEFAULT_LANGUAGE = "de"
LANGUAGE_NAMES = {"de": "Deutsch", "en": "English"}
LANGUAGE_COOKIE = "lang"


def init_app(app: Flask) -> None:
    """Choose the language of each request and give templates what they need."""
    app.config["BABEL_DEFAULT_LOCALE"] = DEFAULT_LANGUAGE
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Europe/Berlin"
    Babel(
        app,
        default_translation_directories=str(ROOT / "translations"),
        locale_selector=current_language,
    )

    @app.url_value_preprocessor
    def language_from_path(_endpoint: str | None, values: dict[str, object] | None) -> None:
        if values is None or "lang" not in values:
            return
        if values["lang"] not in LANGUAGES:
            raise NotFound
        g.path_language = values["lang"]

    @app.context_processor
    def language_globals() -> dict[str, object]:
        return {
            "language": current_language(),
            "languages": LANGUAGE_NAMES,
            "alternate_urls": alternate_urls(),
        }


def current_language() -> str:
    """Tell the language of this request, one of LANGUAGES."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    path_language = g.get("path_language")
    if path_language is not None:
        return str(path_language)
    return _cookie_language() or g.get("preferred_language") or _accepted_language()


def prefer_language(language: str) -> None:
    """Let the invitation or the user choose, where neither path nor switch did."""
    if language in LANGUAGES:
        g.preferred_language = language


def alternate_urls() -> dict[str, str]:
    """Return the addresses of this page by language; empty where the path names none."""
    if not has_request_context() or request.view_args is None or "lang" not in request.view_args:
        return {}
    assert request.endpoint is not None
    others = {key: value for key, value in request.view_args.items() if key != "lang"}
    return {language: url_for(request.endpoint, lang=language, **others) for language in LANGUAGES}


def _cookie_language() -> str | None:
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in LANGUAGES else None


def _accepted_language() -> str:
    return request.accept_languages.best_match(LANGUAGES) or DEFAULT_LANGUAGE
