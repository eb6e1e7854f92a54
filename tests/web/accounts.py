"""What the tests of accounts do in a browser."""

from collections.abc import Mapping

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.conftest import Account, csrf_token


def send_form(
    browser: FlaskClient, page: str, data: Mapping[str, str], *, to: str | None = None
) -> TestResponse:
    """Open a page and send its form, as a browser does.

    Args:
        browser: whose cookies are used.
        page: address of the page with the form.
        data: what is typed.
        to: address that the form is sent to, if it is not the page's own.
    """
    return browser.post(to or page, data={"csrf_token": csrf_token(browser, page), **data})


def send_sign_in(browser: FlaskClient, account: Account) -> TestResponse:
    """Sign in through the form."""
    return send_form(browser, "/login", {"email": account.email, "password": account.password})
