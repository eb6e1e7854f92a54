"""The stun role: our STUN server in a process of its own."""

import signal

import gevent
from gevent.event import Event

from meetone.config import Settings
from meetone.roles.process import allow_many_connections, end_with_supervisor
from meetone.stun.server import StunServer


def run_stun(settings: Settings) -> int:
    """Serve STUN until SIGTERM or SIGINT; return the exit status."""
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, stopped.set)
    end_with_supervisor()
    allow_many_connections()
    server = StunServer(settings.stun_addresses())
    server.start()
    stopped.wait()
    server.stop()
    return 0
