"""Decide how many TCP connections one client, and all of them together, may hold."""

from collections import Counter


class ConnectionLimit:
    """Count open connections and refuse those beyond the bounds.

    Unlike a datagram's, the source of a TCP connection is not forged (the handshake went there and
    back), so a bound per client locks out nobody else.

    Attributes:
        open: Number of connections that were taken and not yet released.
    """

    def __init__(self, total: int, per_client: int) -> None:
        """Start with none open; both bounds are numbers of connections, 1 or more."""
        self.open = 0
        self._total = total
        self._per_client = per_client
        self._open_per_client: Counter[str] = Counter()

    def take(self, client: str) -> bool:
        """Count one more connection of `client`, or return False if that is one too many.

        Args:
            client: What `meetone.limits.client_network` says of its address.
        """
        if self.open >= self._total or self._open_per_client[client] >= self._per_client:
            return False
        self._open_per_client[client] += 1
        self.open += 1
        return True

    def release(self, client: str) -> None:
        """Give back what `take` granted; a client without connections leaves no trace."""
        self._open_per_client[client] -= 1
        self.open -= 1
        if not self._open_per_client[client]:
            del self._open_per_client[client]
