"""Who may open a page: decorators for the views of every package."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import ParamSpec

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

P = ParamSpec("P")


def practice_required(
    view: Callable[P, ResponseReturnValue],
) -> Callable[P, ResponseReturnValue]:
    """Let in whoever is signed in; anybody else signs in first and comes back."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            return redirect(sign_in_address(), HTTPStatus.SEE_OTHER)
        return view(*args, **kwargs)

    return guarded


def practitioner_required(
    view: Callable[P, ResponseReturnValue],
) -> Callable[P, ResponseReturnValue]:
    """Let in practitioners only; staff are told why (they organise and never hold)."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not current_user.is_practitioner():
            return render_template("accounts/not_practitioner.html"), HTTPStatus.FORBIDDEN
        return view(*args, **kwargs)

    return practice_required(guarded)


def sign_in_address() -> str:
    """Return the address of the sign-in page, with the way back where there is one."""
    way_back = request.full_path.removesuffix("?") if request.method == "GET" else None
    return url_for("security.login", next=way_back)
