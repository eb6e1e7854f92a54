"""Serve STUN alone, for tests; `StunProcess` starts this program.

The only argument is JSON: `addresses` as `StunServer` takes them, `bounds` overrides `TcpBounds`,
`descriptors` is how many files the process may open (null: as many as usual).

It prints the bound addresses as one line of JSON, answers until SIGTERM, and then prints what it
counted as a second one.
"""

from gevent import monkey  # noqa: TID251  # this program is an edge, like app.py

monkey.patch_all()

import json  # noqa: E402  # only after the patching
import logging  # noqa: E402
import resource  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
from dataclasses import asdict  # noqa: E402

import gevent  # noqa: E402, TID251
from gevent.event import Event  # noqa: E402, TID251

from meetone.stun.server import StunServer  # noqa: E402
from meetone.stun.tcp import TcpBounds  # noqa: E402


def main(addresses: list[tuple[str, int]], bounds: TcpBounds, descriptors: int | None) -> None:
    logging.basicConfig(level=logging.INFO)
    if descriptors is not None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
    server = StunServer(addresses, bounds)
    stopped = Event()
    gevent.signal_handler(signal.SIGTERM, stopped.set)
    server.start()
    print(json.dumps(server.bound), flush=True)
    stopped.wait()
    server.stop()
    print(json.dumps(asdict(server.counters) | {"tcp_connections": server.tcp_connections}))


if __name__ == "__main__":
    options = json.loads(sys.argv[1])
    main(
        [(address, port) for address, port in options["addresses"]],
        TcpBounds(**options["bounds"]),
        options["descriptors"],
    )
