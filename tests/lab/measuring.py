"""What a page's own connection carried, sampled five times a second: pictures, sound, and how long they were away."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Protocol, TypedDict

import msgspec

PROBE = Path(__file__).with_name("probe.js")
STEP_SECONDS = 0.25
"""Between two questions to a page; its samples come every 0.2 s."""
SETTLED_SECONDS = 2.0
"""What flows for so long without a gap is back."""
GAP_SECONDS = 0.7
"""Shorter ones are the machine's, not the line's."""


class Sample(TypedDict):
    """What one connection had received at a moment, since it was made."""

    at: float
    """Milliseconds of the system's clock."""
    peer: int
    """Which connection of the page; a new one begins at zero."""
    state: str
    """`connectionState`."""
    frames: int
    """Decoded."""
    pixels: int
    """Of one frame."""
    packets: int
    """Of sound."""
    lost: int
    """Packets of sound that never came."""
    samples: int
    """Of sound, played or concealed."""
    concealed: int
    """Of those, made up in place of packets that were not there."""
    silent: int
    """Of those, made up as silence."""
    energy: float
    """Of the sound, by which silence is known."""
    bytes: int
    """Of sound and picture."""


class Signal(TypedDict):
    """One message of the server."""

    at: float
    type: str


class Step(TypedDict):
    """One step of a negotiation: what was made or taken, and the fragment or candidate it is known by."""

    at: float
    peer: int
    what: str
    text: str


class Route(TypedDict):
    """What carries a connection: the types of its two candidates are host, srflx, prflx or relay."""

    local: str
    remote: str
    roundTrip: float
    """Seconds; of the last consent check."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a stretch of time was like."""

    seconds: float
    concealed: float
    """Part of the sound that was made up, 0 to 1."""
    frames_per_second: float
    pixels: int
    """Of the last frame."""
    longest_gap: float
    """Seconds without a decoded frame."""
    longest_silence: float
    """Seconds without a packet of sound."""
    energy: float
    """Of the sound, a second."""
    lost: float
    """Part of the packets of sound that never came, 0 to 1."""
    kilobits: float
    """Of sound and picture, a second."""
    connected: bool
    """Whether the browser called the connection so all the time."""

    def __str__(self) -> str:
        """Say it on one line."""
        return (
            f"made up {self.concealed:.1%}, lost {self.lost:.1%}, "
            f"{self.frames_per_second:.1f} fps of {self.pixels:,} pixels, "
            f"{self.kilobits:.0f} kbit/s, longest without a frame {self.longest_gap:.1f} s, "
            f"without sound {self.longest_silence:.1f} s"
        )


class Measurable(Protocol):
    """A page in whichever browser."""

    def evaluate(self, expression: str, arg: object = None) -> object:
        """Return the value of an expression, or of a function applied to an argument."""

    def wait_for_timeout(self, timeout: float) -> None:
        """Let milliseconds pass."""


class Meter:
    """Reads what the probe in a page has noted."""

    def __init__(self, page: Measurable) -> None:
        """Measure a page that was opened in a context with the probe."""
        self.page = page

    def samples(self, since: float) -> list[Sample]:
        """Return the samples since a moment, in seconds of `now`."""
        found = self.page.evaluate("(at) => lab.samples(at)", since * 1000)
        return msgspec.convert(found, list[Sample])

    def signals(self, since: float) -> list[Signal]:
        """Return what the server has said since a moment."""
        found = self.page.evaluate("(at) => lab.signals(at)", since * 1000)
        return msgspec.convert(found, list[Signal])

    def negotiation(self, since: float) -> list[Step]:
        """Return the steps of negotiations since a moment."""
        found = self.page.evaluate("(at) => lab.negotiation(at)", since * 1000)
        return msgspec.convert(found, list[Step])

    def route(self) -> Route | None:
        """Return what carries the connection; None while nothing does."""
        return msgspec.convert(self.page.evaluate("lab.route()"), Route | None)

    def loaded_at(self) -> float:
        """Return when the page's `load` was."""
        at = self.page.evaluate(
            "performance.timeOrigin + performance.getEntriesByType('navigation')[0].loadEventEnd"
        )
        return msgspec.convert(at, float) / 1000

    def pass_time(self, seconds: float) -> None:
        """Let time go by while events go on arriving."""
        self.page.wait_for_timeout(seconds * 1000)

    def wait(self, predicate: Callable[[], object], seconds: float) -> bool:
        """Ask again and again; return whether it became true in so many seconds."""
        deadline = now() + seconds
        while now() < deadline:
            if predicate():
                return True
            self.pass_time(STEP_SECONDS)
        return False

    def figures(self, start: float, end: float) -> Figures:
        """Return what the time between two moments was like."""
        return figures(self.samples(start), end)


def now() -> float:
    """Return the moment, in seconds of the system's clock, which pages share."""
    return time.time()


def figures(samples: list[Sample], end: float) -> Figures:
    """Sum up samples until a moment, in seconds; connections that follow one another count as one.

    Raises:
        AssertionError: there are not two samples.
    """
    samples = [sample for sample in samples if sample["at"] <= end * 1000]
    pairs = list(pairwise(samples))
    assert pairs, "the page has no connection to measure"
    seconds = (samples[-1]["at"] - samples[0]["at"]) / 1000
    lost = sum(_gain(pair, "lost") for pair in pairs)
    came = sum(_gain(pair, "packets") for pair in pairs)
    played = sum(_gain(pair, "samples") for pair in pairs)
    return Figures(
        seconds=seconds,
        concealed=sum(_gain(pair, "concealed") for pair in pairs) / played if played else 1.0,
        frames_per_second=sum(_gain(pair, "frames") for pair in pairs) / seconds,
        pixels=samples[-1]["pixels"],
        longest_gap=_longest_pause(samples, "frames"),
        longest_silence=_longest_pause(samples, "packets"),
        energy=sum(_gain(pair, "energy") for pair in pairs) / seconds,
        lost=lost / (lost + came) if lost > 0 else 0.0,
        kilobits=sum(_gain(pair, "bytes") for pair in pairs) * 8 / 1000 / seconds,
        connected=all(sample["state"] == "connected" for sample in samples),
    )


BOTH = ("frames", "packets")
SOUND = ("packets",)


def back_after(samples: list[Sample], start: float, what: tuple[str, ...] = BOTH) -> float | None:
    """Return after how many seconds sound and picture had come back for good.

    Args:
        samples: from `start` until now.
        start: the moment to count from, in seconds.
        what: the counters that have to grow.

    Returns:
        About 0 if they were never away, None while they are.
    """
    moments = [_back(samples, start, name) for name in what]
    found = [moment for moment in moments if moment is not None]
    return max(found) if len(found) == len(moments) else None


def all_back_after(meters: Sequence[Meter], start: float) -> float | None:
    """Return after how many seconds the last of several pages had sound and picture for good; None while not."""
    found = [back_after(meter.samples(start), start) for meter in meters]
    known = [seconds for seconds in found if seconds is not None]
    return max(known) if len(known) == len(found) else None


def wait_until_back(meters: Sequence[Meter], start: float, patience: float) -> float | None:
    """Wait for sound and picture on several pages; return seconds from `start`, None if in vain."""
    meters[0].wait(lambda: all_back_after(meters, start) is not None, patience + SETTLED_SECONDS)
    return all_back_after(meters, start)


def _back(samples: list[Sample], start: float, name: str) -> float | None:
    moving = [b["at"] / 1000 for a, b in pairwise(samples) if _gain((a, b), name) > 0]
    latest = samples[-1]["at"] / 1000 if samples else start
    if not moving or latest - moving[-1] > GAP_SECONDS:
        return None
    returns = [b for a, b in pairwise(moving) if b - a > GAP_SECONDS]
    back = returns[-1] if returns else moving[0]
    return back - start if latest - back >= SETTLED_SECONDS else None


def _longest_pause(samples: list[Sample], name: str) -> float:
    moving = [b["at"] for a, b in pairwise(samples) if _gain((a, b), name) > 0]
    edges = [samples[0]["at"], *moving, samples[-1]["at"]]
    return max(b - a for a, b in pairwise(edges)) / 1000


def _gain(pair: tuple[Sample, Sample], name: str) -> float:
    """Return by how much a counter grew; that of a new connection began at zero."""
    before, after = pair
    fresh = before["peer"] != after["peer"]
    value = float(after[name])  # type: ignore[literal-required]  # every counter of a sample is a number
    return value if fresh else value - float(before[name])  # type: ignore[literal-required]
