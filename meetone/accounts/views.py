"""The pages of first set-up, and the limit that guards sign-in."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from math import ceil

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from flask_security import current_user, hash_password, login_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import TooManyRequests

from meetone.accounts.forms import SetupForm, SignInForm
from meetone.accounts.models import RoleName, User
from meetone.accounts.passwords import normalise_password
from meetone.accounts.registry import NewAccount
from meetone.accounts.setup import SetupLinkVoid, has_accounts, is_valid, use_setup_link
from meetone.i18n import current_language
from meetone.limits import AttemptLimit, client_network
from meetone.services import services

SIGN_IN_TEMPLATE = "accounts/sign_in.html"
AFTER_SIGN_IN = "/practice/"
SECONDS_PER_MINUTE = 60

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/setup/<token>", methods=["GET", "POST"])
def setup(token: str) -> ResponseReturnValue:
    """Show the form of the first account; only sending it uses the link up."""
    with services().database.transaction() as session:
        valid = is_valid(session, token)
    if not valid:
        return setup_unusable()
    form = SetupForm()
    if not form.validate_on_submit():
        return render_template("accounts/setup.html", form=form)
    try:
        user = create_first_account(token, form)
    except SetupLinkVoid:
        return setup_unusable()
    login_user(user, authn_via=["password"])
    return redirect(AFTER_SIGN_IN, HTTPStatus.SEE_OTHER)


def create_first_account(token: str, form: SetupForm) -> User:
    """Make the account of a valid form.

    Raises:
        SetupLinkVoid: somebody else was faster.
    """
    new = NewAccount(
        email=form.email.data,
        name=form.name.data,
        # Before the transaction: nothing may yield to gevent while SQLite's lock is held.
        password_hash=hash_password(normalise_password(form.password.data)),
        roles=(RoleName.PRACTITIONER, RoleName.ADMINISTRATOR),
        language=current_language(),
    )
    with services().database.transaction() as session:
        return use_setup_link(session, token, new, services().now())


def setup_unusable() -> ResponseReturnValue:
    """Say what to do instead: sign in, or look for a newer link."""
    with services().database.transaction() as session:
        done = has_accounts(session)
    status = HTTPStatus.GONE if done else HTTPStatus.NOT_FOUND
    return render_template("accounts/setup_unusable.html", done=done), status


def guard_sign_in(
    view: Callable[[], ResponseReturnValue], failures: AttemptLimit, visits: AttemptLimit
) -> Callable[[], ResponseReturnValue]:
    """Limit what one network may do with Flask-Security's sign-in view.

    Args:
        view: Flask-Security's.
        failures: failed attempts.
        visits: opened forms; each makes an anonymous session.
    """

    @wraps(view)
    def guarded() -> ResponseReturnValue:
        network = client_network(request.remote_addr)
        if request.method != "POST":
            wait = visits.take(network)
            if wait is not None:
                raise TooManyRequests(retry_after=wait)
            return view()
        wait = failures.take(network)
        if wait is not None:
            return too_many_attempts(wait)
        answer = view()
        if current_user.is_authenticated:
            failures.give_back(network)
        return answer

    return guarded


def too_many_attempts(seconds: int) -> ResponseReturnValue:
    """Show the sign-in form with the time to wait."""
    form = SignInForm()
    minutes = ceil(seconds / SECONDS_PER_MINUTE)
    form.form_errors = [
        ngettext(
            "Too many attempts. Please try again in %(num)s minute.",
            "Too many attempts. Please try again in %(num)s minutes.",
            minutes,
        )
    ]
    page = render_template(SIGN_IN_TEMPLATE, login_user_form=form)
    return make_response(page, HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(seconds)})


def show_stale_form(_error: CSRFError) -> ResponseReturnValue:
    """Explain a form whose token is missing or too old, and lead back to the page."""
    has_page = request.endpoint in {"security.login", "accounts.setup"}
    back = request.full_path.removesuffix("?") if has_page else AFTER_SIGN_IN
    return render_template("accounts/stale_form.html", back=back), HTTPStatus.BAD_REQUEST
