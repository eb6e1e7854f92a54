from contextlib import ExitStack

import pytest

from meetone.signalling.limits import (
    RETRY_SECONDS,
    SEATS_REMEMBERED,
    ClaimLimit,
    SocketCount,
    TokenBucket,
)
from meetone.signalling.refusals import Refusal, Refused


def test_bucket_allows_the_burst_and_refuses_one_more() -> None:
    bucket = TokenBucket(now=10.0, burst=3, rate=2.0)
    for _ in range(3):
        bucket.spend(10.0)

    with pytest.raises(Refused) as raised:
        bucket.spend(10.0)

    assert (raised.value.refusal, raised.value.retry_after) == (Refusal.TOO_FAST, RETRY_SECONDS)


def test_bucket_fills_at_its_rate() -> None:
    bucket = TokenBucket(now=0.0, burst=1, rate=2.0)
    bucket.spend(0.0)

    with pytest.raises(Refused):
        bucket.spend(0.4)
    bucket.spend(0.5)


def test_bucket_never_holds_more_than_the_burst() -> None:
    bucket = TokenBucket(now=0.0, burst=2, rate=20.0)

    bucket.spend(3600.0)
    bucket.spend(3600.0)
    with pytest.raises(Refused):
        bucket.spend(3600.0)


def test_bucket_of_a_socket_is_the_one_of_the_protocol() -> None:
    bucket = TokenBucket(now=0.0)
    for _ in range(120):
        bucket.spend(0.0)
    for _ in range(20):
        bucket.spend(1.0)

    with pytest.raises(Refused):
        bucket.spend(1.0)


def test_claims_to_one_seat_are_three_and_then_one_in_twenty_seconds() -> None:
    limit = ClaimLimit()
    for _ in range(3):
        limit.spend("seat-1", 0.0)

    with pytest.raises(Refused) as raised:
        limit.spend("seat-1", 19.0)
    limit.spend("seat-2", 19.0)
    limit.spend("seat-1", 20.0)

    assert (raised.value.refusal, raised.value.retry_after) == (Refusal.TOO_FAST, 20.0)


def test_claims_forget_the_seat_that_was_claimed_longest_ago() -> None:
    limit = ClaimLimit()
    for _ in range(3):
        limit.spend("seat-1", 0.0)
    for number in range(SEATS_REMEMBERED - 1):
        limit.spend(f"other-{number}", 0.0)

    with pytest.raises(Refused):
        limit.spend("seat-1", 0.0)
    for number in range(SEATS_REMEMBERED):
        limit.spend(f"another-{number}", 0.0)
    limit.spend("seat-1", 0.0)


def open_sockets(count: SocketCount, network: str, number: int) -> ExitStack:
    stack = ExitStack()
    for _ in range(number):
        stack.enter_context(count.one_more(network))
    return stack


def test_socket_count_refuses_one_too_many_until_one_is_closed() -> None:
    count = SocketCount(most=2)
    held = open_sockets(count, "192.0.2.1", 2)

    with pytest.raises(Refused) as raised:
        open_sockets(count, "192.0.2.1", 1)
    held.close()
    open_sockets(count, "192.0.2.1", 2).close()

    assert raised.value.refusal is Refusal.TOO_MANY_SOCKETS


def test_socket_count_of_another_network_is_its_own() -> None:
    count = SocketCount(most=1)

    with (
        open_sockets(count, "192.0.2.1", 1),
        open_sockets(count, "2001:db8::/64", 1),
        pytest.raises(Refused),
    ):
        open_sockets(count, "2001:db8::/64", 1)


def test_socket_count_allows_sixty_sockets() -> None:
    count = SocketCount()

    with open_sockets(count, "192.0.2.1", 60), pytest.raises(Refused):
        open_sockets(count, "192.0.2.1", 1)
