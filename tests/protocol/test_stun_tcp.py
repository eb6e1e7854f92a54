"""STUN over TCP as a client sees it (RFC 8489 Section 6.2.2)."""

import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack
from time import monotonic

import pytest

from meetone.stun.tcp import TcpBounds
from tests.protocol.stun_process import (
    StunProcess,
    ask,
    binding_request,
    mapped_address,
    own_address,
    receive,
    tcp_client,
    transaction_number,
    udp_client,
)
from tests.support.waiting import TIMEOUT_SCALE, wait_for

DESCRIPTORS = 32
IDLE_SECONDS = 0.6 * TIMEOUT_SCALE
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@pytest.fixture(scope="module")
def stun() -> Iterator[StunProcess]:
    with StunProcess("127.0.0.1") as process:
        yield process


@pytest.fixture(scope="module")
def impatient() -> Iterator[StunProcess]:
    with StunProcess("127.0.0.1", bounds={"idle_seconds": IDLE_SECONDS}) as process:
        yield process


def is_served(client: socket.socket) -> bool:
    """Tell whether a new connection is answered, or closed at once."""
    try:
        client.sendall(binding_request())
        return client.recv(2048) != b""
    except ConnectionResetError:
        return False


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_request_is_told_its_transport_address(address: str) -> None:
    with StunProcess(address) as stun, tcp_client(address, stun.port) as client:
        response = ask(client, binding_request(7))

        assert mapped_address(response) == own_address(client)
        assert transaction_number(response) == 7


def test_bounds_are_the_published_ones() -> None:
    assert TcpBounds() == TcpBounds(
        connections=1000, connections_per_client=20, idle_seconds=10, write_seconds=10
    )


class TestFraming:
    def test_request_in_single_bytes_is_answered(self, stun: StunProcess) -> None:
        with tcp_client("127.0.0.1", stun.port) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in binding_request(3, fingerprint=True):
                client.sendall(bytes([byte]))

            assert transaction_number(receive(client)) == 3

    def test_pipelined_requests_are_answered_in_order(self, stun: StunProcess) -> None:
        with tcp_client("127.0.0.1", stun.port) as client:
            client.sendall(b"".join(map(binding_request, range(300))))

            answered = [transaction_number(receive(client)) for _ in range(300)]

        assert answered == list(range(300))

    def test_request_before_half_close_is_answered_and_closed(self, stun: StunProcess) -> None:
        with tcp_client("127.0.0.1", stun.port) as client:
            client.sendall(binding_request(4))
            client.shutdown(socket.SHUT_WR)

            assert transaction_number(receive(client)) == 4
            assert client.recv(1) == b""

    def test_malformed_message_gets_silence_and_the_next_an_answer(self, stun: StunProcess) -> None:
        cut_attribute = bytes.fromhex("0001 0004 2112a442") + bytes(12) + b"\x80\x22\x00\x09"

        with tcp_client("127.0.0.1", stun.port) as client:
            client.sendall(cut_attribute)

            assert transaction_number(ask(client, binding_request(5))) == 5

    @pytest.mark.parametrize(
        "ending", [b"GET / HTTP/1.1\r\n\r\n", b"\x00\x01\xff\xfc"], ids=["http", "too long"]
    )
    def test_what_is_no_stun_ends_the_connection_after_the_answers(
        self, stun: StunProcess, ending: bytes
    ) -> None:
        with tcp_client("127.0.0.1", stun.port) as client:
            client.sendall(binding_request(6) + ending)

            assert transaction_number(receive(client)) == 6
            assert client.recv(1) == b""


class TestIdle:
    def test_connection_without_request_is_closed(self, impatient: StunProcess) -> None:
        with tcp_client("127.0.0.1", impatient.port) as client:
            started = monotonic()

            assert client.recv(1) == b""
            assert monotonic() - started >= IDLE_SECONDS * 0.9

    def test_single_bytes_do_not_keep_a_connection_open(self, impatient: StunProcess) -> None:
        with tcp_client("127.0.0.1", impatient.port) as client:
            client.settimeout(IDLE_SECONDS / 10)
            for byte in binding_request()[:19]:
                client.sendall(bytes([byte]))
                try:
                    assert client.recv(1) == b""
                    return
                except TimeoutError:
                    continue

        raise AssertionError("the connection is still open after 19 bytes")

    def test_requests_keep_a_connection_open(self, impatient: StunProcess) -> None:
        with tcp_client("127.0.0.1", impatient.port) as client:
            started = monotonic()
            number = 0
            while monotonic() - started < 2 * IDLE_SECONDS:
                number += 1
                assert transaction_number(ask(client, binding_request(number))) == number
                client.settimeout(IDLE_SECONDS / 10)
                with pytest.raises(TimeoutError):
                    client.recv(1)


class TestCaps:
    def test_one_address_holds_twenty_and_others_still_come_in(self) -> None:
        with StunProcess("127.0.0.1") as stun, ExitStack() as open_clients:
            clients = [
                open_clients.enter_context(tcp_client("127.0.0.1", stun.port)) for _ in range(20)
            ]
            assert all(map(is_served, clients))

            with tcp_client("127.0.0.1", stun.port) as one_too_many:
                assert not is_served(one_too_many)
            with tcp_client("127.0.0.1", stun.port, own="127.0.0.2") as other:
                assert is_served(other)

            counters = stun.stop()

        assert (counters["tcp_accepted"], counters["tcp_refused"]) == (21, 1)

    def test_closed_connection_makes_room(self) -> None:
        with (
            StunProcess("127.0.0.1", bounds={"connections_per_client": 1}) as stun,
            tcp_client("127.0.0.1", stun.port) as client,
        ):
            assert is_served(client)
            with tcp_client("127.0.0.1", stun.port) as refused:
                assert not is_served(refused)

            client.close()

            def comes_in() -> bool:
                with tcp_client("127.0.0.1", stun.port) as next_client:
                    return is_served(next_client)

            assert wait_for(comes_in, "room for another connection")

    def test_all_addresses_together_hold_the_total(self) -> None:
        with (
            StunProcess("127.0.0.1", bounds={"connections": 3}) as stun,
            ExitStack() as open_clients,
        ):
            clients = [
                open_clients.enter_context(
                    tcp_client("127.0.0.1", stun.port, own=f"127.0.0.{number}")
                )
                for number in range(1, 5)
            ]

            assert [is_served(client) for client in clients] == [True, True, True, False]


class TestBadClients:
    def test_client_that_reads_nothing_is_cut_while_others_are_served(self) -> None:
        with (
            StunProcess("127.0.0.1", bounds={"write_seconds": IDLE_SECONDS}) as stun,
            tcp_client("127.0.0.1", stun.port) as greedy,
            tcp_client("127.0.0.1", stun.port) as patient,
        ):
            requests = b"".join(map(binding_request, range(1000)))

            def flood() -> None:
                while True:
                    greedy.sendall(requests)
                    assert transaction_number(ask(patient, binding_request(1))) == 1

            with pytest.raises((ConnectionResetError, BrokenPipeError)):
                flood()
            assert transaction_number(ask(patient, binding_request(2))) == 2

    def test_client_that_resets_harms_no_other(self, stun: StunProcess) -> None:
        for number in range(10):
            client = tcp_client("127.0.0.1", stun.port)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            client.sendall(binding_request(number) * 10)
            client.close()

        with tcp_client("127.0.0.1", stun.port) as other:
            assert transaction_number(ask(other, binding_request(1))) == 1

    def test_running_out_of_descriptors_stops_nothing_for_good(self) -> None:
        bounds = {"connections_per_client": 1000}
        with StunProcess("127.0.0.1", bounds=bounds, descriptors=DESCRIPTORS) as stun:
            with ExitStack() as open_clients:
                for _ in range(2 * DESCRIPTORS):
                    open_clients.enter_context(tcp_client("127.0.0.1", stun.port))
                wait_for(lambda: stun.open_descriptors() == DESCRIPTORS, "the last descriptor")
                with udp_client("127.0.0.1", stun.port) as client:
                    assert transaction_number(ask(client, binding_request(1))) == 1

            with tcp_client("127.0.0.1", stun.port) as client:
                assert transaction_number(ask(client, binding_request(2))) == 2
            counters = stun.stop()

        assert counters["tcp_accept_failures"] > 0
        assert counters["tcp_connections"] == 0
