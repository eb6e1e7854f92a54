"""Answer STUN over TCP (RFC 8489 Section 6.2.2)."""

from dataclasses import dataclass
from time import monotonic

import gevent
from gevent import socket
from gevent.pool import Group

from meetone.limits import client_network
from meetone.stun.addresses import TransportAddress
from meetone.stun.connection_limit import ConnectionLimit
from meetone.stun.counters import Counters
from meetone.stun.framing import MessageStream
from meetone.stun.responder import respond
from meetone.stun.vital import spawn_vital

BACKLOG_CONNECTIONS = 128
ACCEPT_RETRY_SECONDS = 0.1
STOP_SECONDS = 2.0

_READ_BYTES = 2048


@dataclass(frozen=True, slots=True)
class TcpBounds:
    """Bound what TCP clients can occupy.

    Attributes:
        connections: Open at the same time, of all clients together.
        connections_per_client: The same of one IPv4 address or one IPv6 /64.
        idle_seconds: How long a connection may go without a complete message. Single bytes do not
            prolong it.
        write_seconds: How long a client may take to receive the responses to what was read at once.
    """

    connections: int = 1000
    connections_per_client: int = 20
    idle_seconds: float = 10.0
    write_seconds: float = 10.0


class TcpEndpoint:
    """Serve one listening socket: one greenlet accepts, one per connection answers.

    All waiting is for one client only and has an end. Each loop also gives way after every read
    and every accept, since gevent's calls return at once while there is something to return.
    """

    def __init__(
        self, sock: socket.socket, bounds: TcpBounds, limit: ConnectionLimit, counters: Counters
    ) -> None:
        """Take over a bound socket and begin to accept.

        Args:
            sock: Bound, not yet listening.
            bounds: Times of one connection.
            limit: Shared by all endpoints of the process.
            counters: Shared likewise.
        """
        sock.listen(BACKLOG_CONNECTIONS)
        self._socket = sock
        self._bounds = bounds
        self._limit = limit
        self._counters = counters
        self._connections: set[socket.socket] = set()
        self._conversations = Group()
        self._loop = spawn_vital(self._accept)

    def stop(self) -> None:
        """Accept no more, send the responses under way, and close every connection.

        With its receiving side shut down a connection ends as if the client had closed it. Those
        that do not within `STOP_SECONDS` are cut.
        """
        self._loop.kill()
        self._socket.close()
        for connection in tuple(self._connections):
            try:
                connection.shutdown(socket.SHUT_RD)
            except OSError:
                continue  # The client was faster.
        self._conversations.join(STOP_SECONDS)
        self._conversations.kill()

    def _accept(self) -> None:
        while True:
            try:
                connection, name = self._socket.accept()
            except OSError:
                # The client has gone again, or we are out of file descriptors: then it stays in
                # the backlog until a connection ends, which idle ones soon do.
                self._counters.tcp_accept_failures += 1
                gevent.sleep(ACCEPT_RETRY_SECONDS)
                continue
            self._admit(connection, client_network(name[0]), TransportAddress.of_socket(name))
            gevent.sleep(0)

    def _admit(self, connection: socket.socket, client: str, source: TransportAddress) -> None:
        if not self._limit.take(client):
            self._counters.tcp_refused += 1
            connection.close()
            return
        self._counters.tcp_accepted += 1
        self._connections.add(connection)
        self._conversations.spawn(self._hold, connection, client, source)

    def _hold(self, connection: socket.socket, client: str, source: TransportAddress) -> None:
        try:
            self._converse(connection, source)
        except OSError:
            pass  # Idle, not reading, or gone: whatever happened to one client ends here.
        finally:
            self._connections.discard(connection)
            self._limit.release(client)
            connection.close()

    def _converse(self, connection: socket.socket, source: TransportAddress) -> None:
        """Answer until the client closes, is idle too long or sends something else than STUN."""
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream = MessageStream()
        deadline = monotonic() + self._bounds.idle_seconds
        while not stream.broken and (seconds_left := deadline - monotonic()) > 0:
            connection.settimeout(seconds_left)
            data = connection.recv(_READ_BYTES)
            if not data:
                return
            messages = stream.feed(data)
            if messages:
                deadline = monotonic() + self._bounds.idle_seconds
                self._answer(connection, messages, source)
            gevent.sleep(0)

    def _answer(
        self, connection: socket.socket, messages: list[bytes], source: TransportAddress
    ) -> None:
        responses = [respond(message, source) for message in messages]
        for response in responses:
            self._counters.count(response)
        connection.settimeout(self._bounds.write_seconds)
        connection.sendall(b"".join(response for response in responses if response is not None))
