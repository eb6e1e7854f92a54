"""Let a response leave from the address that was asked (RFC 8489 Section 6.3.1.2).

A socket bound to 0.0.0.0 or :: hears every address of its host, but sends from the one that the
routing table prefers. Where that is another, the client's NAT has never heard of it and drops the
response. So the kernel is asked to say with each datagram for which address it came (IP_PKTINFO,
RFC 3542 Section 6.1 for IPv6), and told the same when the response goes out.
"""

import socket
from struct import Struct

ANCILLARY_BYTES = 128
"""Room for one of the messages below with its header (16 bytes on 64-bit machines)."""

_IP_PKTINFO = 8  # <linux/in.h>; Python 3.11 names only those of IPv6.
_PKTINFO = Struct("=i4s4s")  # struct in_pktinfo: interface, own address, destination in the header
_PKTINFO6 = Struct("=16si")  # struct in6_pktinfo: own address, interface
_ANY_INTERFACE = 0

Ancillary = list[tuple[int, int, bytes]]


def request_pktinfo(sock: socket.socket) -> None:
    """Have the kernel add the destination address to every datagram that `sock` receives."""
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    else:
        sock.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)


def answering_from_destination(received: Ancillary) -> Ancillary:
    """Turn what `recvmsg` received into what `sendmsg` needs; empty if there is no address in it.

    The interface is left to the routing table: a response need not leave where the request came in.
    """
    for level, kind, data in received:
        if (level, kind) == (socket.IPPROTO_IP, _IP_PKTINFO):
            _, own, _ = _PKTINFO.unpack(data)
            return [(level, kind, _PKTINFO.pack(_ANY_INTERFACE, own, bytes(4)))]
        if (level, kind) == (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO):
            own, _ = _PKTINFO6.unpack(data)
            return [(level, kind, _PKTINFO6.pack(own, _ANY_INTERFACE))]
    return []
