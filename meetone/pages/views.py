"""The public pages, the language switch, and what makes MeetOne installable."""

from datetime import date

from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import force_locale, format_date
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as RedirectResponse

from meetone.config import ROOT
from meetone.i18n import LANGUAGE_COOKIE, LANGUAGES, current_language, prefer_language
from meetone.pages.language import page_in_language
from meetone.pages.manifest import manifest_of
from meetone.pages.practice import FirewallAdvice, address_lines
from meetone.services import services

LANGUAGE_COOKIE_SECONDS = 365 * 24 * 60 * 60
REVALIDATE = "no-cache"
FAQ_REVISED = date(2026, 11, 24)
WORKER_BUILD = "@build@"

IN_LANGUAGE = f"/<any({', '.join(LANGUAGES)}):lang>"

blueprint = Blueprint("pages", __name__)


@blueprint.before_app_request
def prefer_language_of_address() -> None:
    """Let the address speak where no view of ours knows a language: `?lang=…`, a lost `/en/…`."""
    folder = request.path.split("/")[1]
    prefer_language(request.args.get("lang", folder))


@blueprint.get("/")
def root() -> RedirectResponse:
    """Lead to the landing page in the reader's language."""
    response = redirect(url_for(".landing", lang=current_language()))
    response.vary.update(("Cookie", "Accept-Language"))
    return response


@blueprint.get(f"{IN_LANGUAGE}/")
def landing(lang: str) -> Response:
    """Show the front door: what this is, the code, the way in for the practice."""
    return render_landing()


def render_landing(
    code_error: str | None = None, code_value: str = "", status: int = 200
) -> Response:
    """Render the landing page, with what was wrong with a code if something was.

    Args:
        code_error: translated sentence to show beside the field, or None.
        code_value: what the person typed, shown again.
        status: HTTP status of the answer.
    """
    response = _page("pages/landing.html", code_error=code_error, code_value=code_value)
    response.status_code = status
    if code_error is not None:
        response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get(f"{IN_LANGUAGE}/faq")
def faq(lang: str) -> Response:
    """Answer what people ask, with this installation's names, ports and limits."""
    return _page(
        "pages/faq.html",
        firewall=FirewallAdvice.from_settings(services().settings),
        revised=format_date(FAQ_REVISED, "MMMM y"),
    )


@blueprint.get(f"{IN_LANGUAGE}/imprint")
def imprint(lang: str) -> Response:
    """Say who is responsible for this installation."""
    address = address_lines(services().settings.practice_address)
    return _page("pages/imprint.html", address=address)


@blueprint.get(f"{IN_LANGUAGE}/privacy")
def privacy(lang: str) -> Response:
    """Say what is processed, where, and for how long."""
    address = address_lines(services().settings.practice_address)
    return _page("pages/privacy.html", address=address)


@blueprint.get(f"{IN_LANGUAGE}/terms")
def terms(lang: str) -> Response:
    """Show the terms of use, complete and without signing in."""
    return _page("pages/terms.html")


@blueprint.get(f"{IN_LANGUAGE}/accessibility")
def accessibility(lang: str) -> Response:
    """Say what is accessible, what is not yet, and whom to tell."""
    return _page("pages/accessibility.html")


@blueprint.get(f"{IN_LANGUAGE}/offline")
def offline(lang: str) -> Response:
    """Render the page that the service worker keeps for the time without a network."""
    return _page("pages/offline.html")


@blueprint.post("/language")
def language() -> RedirectResponse:
    """Remember the language somebody chose and lead back to the same page in it."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        raise BadRequest
    response = redirect(page_in_language(request.form.get("next", ""), chosen), 303)
    response.set_cookie(
        LANGUAGE_COOKIE,
        chosen,
        max_age=LANGUAGE_COOKIE_SECONDS,
        secure=services().settings.secure,
        httponly=True,
        samesite="Lax",
    )
    return response


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """Describe the installable application in the language asked for; its id is the same in all."""
    asked = request.args.get("lang", "")
    chosen = asked if asked in LANGUAGES else current_language()
    with force_locale(chosen):
        described = manifest_of(services().settings, chosen, str(current_app.config["BUILD"]))
    response = make_response(described)
    response.mimetype = "application/manifest+json"
    response.headers["Cache-Control"] = REVALIDATE
    return response


@blueprint.get("/service-worker.js")
def service_worker() -> Response:
    """Serve the worker of this build; a new build is a new worker."""
    script = (ROOT / "service-worker.js").read_text(encoding="utf-8")
    response = make_response(script.replace(WORKER_BUILD, str(current_app.config["BUILD"])))
    response.mimetype = "text/javascript"
    response.headers["Cache-Control"] = REVALIDATE
    response.headers["Service-Worker-Allowed"] = "/"
    return response


def _page(template: str, **values: object) -> Response:
    response = make_response(render_template(template, **values))
    response.headers["Cache-Control"] = REVALIDATE
    return response
