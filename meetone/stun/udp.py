"""Answer STUN over UDP (RFC 8489 Section 6.2.1)."""

import gevent
from gevent import socket

from meetone.stun.addresses import TransportAddress
from meetone.stun.counters import Counters
from meetone.stun.message import MAX_MESSAGE_BYTES
from meetone.stun.pktinfo import ANCILLARY_BYTES, answering_from_destination, request_pktinfo
from meetone.stun.responder import respond
from meetone.stun.vital import spawn_vital

BURST_DATAGRAMS = 64
"""Datagrams read per wake-up; then all other sockets have their turn.

What arrives faster than it is answered waits in the kernel's buffer and is dropped there.
"""

_READABLE = 1
_READ_BYTES = MAX_MESSAGE_BYTES + 1  # One more, so that too long a datagram cannot seem to fit.


class UdpEndpoint:
    """Serve one UDP socket in one greenlet.

    A datagram is answered where it is read, not in a greenlet of its own: an answer takes
    microseconds and never waits. There is no limit per source, because a source can be forged and
    a limit would let anyone lock out anyone.
    """

    def __init__(self, sock: socket.socket, counters: Counters) -> None:
        """Take over a bound socket and begin to answer."""
        sock.setblocking(False)
        request_pktinfo(sock)
        self._socket = sock
        self._counters = counters
        self._loop = spawn_vital(self._serve)

    def stop(self) -> None:
        """Answer what has arrived already, one burst at most, and close the socket."""
        self._loop.kill()
        self._answer_burst()
        self._socket.close()

    def _serve(self) -> None:
        hub = gevent.get_hub()
        readable = hub.loop.io(self._socket.fileno(), _READABLE)
        try:
            while True:
                hub.wait(readable)
                self._answer_burst()
        finally:
            readable.close()

    def _answer_burst(self) -> None:
        for _ in range(BURST_DATAGRAMS):
            try:
                datagram, ancillary, _, name = self._socket.recvmsg(_READ_BYTES, ANCILLARY_BYTES)
            except OSError:
                # Mostly nothing left to read; otherwise an ICMP error about one client, which is
                # gone with having been reported.
                return
            response = respond(datagram, TransportAddress.of_socket(name))
            self._counters.count(response)
            if response is not None:
                self._send(response, answering_from_destination(ancillary), name)

    def _send(
        self,
        response: bytes,
        ancillary: list[tuple[int, int, bytes]],
        name: tuple[str, int, *tuple[int, ...]],
    ) -> None:
        """Send once or not at all: a client that gets no response asks again (Section 6.2.1)."""
        try:
            self._socket.sendmsg([response], ancillary, 0, name)
        except OSError:
            self._counters.unsent += 1
