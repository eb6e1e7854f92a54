"""Where sockets of one consultation find each other, in one process or across many.

An *address* is where messages go: the seat of a patient, the room of a practitioner, a claim. One mailbox at most holds
an address; the newest wins. The memory bus serves one process; one over Redis implements the same interface.
"""

from collections import OrderedDict, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from meetone.signalling.refusals import Refusal

AWAY_REMEMBERED = 10_000
"""How many lost holders a process remembers; then the longest lost is forgotten."""


@dataclass(frozen=True, slots=True)
class Presence:
    """What is known of the holder of an address while it is here or away.

    Attributes:
        instance: the page; for a claim's address, the claim.
        language: what that page speaks; None when it did not say.
        since: how long it has been here, or away.
        away: its socket was lost.
    """

    instance: str
    language: str | None
    since: datetime
    away: bool = False


class Mailbox(Protocol):
    """The writing end of one socket. None of its methods blocks."""

    def deliver(self, payload: bytes) -> None:
        """Queue a message. A mailbox that is full closes its socket."""

    def close(self, refusal: Refusal) -> None:
        """Tell the client why, then close."""

    def hand_over(self) -> None:
        """Take the seat that this mailbox claims."""


class Bus(Protocol):
    """Presence and delivery between the sockets of an installation."""

    @property
    def began_at(self) -> datetime:
        """Since when presence is remembered: who was here before and is not now was lost then."""

    def occupy(self, address: str, mailbox: Mailbox, presence: Presence) -> None:
        """Hold an address; an older holder is closed as taken over."""

    def vacate(self, address: str, mailbox: Mailbox, *, away_since: datetime | None) -> bool:
        """Let an address go, if this mailbox still holds it.

        Args:
            address: what is let go.
            mailbox: who lets it go.
            away_since: keep the presence as away since then; None forgets it.

        Returns:
            Whether this mailbox was still the holder.
        """

    def forget(self, address: str, refusal: Refusal) -> None:
        """Forget an address and close its holder, if there is one."""

    def send(self, address: str, payload: bytes) -> bool:
        """Deliver to the holder of an address; False when nobody holds it."""

    def hand_over(self, address: str) -> bool:
        """Give the holder of a claim's address its seat; False when nobody holds it."""

    def presence(self, address: str) -> Presence | None:
        """Tell who holds an address or was lost from it; None when nobody came or the holder left."""

    def watch(self, topic: str, mailbox: Mailbox) -> None:
        """Let `close_topic` reach a mailbox; a topic is a session of an account."""

    def unwatch(self, topic: str, mailbox: Mailbox) -> None:
        """Undo `watch`; harmless when there was none."""

    def close_topic(self, topic: str, refusal: Refusal) -> None:
        """Close every mailbox that watches a topic."""


class MemoryBus:
    """The bus of a single web process."""

    def __init__(self, began_at: datetime | None = None) -> None:
        self.began_at = began_at or datetime.now(UTC)
        self._mailboxes: dict[str, Mailbox] = {}
        self._here: dict[str, Presence] = {}
        self._away: OrderedDict[str, Presence] = OrderedDict()
        self._topics: defaultdict[str, set[Mailbox]] = defaultdict(set)

    def occupy(self, address: str, mailbox: Mailbox, presence: Presence) -> None:
        """Hold an address; see `Bus`."""
        older = self._mailboxes.get(address)
        self._mailboxes[address] = mailbox
        self._here[address] = presence
        self._away.pop(address, None)
        if older is not None and older is not mailbox:
            older.close(Refusal.TAKEN_OVER)

    def vacate(self, address: str, mailbox: Mailbox, *, away_since: datetime | None) -> bool:
        """Let an address go; see `Bus`."""
        if self._mailboxes.get(address) is not mailbox:
            return False
        del self._mailboxes[address]
        presence = self._here.pop(address)
        if away_since is not None:
            self._away[address] = replace(presence, since=away_since, away=True)
            if len(self._away) > AWAY_REMEMBERED:
                self._away.popitem(last=False)
        return True

    def forget(self, address: str, refusal: Refusal) -> None:
        """Forget an address; see `Bus`."""
        self._away.pop(address, None)
        self._here.pop(address, None)
        holder = self._mailboxes.pop(address, None)
        if holder is not None:
            holder.close(refusal)

    def send(self, address: str, payload: bytes) -> bool:
        """Deliver to the holder; see `Bus`."""
        holder = self._mailboxes.get(address)
        if holder is None:
            return False
        holder.deliver(payload)
        return True

    def hand_over(self, address: str) -> bool:
        """Give a claimant its seat; see `Bus`."""
        holder = self._mailboxes.get(address)
        if holder is None:
            return False
        holder.hand_over()
        return True

    def presence(self, address: str) -> Presence | None:
        """Tell who is there; see `Bus`."""
        return self._here.get(address) or self._away.get(address)

    def watch(self, topic: str, mailbox: Mailbox) -> None:
        """Watch a topic; see `Bus`."""
        self._topics[topic].add(mailbox)

    def unwatch(self, topic: str, mailbox: Mailbox) -> None:
        """Stop watching; see `Bus`."""
        watchers = self._topics.get(topic)
        if watchers is None:
            return
        watchers.discard(mailbox)
        if not watchers:
            del self._topics[topic]

    def close_topic(self, topic: str, refusal: Refusal) -> None:
        """Close the watchers; see `Bus`."""
        for mailbox in tuple(self._topics.get(topic, ())):
            mailbox.close(refusal)
