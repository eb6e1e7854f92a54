"""Open the sockets of the STUN server."""

import errno
import logging
import os
from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address

from gevent import socket

from meetone.errors import StartError

logger = logging.getLogger(__name__)

SHARED_PORT_ATTEMPTS = 16
"""How often to look for a port that is free for both UDP and TCP, when any port will do."""

_IPV6_MISSING = (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL)


def open_sockets(
    addresses: Sequence[tuple[str, int]],
) -> list[tuple[socket.socket, socket.socket]]:
    """Bind a UDP and a TCP socket to every address.

    Other processes of the same user may bind the same ports (SO_REUSEPORT); the kernel then
    distributes the clients. An IPv6 socket takes IPv6 only, so that each family is bound by name.

    Containers often have no IPv6 at all, not even ::1. That is no reason not to start, so the
    addresses that come from a default (:: and ::1) may be missing as long as another is served.

    Args:
        addresses: IP addresses with ports; port 0 stands for any port free on both protocols.

    Returns:
        Pairs of UDP and TCP socket, non-blocking, the latter not yet listening.

    Raises:
        StartError: An address cannot be had; then none is kept.
    """
    pairs: list[tuple[socket.socket, socket.socket]] = []
    failure = StartError("STUN has no address to listen on")
    for address, port in addresses:
        try:
            pairs.append(_open_pair(address, port))
        except OSError as error:
            failure = StartError(
                f"STUN cannot listen on {address} port {port}: {os.strerror(error.errno or 0)}"
            )
            if not missing_ipv6(address, error.errno):
                _close(pairs)
                raise failure from error
            logger.warning("%s; this machine seems to have no IPv6", failure)
    if not pairs:
        raise failure
    return pairs


def missing_ipv6(address: str, reason: int | None) -> bool:
    """Tell whether binding failed (`reason` is an errno) only because there is no IPv6 here."""
    ip = ip_address(address)
    return (
        isinstance(ip, IPv6Address)
        and (ip.is_unspecified or ip.is_loopback)
        and reason in _IPV6_MISSING
    )


def _open_pair(address: str, port: int) -> tuple[socket.socket, socket.socket]:
    attempts_left = SHARED_PORT_ATTEMPTS if port == 0 else 1
    while True:
        attempts_left -= 1
        udp = _open(socket.SOCK_DGRAM, address, port)
        try:
            return udp, _open(socket.SOCK_STREAM, address, udp.getsockname()[1])
        except OSError:
            udp.close()
            if not attempts_left:
                raise


def _open(kind: socket.SocketKind, address: str, port: int) -> socket.socket:
    ipv6 = isinstance(ip_address(address), IPv6Address)
    family = socket.AF_INET6 if ipv6 else socket.AF_INET
    sock = socket.socket(family, kind)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if ipv6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((address, port))
    except OSError:
        sock.close()
        raise
    return sock


def _close(pairs: list[tuple[socket.socket, socket.socket]]) -> None:
    for pair in pairs:
        for sock in pair:
            sock.close()
