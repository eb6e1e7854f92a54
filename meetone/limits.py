"""Who counts as one client, and how often one client may try something."""

from ipaddress import IPv4Address, IPv6Network, ip_address
from math import ceil
from time import time

from limits import RateLimitItem
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

IPV6_PREFIX_BITS = 64
UNKNOWN_NETWORK = "unknown"


def client_network(address: str | None) -> str:
    """Return the network that counts as one client.

    Args:
        address: IPv4 or IPv6 address, with or without a zone id; may be missing or malformed.

    Returns:
        The IPv4 address itself, or the IPv6 /64 in compressed form, because one household holds
        all of it (RFC 4291 Section 2.5.1). Clients without a readable address share one bucket.
    """
    try:
        parsed = ip_address((address or "").partition("%")[0])
    except ValueError:
        return UNKNOWN_NETWORK
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((parsed, IPV6_PREFIX_BITS), strict=False))


class AttemptLimit:
    """How often each network may try one thing within a fixed window.

    An attempt is counted before it is made and given back if it went well. Counting failures after
    the fact would let a hundred attempts through that are made at the same time.
    """

    def __init__(self, name: str, limit: RateLimitItem, storage: Storage) -> None:
        self._name = name
        self._limit = limit
        self._window = FixedWindowRateLimiter(storage)

    def take(self, network: str) -> int | None:
        """Count an attempt.

        Returns:
            None if it may be made, else the seconds to wait, at least 1.
        """
        if self._window.hit(self._limit, self._name, network):
            return None
        reset_at = self._window.get_window_stats(self._limit, self._name, network).reset_time
        return max(1, ceil(reset_at - time()))

    def give_back(self, network: str) -> None:
        """Take one attempt off the count again."""
        self._window.hit(self._limit, self._name, network, cost=-1)
