"""A relay of the operator's: Debian's coturn on the public side of the lab."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support import network

RELAY_PORTS = ("--min-port=49160", "--max-port=49259")


@contextmanager
def turn_server(port: int, secret: str) -> Iterator[None]:
    """Run a TURN server that takes the credentials made with a secret."""
    program = shutil.which("turnserver")
    assert program, "coturn is missing"
    process = subprocess.Popen(
        [
            program,
            *("-n", "--log-file=stdout", "--no-tls", "--no-dtls", "--no-cli", "--pidfile="),
            *(f"--listening-ip={network.ADDRESS}", f"--listening-port={port}", *RELAY_PORTS),
            *("--use-auth-secret", f"--static-auth-secret={secret}", "--realm=lab"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()
