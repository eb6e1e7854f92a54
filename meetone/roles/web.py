"""The web role: pages, API and signalling WebSockets on one gevent server."""

import logging
import signal
import socket

import gevent
from gevent.event import Event
from gevent.pool import Pool
from gevent.pywsgi import WSGIServer

from meetone import create_app
from meetone.accounts.setup import first_link
from meetone.config import Settings
from meetone.errors import StartError
from meetone.roles.http import RequestHandler
from meetone.roles.process import allow_many_connections, end_with_supervisor
from meetone.services import services
from meetone.signalling.refusals import Refusal
from meetone.signalling.websocket import close_all

logger = logging.getLogger(__name__)

CONNECTIONS = 10_000
BACKLOG = 1024
STOP_SECONDS = 5.0


def run_web(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT, then let every socket know and stop; return the exit status."""
    end_with_supervisor()
    allow_many_connections()
    app = create_app(settings)
    with app.app_context():
        services().database.upgrade()
        link = first_link(services())
    listener = listen(settings.host, settings.port)
    server = WSGIServer(
        listener,
        app,
        spawn=Pool(CONNECTIONS),
        log=None,
        error_log=logging.getLogger("meetone.http"),
        handler_class=RequestHandler,
    )

    stopped = Event()

    def stop() -> None:
        server.stop_accepting()
        close_all(Refusal.SERVER_RESTART)
        server.stop(timeout=STOP_SECONDS)
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, lambda: gevent.spawn(stop))
    server.start()
    announce(settings, listener, link)
    stopped.wait()
    return 0


def listen(host: str, port: int) -> socket.socket:
    """Open the listening socket.

    Raises:
        StartError: the address is taken or not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise StartError(f"{host} port {port}: {error.strerror}") from error
    listener.setblocking(False)
    return listener


def announce(settings: Settings, listener: socket.socket, link: str | None) -> None:
    """Print where to go, for the person who started MeetOne."""
    host, port = listener.getsockname()[:2]
    logger.info("web listens on %s port %s", host, port)
    address = settings.public_url if settings.port else f"http://{settings.host}:{port}"
    print(f"\n  MeetOne is ready: {address}", flush=True)
    if link is not None:
        print(f"  Set up the first account (this link works once): {link}\n", flush=True)
