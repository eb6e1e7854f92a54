"""Whether this process lives, and whether it can do its work."""

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from meetone.services import services

blueprint = Blueprint("health", __name__)


def init_app(app: Flask) -> None:
    """Register both addresses."""
    app.register_blueprint(blueprint)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Answer as long as the process lives."""
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Answer 200 while the database can be reached, else 503."""
    try:
        services().database.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "database unreachable\n", 503, {"Content-Type": "text/plain; charset=utf-8"}
    return "ready\n", {"Content-Type": "text/plain; charset=utf-8"}
