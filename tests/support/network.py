"""The network of the tests: a namespace of their own, with no way out of it.

The tests move into a fresh network namespace before the first of them runs. Server, browsers and
peers are started from there and share it. Media so uses addresses that belong to nobody else, every
port is free, and a request to a third party has nowhere to go. The kernel removes the namespace
with the last process in it.
"""

import ctypes
import os
import shlex
import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
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
    ip("link set lo up")
    # Browsers offer candidates only for interfaces with a route to everywhere, never for loopback.
    ip("link add near type veth peer name far")
    ip("link set far up")
    ip("link set near up")
    ip(f"address add {ADDRESS}/24 dev near")
    ip(f"address add {ADDRESS_V6}/64 dev near nodad")
    ip("route add default dev near")
    ip("-6 route add default dev near")
    for resolver in _resolvers():
        # A question for a foreign name fails at once instead of waiting for an answer.
        ip(f"route replace unreachable {resolver}")
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")


@contextmanager
def without_udp() -> Iterator[None]:
    """Drop every datagram in the namespace of the tests, as a broken path does; TCP goes on."""
    nft = ["nft", "-f", "-"]
    run(
        nft,
        """
        add table inet outage
        add chain inet outage out { type filter hook output priority 0; }
        add rule inet outage out meta l4proto udp drop
        """,
    )
    try:
        yield
    finally:
        run(nft, "delete table inet outage\n")


class Namespace:
    """A network of its own, without a name: it lives as long as its holder process.

    The holder ends with the tests, however they end, and the kernel then removes every cable in it.
    """

    def __init__(self) -> None:
        """Make it; there is only the loopback in it, which is up."""
        self._holder = subprocess.Popen(
            ["unshare", "--net", "cat"],  # noqa: S607
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        wait_for(self._is_apart, "the namespace of a host")
        self.ip("link set lo up")

    def __enter__(self) -> Self:
        """Return the namespace itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Remove the namespace."""
        self.close()

    @property
    def pid(self) -> int:
        """Process id of the holder, by which the namespace is named to `ip`."""
        return self._holder.pid

    @property
    def path(self) -> Path:
        """File that stands for the namespace."""
        return Path(f"/proc/{self.pid}/ns/net")

    def prefix(self) -> list[str]:
        """Return the words that, put before a command, run it in here."""
        return ["nsenter", f"--net={self.path}", "--"]

    def ip(self, words: str) -> None:
        """Run a command of iproute2's `ip` in here."""
        self.run(["ip", *words.split()])

    def run(self, command: list[str], stdin: str = "") -> None:
        """Run a command in here.

        Raises:
            CalledProcessError: its exit code was not 0.
        """
        run([*self.prefix(), *command], stdin)

    def wrap(self, executable: str, folder: Path) -> Path:
        """Write a script into a folder that runs an executable in here; return its path."""
        script = folder / f"{Path(executable).name}-{self.pid}"
        command = shlex.join([*self.prefix(), executable])
        script.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        script.chmod(0o755)
        return script

    def connect(self, host: str, port: int) -> socket.socket:
        """Return a connection that was made in here; it stays in here, whoever holds it."""
        made: Future[socket.socket] = Future()

        def make() -> None:
            # Only the calling thread moves, and it ends here.
            with self.path.open() as namespace:
                libc = ctypes.CDLL(None, use_errno=True)
                if libc.setns(namespace.fileno(), CLONE_NEWNET) != 0:
                    raise OSError(ctypes.get_errno(), "setns")
            made.set_result(socket.create_connection((host, port)))

        def attempt() -> None:
            try:
                make()
            except OSError as error:
                made.set_exception(error)

        thread = threading.Thread(target=attempt)
        thread.start()
        thread.join()
        return made.result()

    def close(self) -> None:
        """Remove the namespace; its cables go with it."""
        self._holder.communicate(timeout=5)

    def _is_apart(self) -> bool:
        return self.path.readlink() != NAMESPACE.readlink()


class Host(Namespace):
    """A second machine on the network of the tests, whose cable can be pulled.

    It reaches `ADDRESS` and every other host.
    """

    def __init__(self, number: int) -> None:
        """Connect the host by a cable of its own.

        Args:
            number: 0-63, distinguishes the hosts of one test; it gives the addresses.
        """
        super().__init__()
        self._gateway, self.address = (f"203.0.113.{number * 4 + last}" for last in (1, 2))
        ip(f"link add to{number} type veth peer name eth0 netns {self.pid}")
        ip(f"address add {self._gateway}/30 dev to{number}")
        ip(f"link set to{number} up")
        self.ip(f"address add {self.address}/30 dev eth0")
        self.plug_in()

    def plug_in(self) -> None:
        """Put the cable back; the routes that went with it come back too."""
        self.ip("link set eth0 up")
        self.ip(f"route replace default via {self._gateway}")

    def unplug(self) -> None:
        """Pull the cable: nothing comes in or goes out, and the host knows it."""
        self.ip("link set eth0 down")


def _resolvers() -> list[str]:
    """Return the name servers of the machine, those on other machines only."""
    lines = Path("/etc/resolv.conf").read_text().splitlines()
    addresses = [words[1] for words in map(str.split, lines) if words[:1] == ["nameserver"]]
    return [a for a in addresses if not ip_address(a.partition("%")[0]).is_loopback]


def ip(words: str) -> None:
    """Run a command of iproute2's `ip` in the namespace of the tests."""
    run(["ip", *words.split()])


def run(command: list[str], stdin: str = "") -> None:
    """Run a command in the namespace of the tests.

    Raises:
        CalledProcessError: its exit code was not 0.
    """
    subprocess.run(command, check=True, capture_output=True, text=True, input=stdin)
