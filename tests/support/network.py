"""The network of the tests: a namespace of their own, with no way out of it.

The tests move into a fresh network namespace before the first of them runs. Server, browsers and
peers are started from there and share it. Media so uses addresses that belong to nobody else, every
port is free, and a request to a third party has nowhere to go. The kernel removes the namespace
with the last process in it.
"""

import ctypes
import os
import shlex
import subprocess
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.waiting import wait_for

ADDRESS = "198.51.100.1"
"""Own address of the tests, reachable from every `Host` (RFC 5737)."""
ADDRESS_V6 = "2001:db8::1"
"""The same for IPv6 (RFC 3849)."""

CLONE_NEWNET = 0x40000000
NAMESPACE = Path("/proc/thread-self/ns/net")


class NetworkUnavailableError(Exception):
    """The process may not make a network namespace."""


def enter() -> None:
    """Move the calling thread, and all it starts from now on, into a namespace of its own.

    Raises:
        NetworkUnavailableError: neither root nor allowed to make one.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        reason = os.strerror(ctypes.get_errno())
        raise NetworkUnavailableError(
            f"These tests need a network namespace of their own ({reason}): run them as root."
        )
    _ip("link set lo up")
    # Browsers offer candidates only for interfaces with a route to everywhere, never for loopback.
    _ip("link add near type veth peer name far")
    _ip("link set far up")
    _ip("link set near up")
    _ip(f"address add {ADDRESS}/24 dev near")
    _ip(f"address add {ADDRESS_V6}/64 dev near nodad")
    _ip("route add default dev near")
    _ip("-6 route add default dev near")
    for resolver in _resolvers():
        # A question for a foreign name fails at once instead of waiting for an answer.
        _ip(f"route replace unreachable {resolver}")
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")


class Host:
    """A second machine on the network of the tests, whose cable can be pulled.

    It reaches `ADDRESS` and every other host. It lives as long as its holder process, which ends
    with the tests, however they end.
    """

    def __init__(self, number: int) -> None:
        """Connect the host by a cable of its own.

        Args:
            number: 0-63, distinguishes the hosts of one test; it gives the addresses.
        """
        gateway, self.address = (f"203.0.113.{number * 4 + last}" for last in (1, 2))
        self._holder = subprocess.Popen(
            ["unshare", "--net", "cat"],  # noqa: S607
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        wait_for(self._is_apart, "the namespace of a host")
        _ip(f"link add to{number} type veth peer name eth0 netns {self._holder.pid}")
        _ip(f"address add {gateway}/30 dev to{number}")
        _ip(f"link set to{number} up")
        self._ip("link set lo up")
        self._ip(f"address add {self.address}/30 dev eth0")
        self._gateway = gateway
        self.plug_in()

    def __enter__(self) -> Self:
        """Return the host itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Remove the host."""
        self.close()

    def plug_in(self) -> None:
        """Put the cable back; the routes that went with it come back too."""
        self._ip("link set eth0 up")
        self._ip(f"route replace default via {self._gateway}")

    def unplug(self) -> None:
        """Pull the cable: nothing comes in or goes out, and the host knows it."""
        self._ip("link set eth0 down")

    def prefix(self) -> list[str]:
        """Return the words that, put before a command, run it on this host."""
        return ["nsenter", f"--net=/proc/{self._holder.pid}/ns/net", "--"]

    def wrap(self, executable: str, folder: Path) -> Path:
        """Write a script into a folder that runs an executable on this host; return its path."""
        script = folder / f"{Path(executable).name}-{self.address}"
        command = shlex.join([*self.prefix(), executable])
        script.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        script.chmod(0o755)
        return script

    def close(self) -> None:
        """Remove the host; its cable goes with it."""
        self._holder.communicate(timeout=5)

    def _is_apart(self) -> bool:
        own = NAMESPACE.readlink()
        return Path(f"/proc/{self._holder.pid}/ns/net").readlink() != own

    def _ip(self, words: str) -> None:
        _run([*self.prefix(), "ip", *words.split()])


def _resolvers() -> list[str]:
    """Return the name servers of the machine, those on other machines only."""
    lines = Path("/etc/resolv.conf").read_text().splitlines()
    addresses = [words[1] for words in map(str.split, lines) if words[:1] == ["nameserver"]]
    return [a for a in addresses if not ip_address(a.partition("%")[0]).is_loopback]


def _ip(words: str) -> None:
    _run(["ip", *words.split()])


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
