"""A line of any length: packets come out as late as told (this kernel need not have netem).

Run as a program it is the line itself: a TUN device that gives back what it was given. `delayed`
routes everything between sites and server over it.
"""

import argparse
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from tests.lab.topology import Site
from tests.support.network import ip, run

DEVICE = "line"
TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
PACKET_BYTES = 65536
PACKETS_AT_ONCE = 64
LONGEST_WAIT_SECONDS = 1.0
TABLE = 100


@contextmanager
def delayed(sites: tuple[Site, ...], milliseconds: float, jitter: float) -> Iterator[None]:
    """Delay every packet between two sites, and between a site and the server.

    Args:
        sites: whose cables lead over the line.
        milliseconds: one way; a round trip takes twice as long.
        jitter: up to so many milliseconds less or more for each packet, so that some overtake others.
    """
    arguments = ["--delay", str(milliseconds), "--jitter", str(jitter)]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.lab.delay_line", *arguments], stdout=subprocess.PIPE
    ) as line:
        assert line.stdout is not None
        try:
            assert line.stdout.readline() == b"ready\n", "the delay line did not start"
            with _over_the_line([site.cable for site in sites]):
                yield
        finally:
            line.terminate()


@contextmanager
def _over_the_line(cables: list[str]) -> Iterator[None]:
    ip(f"link set {DEVICE} up")
    ip(f"route add default dev {DEVICE} table {TABLE}")
    # What the server says comes out of the line with an address of this very machine.
    run(["sysctl", "-qw", f"net.ipv4.conf.{DEVICE}.accept_local=1"])
    rules = [*(f"iif {cable}" for cable in cables), "iif lo to 203.0.113.0/24"]
    # The table `local` comes first of all; what is meant for the server would never see the line.
    ip("rule add pref 20 lookup local")
    ip("rule delete pref 0")
    for rule in rules:
        ip(f"rule add pref 10 {rule} lookup {TABLE}")
    try:
        yield
    finally:
        for _ in rules:
            ip("rule delete pref 10")
        ip("rule add pref 0 lookup local")
        ip("rule delete pref 20")


def _carry(device: int, delay: float, jitter: float) -> None:
    """Give back every packet after `delay` seconds, `jitter` less or more; never return."""
    waiting: list[tuple[float, int, bytes]] = []
    numbers = count()
    readable = select.poll()
    readable.register(device, select.POLLIN)
    while True:
        wait = waiting[0][0] - time.monotonic() if waiting else LONGEST_WAIT_SECONDS
        if readable.poll(max(0.0, wait) * 1000):
            for packet in _read(device):
                due = time.monotonic() + delay + random.uniform(-jitter, jitter)
                heapq.heappush(waiting, (due, next(numbers), packet))
        while waiting and waiting[0][0] <= time.monotonic():
            os.write(device, heapq.heappop(waiting)[2])


def _read(device: int) -> Iterator[bytes]:
    for _ in range(PACKETS_AT_ONCE):
        try:
            yield os.read(device, PACKET_BYTES)
        except BlockingIOError:
            return


def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--delay", type=float, required=True, help="milliseconds")
    parser.add_argument("--jitter", type=float, required=True, help="milliseconds")
    options = parser.parse_args()
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", DEVICE.encode(), IFF_TUN | IFF_NO_PI))
    print("ready", flush=True)
    _carry(device, options.delay / 1000, options.jitter / 1000)


if __name__ == "__main__":
    _main()
