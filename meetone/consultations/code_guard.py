"""The guard against guessed access codes.

Ten wrong codes within 15 minutes make one address wait, whatever it tries next. The installation as
a whole is never locked: that would let anybody close the practice. Above 300 wrong codes an hour
wrong answers come late and the administrator is told; a right code from an address that need not
wait is answered at once.
"""

from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Protocol

WRONG_CODES = 10
WRONG_CODES_PERIOD = timedelta(minutes=15)
MANY_WRONG_CODES = 300
MANY_WRONG_CODES_PERIOD = timedelta(hours=1)
LATE_SECONDS = 2.0
ALARM_PERIOD = timedelta(hours=1)
ALARM_SHOWN = timedelta(hours=24)
MAX_NETWORKS = 10_000
"""Addresses remembered at once; a flood from more of them forgets the one silent for longest."""


class WrongCodes(Protocol):
    """Memory of wrong codes: of this process, or shared by all of an installation."""

    def add(self, network: str, at: datetime) -> None:
        """Remember one wrong code."""

    def of_network(self, network: str) -> Sequence[datetime]:
        """Return the times of a network's last wrong codes: at most WRONG_CODES, oldest first."""

    def of_all(self) -> Sequence[datetime]:
        """Return the times of everybody's last wrong codes: at most one more than are many."""

    @property
    def alarm_at(self) -> datetime | None:
        """When the administrator was last told."""

    @alarm_at.setter
    def alarm_at(self, at: datetime) -> None: ...


class MemoryWrongCodes:
    """The wrong codes of one web process, bounded; a restart forgets them."""

    def __init__(self) -> None:
        self._networks: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._all: deque[datetime] = deque(maxlen=MANY_WRONG_CODES + 1)
        self.alarm_at: datetime | None = None

    def add(self, network: str, at: datetime) -> None:
        """Remember one wrong code; see `WrongCodes`."""
        self._networks.setdefault(network, deque(maxlen=WRONG_CODES)).append(at)
        self._networks.move_to_end(network)
        if len(self._networks) > MAX_NETWORKS:
            self._networks.popitem(last=False)
        self._all.append(at)

    def of_network(self, network: str) -> Sequence[datetime]:
        """Return a network's last wrong codes; see `WrongCodes`."""
        return tuple(self._networks.get(network, ()))

    def of_all(self) -> Sequence[datetime]:
        """Return everybody's last wrong codes; see `WrongCodes`."""
        return tuple(self._all)


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """How a wrong code is answered."""

    late_seconds: float
    """How long the answer waits; usually 0."""
    alarm: bool
    """Whether the administrator is to be told now."""


class CodeGuard:
    """The rules over a memory of wrong codes."""

    def __init__(self, memory: WrongCodes, late_seconds: float = LATE_SECONDS) -> None:
        self._memory = memory
        self._late_seconds = late_seconds

    def wait_minutes(self, network: str, now: datetime) -> int:
        """Tell for how many minutes, rounded up, a network must wait; 0 when it may try a code."""
        times = self._memory.of_network(network)
        if len(times) < WRONG_CODES:
            return 0
        left = times[0] + WRONG_CODES_PERIOD - now
        return max(0, ceil(left / timedelta(minutes=1)))

    def count_wrong(self, network: str, now: datetime) -> WrongAnswer:
        """Remember a wrong code and say how it is answered."""
        self._memory.add(network, now)
        times = self._memory.of_all()
        late = len(times) > MANY_WRONG_CODES and times[0] > now - MANY_WRONG_CODES_PERIOD
        told = self._memory.alarm_at
        alarm = late and (told is None or told <= now - ALARM_PERIOD)
        if alarm:
            self._memory.alarm_at = now
        return WrongAnswer(self._late_seconds if late else 0.0, alarm)

    def is_alarming(self, now: datetime) -> bool:
        """Tell whether an administrator should still read of an alarm."""
        told = self._memory.alarm_at
        return told is not None and told > now - ALARM_SHOWN
