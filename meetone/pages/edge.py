"""What the application is given by this package."""

from flask import Flask

from meetone.pages import errors, views
from meetone.pages.practice import phone_target


def init_app(app: Flask) -> None:
    """Register the public pages, the error pages and the filter their templates use."""
    app.jinja_env.filters["phone_target"] = phone_target
    app.register_blueprint(views.blueprint)
    errors.register_error_pages(app)
