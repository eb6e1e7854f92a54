"""Where sockets of one consultation find each other, in one process or across many.

An *address* is where messages go: the seat of a patient, the room of a practitioner, a claim. One mailbox at most holds
an address; the newest wins. The memory bus serves one process; one over Redis implements the same interface.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from meetone.signalling.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Presence:
    """What is known of the holder of an address while it is here or away."""

    instance: str
    language: str
    since: datetime
    away: bool = False


class Mailbox(Protocol):
    """The writing end of one socket."""

    def deliver(self, payload: bytes) -> None:
        """Queue a message; never blocks. A mailbox that is full closes its socket."""

    def close(self, refusal: Refusal) -> None:
        """Tell the client why, then close."""


class Bus(Protocol):
    """Presence and delivery between the sockets of an installation."""

    def occupy(self, address: str, mailbox: Mailbox, presence: Presence) -> None:
        """Hold an address; an older holder is closed as taken over."""

    def vacate(
        self, address: str, mailbox: Mailbox, *, away_since: datetime | None
    ) -> bool:
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

    def presence(self, address: str) -> Presence | None:
        """Tell who holds an address or was lost from it; None when nobody came or the holder left."""

    def watch(self, topic: str, mailbox: Mailbox) -> None:
        """Let `close_topic` reach a mailbox; a topic is a session of an account."""

    def unwatch(self, topic: str, mailbox: Mailbox) -> None:
        """Undo `watch`."""

    def close_topic(self, topic: str, refusal: Refusal) -> None:
        """Close every mailbox that watches a topic."""


class MemoryBus:
    """The bus of a single web process."""

    def __init__(self) -> None:
        self._mailboxes: dict[str, Mailbox] = {}
        self._presence: dict[str, Presence] = {}
        self._topics: defaultdict[str, set[Mailbox]] = defaultdict(set)

    def occupy(self, address: str, mailbox: Mailbox, presence: Presence) -> None:
        """Hold an address; see `Bus`."""
        older = self._mailboxes.get(address)
        self._mailboxes[address] = mailbox
        self._presence[address] = presence
        if older is not None and older is not mailbox:
            older.close(Refusal.TAKEN_OVER)

    def vacate(
        self, address: str, mailbox: Mailbox, *, away_since: datetime | None
    ) -> bool:
        """Let an address go; see `Bus`."""
        if self._mailboxes.get(address) is not mailbox:
            return False
        del self._mailboxes[address]
        presence = self._presence.pop(address)
        if away_since is not None:
            self._presence[address] = replace(presence, since=away_since, away=True)
        return True

    def forget(self, address: str, refusal: Refusal) -> None:
        """Forget an address; see `Bus`."""
        self._presence.pop(address, None)
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

    def presence(self, address: str) -> Presence | None:
        """Tell who is there; see `Bus`."""
        return self._presence.get(address)

    def watch(self, topic: str, mailbox: Mailbox) -> None:
        """Watch a topic; see `Bus`."""
        self._topics[topic].add(mailbox)

    def unwatch(self, topic: str, mailbox: Mailbox) -> None:
        """Stop watching; see `Bus`."""
        self._topics[topic].discard(mailbox)
        if not self._topics[topic]:
            del self._topics[topic]

    def close_topic(self, topic: str, refusal: Refusal) -> None:
        """Close the watchers; see `Bus`."""
        for mailbox in tuple(self._topics.get(topic, ())):
            mailbox.close(refusal)
