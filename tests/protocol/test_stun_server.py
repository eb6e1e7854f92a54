"""Starting and stopping the STUN server."""

import socket
import subprocess
import sys

import pytest

from meetone.errors import StartError
from meetone.stun.sockets import open_sockets
from tests.protocol.stun_process import (
    ROOT,
    StunProcess,
    ask,
    binding_request,
    mapped_address,
    own_address,
    tcp_client,
    transaction_number,
    udp_client,
)
from tests.support import network
from tests.support.waiting import TIMEOUT_SCALE

ANY_TCP = b"GET / HTTP/1.1\r\n\r\n"


def test_every_address_is_served_by_udp_and_tcp() -> None:
    with StunProcess("127.0.0.1", "127.0.0.2", "::1") as server:
        assert [address for address, _ in server.bound] == ["127.0.0.1", "127.0.0.2", "::1"]
        for address, port in server.bound:
            for connect in (udp_client, tcp_client):
                with connect(address, port) as client:
                    assert mapped_address(ask(client, binding_request())) == own_address(client)


def test_stop_closes_connections_and_tells_what_was_counted() -> None:
    with (
        StunProcess("127.0.0.1") as server,
        udp_client("127.0.0.1", server.port) as datagrams,
        tcp_client("127.0.0.1", server.port) as stream,
    ):
        datagrams.send(b"hello")
        ask(datagrams, binding_request())
        ask(stream, binding_request())

        counters = server.stop()

        assert stream.recv(1) == b""
        assert counters == {
            "received": 3,
            "responses": 2,
            "errors_420": 0,
            "discarded": 1,
            "unsent": 0,
            "tcp_accepted": 1,
            "tcp_refused": 0,
            "tcp_accept_failures": 0,
            "tcp_connections": 0,
        }


def test_log_names_own_addresses_and_no_client() -> None:
    with StunProcess("127.0.0.1") as server:
        with tcp_client("127.0.0.1", server.port, own="127.0.0.3") as client:
            assert transaction_number(ask(client, binding_request(1))) == 1
            client.sendall(ANY_TCP)
            assert client.recv(1) == b""
        server.stop()

        assert server.log() == (
            f"INFO:meetone.stun.server:STUN answers on 127.0.0.1 port {server.port}, UDP and TCP\n"
        )


class TestSockets:
    @pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
    def test_taken_port_raises_with_address_and_reason(self, kind: socket.SocketKind) -> None:
        with socket.socket(socket.AF_INET, kind) as other:
            other.bind(("127.0.0.1", 0))
            port = other.getsockname()[1]

            with pytest.raises(StartError) as raised:
                open_sockets([("127.0.0.1", port)])

        expected = f"STUN cannot listen on 127.0.0.1 port {port}: Address already in use"
        assert str(raised.value) == expected

    def test_address_of_another_machine_raises_and_keeps_none(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]

        with pytest.raises(StartError) as raised:
            open_sockets([("127.0.0.1", port), ("192.0.2.1", port)])

        expected = f"STUN cannot listen on 192.0.2.1 port {port}: Cannot assign requested address"
        assert str(raised.value) == expected
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as again:
            again.bind(("127.0.0.1", port))

    def test_machine_without_ipv6_serves_ipv4(self) -> None:
        with network.Host(40) as host:
            without_ipv6 = "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6"
            subprocess.run([*host.prefix(), "sh", "-c", without_ipv6], check=True)

            with StunProcess("127.0.0.1", "::1", prefix=host.prefix()) as server:
                assert [address for address, _ in server.bound] == ["127.0.0.1"]
                assert "port 0: Cannot assign requested address" in server.log()
                server.stop()


def test_vital_greenlet_that_fails_ends_the_process() -> None:
    program = (
        "import gevent; from meetone.stun.vital import spawn_vital\n"
        "spawn_vital(lambda: [].pop()); gevent.sleep(60)"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30 * TIMEOUT_SCALE,
    )

    assert ended.returncode == 1
    assert ended.stderr.endswith("IndexError: pop from empty list\n")
