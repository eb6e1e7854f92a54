"""Error pages: what happened, why, and what to do now."""

from dataclasses import dataclass

from flask import Flask, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException

from meetone.i18n import current_language


@dataclass(frozen=True, slots=True)
class ErrorText:
    """The three sentences of an error page."""

    happened: LazyString
    reason: LazyString
    advice: LazyString


ERROR_TEXTS = {
    400: ErrorText(
        _l("This request could not be read."),
        _l("Something in the address or in the form was incomplete or damaged on the way."),
        _l("Please go back one page and try again."),
    ),
    403: ErrorText(
        _l("This page is not open to you."),
        _l("It belongs to somebody else, or the form was sent from another website."),
        _l("Please open the page again from its beginning. Practice teams sign in first."),
    ),
    404: ErrorText(
        _l("There is no page at this address."),
        _l("Perhaps the link was cut off in the message, or the appointment is long past."),
        _l("Please open the link from your invitation again, or type your access code."),
    ),
    405: ErrorText(
        _l("This address cannot be opened like that."),
        _l("It only receives forms. That happens when a page is reloaded after sending."),
        _l("Please go to the start page and begin there."),
    ),
    410: ErrorText(
        _l("This invitation is no longer valid."),
        _l("It has expired, or the practice has replaced or cancelled it."),
        _l("Please ask the practice for a new invitation."),
    ),
    429: ErrorText(
        _l("Too many attempts in a short time."),
        _l("To protect everybody's appointments, we limit how often this can be tried."),
        _l("Please wait a few minutes and try again. If it is urgent, please call the practice."),
    ),
    500: ErrorText(
        _l("Something went wrong on our side."),
        _l("It is not your fault. The error has been noted for the person who runs this server."),
        _l("Please try again in a minute. If it is urgent, please call the practice."),
    ),
}
UNKNOWN_CLIENT_ERROR = 400
UNKNOWN_SERVER_ERROR = 500
KEPT_HEADERS = frozenset({"Allow", "Retry-After"})


def register_error_pages(app: Flask) -> None:
    """Answer every HTTP error with a page in the reader's language."""
    app.register_error_handler(HTTPException, show_error)


def show_error(error: HTTPException) -> ResponseReturnValue:
    """Render the page of one HTTP error; Allow and Retry-After stay with it."""
    status = error.code or UNKNOWN_SERVER_ERROR
    if status < UNKNOWN_CLIENT_ERROR:
        return error
    fallback = UNKNOWN_CLIENT_ERROR if status < UNKNOWN_SERVER_ERROR else UNKNOWN_SERVER_ERROR
    text = ERROR_TEXTS.get(status, ERROR_TEXTS[fallback])
    page = render_template(
        "errors/error.html",
        status=status,
        text=text,
        home=url_for("pages.landing", lang=current_language()),
    )
    headers = [header for header in error.get_headers() if header[0] in KEPT_HEADERS]
    return current_app.make_response((page, status, headers))
