"""What the application is given by this package."""

from flask import Flask

from meetone.extensions import csrf
from meetone.pages import errors, views
from meetone.pages.practice import phone_shown, phone_target


def init_app(app: Flask) -> None:
    """Register the public pages, the error pages and the filter their templates use."""
    app.jinja_env.filters.update(phone_target=phone_target, phone_shown=phone_shown)
    app.register_blueprint(views.blueprint)
    csrf.exempt(views.blueprint)  # the language switch: no session, no cookie but its own
    errors.register_error_pages(app)
