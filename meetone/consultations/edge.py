"""What the application is given by this package: the code, and the practice's pages."""

from flask import Flask

from meetone.consultations import views
from meetone.consultations.code_guard import CodeGuard, MemoryWrongCodes
from meetone.extensions import csrf


def init_app(app: Flask) -> None:
    """Register the package's views and the guard of the codes."""
    app.extensions[views.CODE_GUARD] = CodeGuard(MemoryWrongCodes())
    app.register_blueprint(views.blueprint)
    # The landing page makes no session and so has no token; the check of Origin defends its form.
    csrf.exempt(views.enter_code)
