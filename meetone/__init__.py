"""MeetOne: the video consultation of a small medical practice."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from meetone.config import Settings


def create_app(settings: "Settings | None" = None) -> "Flask":
    """Assemble the web application; see `meetone.application`.

    Imported only when asked for: the STUN role needs none of it, and must not fail or grow because of it.
    """
    from meetone import application

    return application.create_app(settings)
