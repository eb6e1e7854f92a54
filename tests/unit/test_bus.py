from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from meetone.signalling import bus as bus_module
from meetone.signalling.bus import MemoryBus, Presence
from meetone.signalling.refusals import Refusal
from tests.fakes import FakeMailbox

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=7)
PRESENCE = Presence("page-one-1", "de", since=NOW)


@pytest.fixture
def bus() -> MemoryBus:
    return MemoryBus(began_at=NOW)


def test_send_to_nobody_returns_false(bus: MemoryBus) -> None:
    assert bus.send("seat/a", b"hello") is False
    assert bus.presence("seat/a") is None


def test_send_to_a_holder_delivers(bus: MemoryBus) -> None:
    mailbox = FakeMailbox()
    bus.occupy("seat/a", mailbox, PRESENCE)

    assert bus.send("seat/a", b"hello") is True
    assert mailbox.delivered == [b"hello"]
    assert bus.presence("seat/a") == PRESENCE


def test_occupy_closes_the_older_holder_and_only_the_newest_gets_messages(bus: MemoryBus) -> None:
    older, newer = FakeMailbox(), FakeMailbox()
    bus.occupy("seat/a", older, PRESENCE)

    bus.occupy("seat/a", newer, replace(PRESENCE, instance="page-two-2"))
    bus.send("seat/a", b"hello")

    assert older.closed == [Refusal.TAKEN_OVER]
    assert (older.delivered, newer.delivered, newer.closed) == ([], [b"hello"], [])


def test_occupy_twice_by_the_same_holder_closes_nobody(bus: MemoryBus) -> None:
    mailbox = FakeMailbox()
    bus.occupy("seat/a", mailbox, PRESENCE)

    bus.occupy("seat/a", mailbox, replace(PRESENCE, since=LATER))

    assert mailbox.closed == []
    assert bus.presence("seat/a") == replace(PRESENCE, since=LATER)


def test_vacate_remembers_who_was_lost_and_when(bus: MemoryBus) -> None:
    mailbox = FakeMailbox()
    bus.occupy("seat/a", mailbox, PRESENCE)

    assert bus.vacate("seat/a", mailbox, away_since=LATER) is True

    assert bus.presence("seat/a") == replace(PRESENCE, since=LATER, away=True)
    assert bus.send("seat/a", b"hello") is False


def test_vacate_without_a_time_forgets(bus: MemoryBus) -> None:
    mailbox = FakeMailbox()
    bus.occupy("seat/a", mailbox, PRESENCE)

    assert bus.vacate("seat/a", mailbox, away_since=None) is True
    assert bus.presence("seat/a") is None


def test_vacate_by_someone_who_was_replaced_changes_nothing(bus: MemoryBus) -> None:
    older, newer = FakeMailbox(), FakeMailbox()
    bus.occupy("seat/a", older, PRESENCE)
    bus.occupy("seat/a", newer, replace(PRESENCE, instance="page-two-2"))

    assert bus.vacate("seat/a", older, away_since=LATER) is False
    assert bus.presence("seat/a") == replace(PRESENCE, instance="page-two-2")


def test_occupy_after_being_away_is_here_again(bus: MemoryBus) -> None:
    mailbox = FakeMailbox()
    bus.occupy("seat/a", mailbox, PRESENCE)
    bus.vacate("seat/a", mailbox, away_since=LATER)

    bus.occupy("seat/a", mailbox, PRESENCE)
    assert bus.presence("seat/a") == PRESENCE

    bus.vacate("seat/a", mailbox, away_since=None)
    assert bus.presence("seat/a") is None


def test_vacate_beyond_the_bound_forgets_the_longest_lost(
    bus: MemoryBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus_module, "AWAY_REMEMBERED", 2)
    mailbox = FakeMailbox()

    for seat in ("a", "b", "c"):
        bus.occupy(seat, mailbox, PRESENCE)
        bus.vacate(seat, mailbox, away_since=LATER)

    known = [seat for seat in ("a", "b", "c") if bus.presence(seat) is not None]
    assert known == ["b", "c"]


def test_forget_closes_the_holder_and_remembers_nothing(bus: MemoryBus) -> None:
    mailbox = FakeMailbox()
    bus.occupy("seat/a", mailbox, PRESENCE)

    bus.forget("seat/a", Refusal.ENDED)
    bus.forget("seat/a", Refusal.ENDED)

    assert mailbox.closed == [Refusal.ENDED]
    assert bus.presence("seat/a") is None


def test_forget_someone_away_remembers_nothing(bus: MemoryBus) -> None:
    mailbox = FakeMailbox()
    bus.occupy("seat/a", mailbox, PRESENCE)
    bus.vacate("seat/a", mailbox, away_since=LATER)

    bus.forget("seat/a", Refusal.ENDED)

    assert bus.presence("seat/a") is None
    assert mailbox.closed == []


def test_hand_over_reaches_the_holder_of_a_claim(bus: MemoryBus) -> None:
    mailbox = FakeMailbox()
    bus.occupy("claim/a", mailbox, PRESENCE)

    assert bus.hand_over("claim/a") is True
    assert bus.hand_over("claim/b") is False
    assert mailbox.handed_over == 1


def test_close_topic_closes_every_watcher_and_nobody_else(bus: MemoryBus) -> None:
    one, two, other = FakeMailbox(), FakeMailbox(), FakeMailbox()
    bus.watch("session:1", one)
    bus.watch("session:1", two)
    bus.watch("session:2", other)

    bus.close_topic("session:1", Refusal.NOT_SIGNED_IN)

    assert [mailbox.closed for mailbox in (one, two, other)] == [
        [Refusal.NOT_SIGNED_IN],
        [Refusal.NOT_SIGNED_IN],
        [],
    ]


def test_unwatch_ends_the_watch_and_is_harmless_without_one(bus: MemoryBus) -> None:
    one, two = FakeMailbox(), FakeMailbox()
    bus.watch("session:1", one)
    bus.watch("session:1", two)

    bus.unwatch("session:1", one)
    bus.close_topic("session:1", Refusal.NOT_SIGNED_IN)
    bus.unwatch("session:1", two)
    bus.unwatch("session:1", two)
    bus.close_topic("session:1", Refusal.NOT_SIGNED_IN)

    assert (one.closed, two.closed) == ([], [Refusal.NOT_SIGNED_IN])
