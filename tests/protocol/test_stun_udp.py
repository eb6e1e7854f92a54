"""STUN over UDP as a client sees it (RFC 8489 Section 6.2.1)."""

from collections.abc import Iterator

import pytest

from meetone.stun.addresses import MappedAddress
from meetone.stun.attributes import Attribute, AttributeType, TransactionId, UnknownAttributes
from meetone.stun.message import MAX_MESSAGE_BYTES, Message, MessageClass, Method
from tests.protocol.stun_process import (
    StunProcess,
    ask,
    binding_request,
    mapped_address,
    own_address,
    receive,
    transaction_number,
    udp_client,
)
from tests.support import network

TWO_BURSTS = 128


@pytest.fixture(scope="module")
def stun() -> Iterator[StunProcess]:
    with StunProcess("127.0.0.1") as process:
        yield process


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_request_is_told_its_transport_address(address: str) -> None:
    with StunProcess(address) as stun, udp_client(address, stun.port) as client:
        response = ask(client, binding_request(7))

        assert mapped_address(response) == own_address(client)
        assert transaction_number(response) == 7
        assert not response.fingerprint


def test_request_with_fingerprint_is_answered_with_fingerprint(stun: StunProcess) -> None:
    with udp_client("127.0.0.1", stun.port) as client:
        assert ask(client, binding_request(fingerprint=True)).fingerprint


def test_classic_request_is_told_its_transport_address_in_clear(stun: StunProcess) -> None:
    with udp_client("127.0.0.1", stun.port) as client:
        response = ask(client, bytes.fromhex("0001 0000") + b"sixteen bytes id")

        (mapped,) = response.attributes
        assert response.encode()[4:20] == b"sixteen bytes id"
        assert mapped.type == AttributeType.MAPPED_ADDRESS
        assert MappedAddress.decode(mapped.value).address == own_address(client)


def test_unknown_required_attribute_is_answered_with_420(stun: StunProcess) -> None:
    response_port = Attribute(0x0027, bytes(4))
    request = Message(
        MessageClass.REQUEST, Method.BINDING, TransactionId(bytes(12)), (response_port,)
    )

    with udp_client("127.0.0.1", stun.port) as client:
        response = ask(client, request.encode())

    assert response.message_class == MessageClass.ERROR_RESPONSE
    assert UnknownAttributes.decode(response.attributes[1].value).types == (0x0027,)


@pytest.mark.parametrize(
    "silenced",
    [
        b"",
        b"hello",
        binding_request(1)[:-1],
        binding_request(1, fingerprint=True)[:-1] + b"\0",
        b"\x00\x11" + binding_request(1)[2:],
        b"\x01\x01" + binding_request(1)[2:],
        b"\x00\x03" + binding_request(1)[2:],
        b"\x00\x01" + MAX_MESSAGE_BYTES.to_bytes(2, "big") + bytes(16 + MAX_MESSAGE_BYTES),
    ],
    ids=[
        "empty",
        "text",
        "cut",
        "fingerprint",
        "indication",
        "response",
        "allocate",
        "too long",
    ],
)
def test_silence_for_anything_else_and_the_next_request_is_answered(
    stun: StunProcess, silenced: bytes
) -> None:
    with udp_client("127.0.0.1", stun.port) as client:
        client.send(silenced)

        assert transaction_number(ask(client, binding_request(2))) == 2


def test_more_requests_than_one_burst_are_all_answered(stun: StunProcess) -> None:
    with udp_client("127.0.0.1", stun.port) as client:
        for number in range(TWO_BURSTS):
            client.send(binding_request(number))

        answered = {transaction_number(receive(client)) for _ in range(TWO_BURSTS)}

    assert answered == set(range(TWO_BURSTS))


def test_client_that_has_gone_harms_no_other(stun: StunProcess) -> None:
    for number in range(10):
        with udp_client("127.0.0.1", stun.port) as gone:
            gone.send(binding_request(number))

    with udp_client("127.0.0.1", stun.port) as client:
        assert mapped_address(ask(client, binding_request())) == own_address(client)


class TestWildcard:
    """A connected UDP socket drops what does not come from the address that it asked."""

    @pytest.mark.parametrize("asked", ["127.0.0.1", "127.0.0.2", network.ADDRESS])
    def test_ipv4_answer_leaves_from_the_address_that_was_asked(self, asked: str) -> None:
        with (
            StunProcess("0.0.0.0") as stun,
            udp_client(asked, stun.port, own="127.0.0.1") as client,
        ):
            assert mapped_address(ask(client, binding_request())) == own_address(client)

    @pytest.mark.parametrize("asked", ["::1", network.ADDRESS_V6])
    def test_ipv6_answer_leaves_from_the_address_that_was_asked(self, asked: str) -> None:
        with (
            StunProcess("::") as stun,
            udp_client(asked, stun.port, own="::1") as client,
        ):
            assert mapped_address(ask(client, binding_request())) == own_address(client)

    def test_ipv6_wildcard_leaves_ipv4_to_others(self) -> None:
        with StunProcess("::") as stun:
            with udp_client("::1", stun.port) as client:
                assert mapped_address(ask(client, binding_request())) == own_address(client)
            with (
                udp_client("127.0.0.1", stun.port) as client,
                pytest.raises(ConnectionRefusedError),
            ):
                ask(client, binding_request())


def test_two_processes_share_one_port() -> None:
    clients = 64

    with (
        StunProcess("127.0.0.1") as first,
        StunProcess("127.0.0.1", port=first.port) as second,
    ):
        for number in range(clients):
            with udp_client("127.0.0.1", first.port) as client:
                assert transaction_number(ask(client, binding_request(number))) == number
        shares = [process.stop()["responses"] for process in (first, second)]

    assert sum(shares) == clients
    assert min(shares) > 0
