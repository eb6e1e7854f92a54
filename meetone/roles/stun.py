"""The stun role: our STUN server in a process of its own."""

import logging
import signal
import socket

import gevent
from gevent.event import Event

from meetone.config import Settings
from meetone.roles.process import end_with_supervisor
from meetone.stun.server import StunServer

logger = logging.getLogger(__name__)


def run_stun(settings: Settings) -> int:
    """Serve STUN until SIGTERM or SIGINT; return the exit status."""
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, stopped.set)
    end_with_supervisor()
    addresses = [pair for pair in settings.stun_addresses() if can_listen_on(pair[0])]
    server = StunServer(addresses)
    server.start()
    for host, port in addresses:
        logger.info("STUN listens on %s port %s, UDP and TCP", host, port)
    stopped.wait()
    server.stop()
    return 0


def can_listen_on(address: str) -> bool:
    """Tell whether this machine speaks the address's family; one without IPv6 still serves IPv4."""
    if ":" not in address:
        return True
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind((address, 0))
    except OSError:
        logger.info("STUN does not listen on %s: this machine has no such address", address)
        return False
    return True
