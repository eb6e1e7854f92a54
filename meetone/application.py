"""The web application, assembled."""

import logging
import traceback
from collections.abc import Callable
from functools import cache
from types import TracebackType

from flask import Flask
from markupsafe import Markup
from werkzeug.middleware.proxy_fix import ProxyFix

from meetone import assets, health, i18n, security
from meetone.accounts import edge as accounts
from meetone.config import ROOT, Settings, load_settings
from meetone.consultations import edge as consultations
from meetone.db import Database
from meetone.keys import load_keys
from meetone.pages import edge as pages
from meetone.rooms import edge as rooms
from meetone.services import Services
from meetone.signalling import edge as signalling
from meetone.signalling.bus import MemoryBus

MAX_BODY_BYTES = 64 * 1024

logger = logging.getLogger(__name__)

ExceptionInfo = tuple[type, BaseException, TracebackType] | tuple[None, None, None]


class Application(Flask):
    """Flask, but with a log that holds nothing of what people send."""

    def log_exception(self, exc_info: ExceptionInfo) -> None:
        """Log what failed and where; neither the path, which may be an invitation, nor the text, which may quote."""
        kind, _, place = exc_info
        name = kind.__name__ if kind else "Exception"
        frames = "".join(traceback.format_tb(place))
        logger.error("%s in a request\n%s", name, frames)


def create_app(settings: Settings | None = None) -> Flask:
    """Assemble the web application; nothing is started and nothing is migrated."""
    settings = settings or load_settings()
    build = assets.build_of(ROOT / "static")
    app = Application("meetone", root_path=str(ROOT), static_url_path=f"/static/{build}")
    keys = load_keys(settings.instance)
    app.config.update(
        SECRET_KEY=keys.session,
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES,
        BUILD=build,
    )
    app.jinja_env.globals.update(
        settings=settings,
        asset=lambda path: f"/static/{build}/{path}",
        modules=module_preloads(build),
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    database = Database(settings)
    database.init_app(app)
    Services(settings, keys, database, MemoryBus()).init_app(app)
    for part in (i18n, security, health, accounts, consultations, pages, rooms, signalling):
        part.init_app(app)
    return app


def module_preloads(build: str) -> Callable[..., Markup]:
    """Return what templates call to announce every module behind some entries (`modulepreload`)."""

    @cache
    def links(*entries: str) -> Markup:
        paths = assets.modules_behind(ROOT / "static", *entries)
        link = Markup('<link rel="modulepreload" href="/static/{}/{}">')
        return Markup("\n").join(link.format(build, path) for path in paths)

    return links
