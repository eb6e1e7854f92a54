"""What the application is given by this package."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the package's views."""
