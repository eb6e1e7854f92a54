"""A STUN server in a process of its own, and a client that says exactly what it is told to say."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from meetone.stun.addresses import TransportAddress, XorMappedAddress
from meetone.stun.attributes import AttributeType, TransactionId
from meetone.stun.message import Message, MessageClass, Method
from tests.support.waiting import TIMEOUT_SCALE

PROGRAM = Path(__file__).with_name("stun_main.py")
ROOT = PROGRAM.parents[2]
CLIENT_SECONDS = 5 * TIMEOUT_SCALE
STOP_SECONDS = 10 * TIMEOUT_SCALE


class StunProcess:
    """A context manager: entering starts the server, leaving stops it."""

    def __init__(
        self,
        *addresses: str,
        port: int = 0,
        bounds: Mapping[str, float] | None = None,
        descriptors: int | None = None,
        prefix: Sequence[str] = (),
    ) -> None:
        """Describe the server; `prefix` is put before its command."""
        options = {
            "addresses": [(address, port) for address in addresses],
            "bounds": bounds or {},
            "descriptors": descriptors,
        }
        self._command = [*prefix, sys.executable, str(PROGRAM), json.dumps(options)]
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Start the server and wait until its sockets are open."""
        self._log = self._open.enter_context(tempfile.TemporaryFile(mode="w+"))
        self._process = self._open.enter_context(
            subprocess.Popen(
                self._command,
                stdout=subprocess.PIPE,
                stderr=self._log,
                text=True,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
            )
        )
        self._open.callback(self._process.kill)
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            reason = self.log()
            self._open.close()
            raise AssertionError(f"the STUN server did not start: {reason}")
        self.bound: list[tuple[str, int]] = [(address, port) for address, port in json.loads(line)]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the server, unless the test has done it; show what it logged if the test failed."""
        if error is not None:
            error.add_note(f"The STUN server logged: {self.log() or 'nothing'}")
        self._open.close()

    @property
    def port(self) -> int:
        """Port of the only address."""
        ((_, port),) = self.bound
        return port

    def stop(self) -> dict[str, int]:
        """End the server as its supervisor does and return what it counted."""
        self._process.send_signal(signal.SIGTERM)
        counters, _ = self._process.communicate(timeout=STOP_SECONDS)
        assert self._process.returncode == 0, self.log()
        result: dict[str, int] = json.loads(counters)
        return result

    def open_descriptors(self) -> int:
        """Return how many files and sockets the server holds."""
        return len(os.listdir(f"/proc/{self._process.pid}/fd"))

    def log(self) -> str:
        """Return what the server has logged so far."""
        self._log.seek(0)
        return self._log.read()


def binding_request(number: int = 0, *, fingerprint: bool = False) -> bytes:
    """Encode a request; `number` makes its transaction id."""
    transaction_id = TransactionId(number.to_bytes(12, "big"))
    return Message(
        MessageClass.REQUEST, Method.BINDING, transaction_id, fingerprint=fingerprint
    ).encode()


def udp_client(server: str, port: int, own: str = "") -> socket.socket:
    """Open a UDP socket that hears only from the address and port it asks."""
    client = socket.socket(_family(server), socket.SOCK_DGRAM)
    client.settimeout(CLIENT_SECONDS)
    if own:
        client.bind((own, 0))
    client.connect((server, port))
    return client


def tcp_client(server: str, port: int, own: str = "") -> socket.socket:
    """Open a TCP connection, from the address `own` if given."""
    return socket.create_connection(
        (server, port), CLIENT_SECONDS, source_address=(own, 0) if own else None
    )


def ask(client: socket.socket, request: bytes) -> Message:
    """Send a request and return the response, the first thing that comes back."""
    client.sendall(request)
    return receive(client)


def receive(client: socket.socket) -> Message:
    """Return the next response, over UDP or TCP."""
    if client.type == socket.SOCK_DGRAM:
        return Message.decode(client.recv(2048))
    header = receive_exactly(client, 20)
    return Message.decode(header + receive_exactly(client, int.from_bytes(header[2:4], "big")))


def receive_exactly(client: socket.socket, size: int) -> bytes:
    """Return the next bytes of a connection."""
    data = b""
    while len(data) < size:
        piece = client.recv(size - len(data))
        assert piece, f"the server closed the connection after {data!r}"
        data += piece
    return data


def own_address(client: socket.socket) -> TransportAddress:
    """Return the transport address that a server on this machine must see."""
    return TransportAddress.of_socket(client.getsockname())


def mapped_address(response: Message) -> TransportAddress:
    """Return what a success response says, which is XOR-MAPPED-ADDRESS first."""
    assert response.message_class == MessageClass.SUCCESS_RESPONSE
    mapped = response.attributes[0]
    assert mapped.type == AttributeType.XOR_MAPPED_ADDRESS
    return XorMappedAddress.decode(mapped.value, response.transaction_id).address


def transaction_number(response: Message) -> int:
    """Return the number of the request that is answered."""
    return int.from_bytes(response.transaction_id, "big")


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET
