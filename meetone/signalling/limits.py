"""Bounds on how often and how many: a token bucket, one for each claimed seat, and a count for each network."""

from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from meetone.signalling.refusals import Refusal, Refused

BURST_MESSAGES = 120
MESSAGES_PER_SECOND = 20.0
SOCKETS_PER_NETWORK = 60
RETRY_SECONDS = 5.0
CLAIMS_AT_ONCE = 3
SECONDS_PER_CLAIM = 20.0
SEATS_REMEMBERED = 10_000
"""Seats whose claims are counted at once; beyond, the one that was claimed longest ago is forgotten."""


class TokenBucket:
    """Allow a burst, then a steady rate.

    Args:
        now: seconds of any monotonic clock.
        burst: tokens in a full bucket.
        rate: tokens that come back in a second.
        retry_seconds: what a client is told when the bucket is empty.
    """

    __slots__ = ("_burst", "_rate", "_retry_seconds", "_tokens", "_updated_at")

    def __init__(
        self,
        now: float,
        burst: int = BURST_MESSAGES,
        rate: float = MESSAGES_PER_SECOND,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self._burst = burst
        self._rate = rate
        self._retry_seconds = retry_seconds
        self._tokens = float(burst)
        self._updated_at = now

    def spend(self, now: float) -> None:
        """Take one token.

        Raises:
            Refused: `too-fast`: the bucket is empty; try again when it is full.
        """
        gained = (now - self._updated_at) * self._rate
        self._tokens = min(self._burst, self._tokens + gained)
        self._updated_at = now
        if self._tokens < 1:
            raise Refused(Refusal.TOO_FAST, self._retry_seconds)
        self._tokens -= 1


class ClaimLimit:
    """Let no second device ask for a seat all the time: a stranger with the link must not pester a running call."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def spend(self, seat: str, now: float) -> None:
        """Count a claim.

        Args:
            seat: what is claimed.
            now: seconds of any clock that goes forward.

        Raises:
            Refused: `too-fast`.
        """
        bucket = self._buckets.pop(seat, None) or TokenBucket(
            now, CLAIMS_AT_ONCE, 1 / SECONDS_PER_CLAIM, SECONDS_PER_CLAIM
        )
        self._buckets[seat] = bucket
        if len(self._buckets) > SEATS_REMEMBERED:
            self._buckets.popitem(last=False)
        bucket.spend(now)


class SocketCount:
    """Count the open sockets of each network (an IPv4 address or an IPv6 /64)."""

    def __init__(self, most: int = SOCKETS_PER_NETWORK) -> None:
        self._most = most
        self._open: Counter[str] = Counter()

    @contextmanager
    def one_more(self, network: str) -> Iterator[None]:
        """Count a socket for as long as the block runs.

        Raises:
            Refused: `too-many-sockets`.
        """
        if self._open[network] >= self._most:
            raise Refused(Refusal.TOO_MANY_SOCKETS, RETRY_SECONDS)
        self._open[network] += 1
        try:
            yield
        finally:
            self._open[network] -= 1
            if not self._open[network]:
                del self._open[network]
