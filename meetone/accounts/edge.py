"""What the application is given by this package: sessions, sign-in, first set-up."""

from datetime import timedelta

from flask import Flask, session
from flask_login import user_logged_in
from flask_security import Security, SQLAlchemySessionUserDatastore, current_user
from flask_security.views import login
from flask_wtf.csrf import CSRFError
from limits import parse
from limits.storage import MemoryStorage

from meetone.accounts import views
from meetone.accounts.forms import SignInForm
from meetone.accounts.hashing import PasswordContext
from meetone.accounts.models import Role, User
from meetone.accounts.sessions import INACTIVITY_LIMIT, ServerSession, ServerSessions
from meetone.extensions import csrf
from meetone.i18n import prefer_language
from meetone.limits import AttemptLimit
from meetone.services import EXTENSION, Services, services

FAILED_SIGN_INS = parse("10 per 15 minutes")
"""Of one network: enough for a practice that mistypes, far too few for guessing."""
SIGN_IN_VISITS = parse("120 per minute")


def init_app(app: Flask) -> None:
    """Keep sessions on the server and let accounts of the practice sign in."""
    held: Services = app.extensions[EXTENSION]
    app.session_interface = ServerSessions()
    app.config.update(
        WTF_CSRF_TIME_LIMIT=int(INACTIVITY_LIMIT.total_seconds()),
        WTF_CSRF_SSL_STRICT=False,  # pages send no Referer; security.py compares Origin instead
        SESSION_PROTECTION=None,  # it would keep a hash of address and browser
        SECURITY_CLI_USERS_NAME=False,
        SECURITY_CLI_ROLES_NAME=False,
        SECURITY_STATIC_FOLDER=None,
        SECURITY_API_ENABLED_METHODS=["session"],
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_FRESHNESS=timedelta(minutes=-1),  # nothing asks for a fresh sign-in yet
        SECURITY_JOIN_USER_ROLES=False,  # the model loads them itself
        SECURITY_LOGIN_USER_TEMPLATE=views.SIGN_IN_TEMPLATE,
        SECURITY_PASSWORD_SINGLE_HASH={"argon2"},  # the database alone is enough to restore
        SECURITY_POST_LOGIN_VIEW=views.AFTER_SIGN_IN,
        SECURITY_POST_LOGOUT_VIEW="/login",
    )
    csrf.init_app(app)
    security = Security(
        app,
        SQLAlchemySessionUserDatastore(held.database.session, User, Role),
        login_form=SignInForm,
    )
    security.pwd_context = PasswordContext()
    security.principal.skip_static = True
    security.login_manager.request_loader(lambda _request: None)  # no tokens, only sessions
    security.want_json(lambda _request: False)
    _limit_sign_in(app)
    app.register_blueprint(views.blueprint)
    app.register_error_handler(CSRFError, views.show_stale_form)
    app.before_request(_welcome)
    user_logged_in.connect(_forget_anonymous_values, app)


def _limit_sign_in(app: Flask) -> None:
    storage = MemoryStorage()
    app.view_functions["security.login"] = views.guard_sign_in(
        login,
        failures=AttemptLimit("failed sign-in", FAILED_SIGN_INS, storage),
        visits=AttemptLimit("sign-in form", SIGN_IN_VISITS, storage),
    )


def _welcome() -> None:
    """Speak the language of whoever is signed in.

    For a WebSocket, also give the database connection back: the request lasts for hours.
    """
    if current_user.is_authenticated:
        prefer_language(current_user.language)
    if isinstance(session, ServerSession) and session.is_socket:
        services().database.session.commit()


def _forget_anonymous_values(_app: Flask, user: User) -> None:
    """Drop what the anonymous session knew, and the hash of the address that Flask-Login keeps."""
    session.pop("csrf_token", None)
    session.pop("_id", None)
