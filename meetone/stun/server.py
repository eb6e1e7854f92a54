"""Serve STUN on sockets (RFC 8489 Section 12)."""

import logging
from collections.abc import Sequence

import gevent

from meetone.stun.connection_limit import ConnectionLimit
from meetone.stun.counters import Counters
from meetone.stun.sockets import open_sockets
from meetone.stun.tcp import TcpBounds, TcpEndpoint
from meetone.stun.udp import UdpEndpoint

logger = logging.getLogger(__name__)


class StunServer:
    """Answer Binding requests over UDP and TCP on every address given.

    Attributes:
        counters: What was done since the start.
    """

    def __init__(
        self, addresses: Sequence[tuple[str, int]], tcp_bounds: TcpBounds | None = None
    ) -> None:
        """Describe a server; nothing is opened before `start`.

        Args:
            addresses: IPv4 and IPv6 addresses with ports, wildcards included; port 0 stands for
                any that is free.
            tcp_bounds: Other bounds for TCP clients than the usual.
        """
        self.counters = Counters()
        self._addresses = tuple(addresses)
        self._bounds = tcp_bounds or TcpBounds()
        self._limit = ConnectionLimit(self._bounds.connections, self._bounds.connections_per_client)
        self._bound: tuple[tuple[str, int], ...] = ()
        self._endpoints: list[UdpEndpoint | TcpEndpoint] = []

    @property
    def bound(self) -> tuple[tuple[str, int], ...]:
        """Addresses and ports that are served, both by UDP and TCP; empty unless started."""
        return self._bound

    @property
    def tcp_connections(self) -> int:
        """Number of TCP connections that are open now."""
        return self._limit.open

    def start(self) -> None:
        """Open all sockets and return; answering goes on in greenlets.

        Raises:
            StartError: An address cannot be had; then nothing is open.
        """
        pairs = open_sockets(self._addresses)
        for udp, tcp in pairs:
            self._endpoints.append(UdpEndpoint(udp, self.counters))
            self._endpoints.append(TcpEndpoint(tcp, self._bounds, self._limit, self.counters))
        self._bound = tuple(udp.getsockname()[:2] for udp, _ in pairs)
        for address, port in self._bound:
            logger.info("STUN answers on %s port %d, UDP and TCP", address, port)

    def stop(self) -> None:
        """Send what is under way and close everything; takes a few seconds at most."""
        gevent.joinall([gevent.spawn(endpoint.stop) for endpoint in self._endpoints])
        self._endpoints.clear()
        self._bound = ()
