"""Waiting with a deadline, the only kind of waiting in the tests."""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")

TIMEOUT_SCALE = float(os.environ.get("TIMEOUT_SCALE", "1"))
"""Factor on every deadline, for machines slower than two cores."""

POLL_SECONDS = 0.02


def wait_for(
    predicate: Callable[[], T],
    what: str,
    seconds: float = 5,
    pause: Callable[[float], object] = time.sleep,
) -> T:
    """Return the first true value of the predicate.

    Args:
        predicate: asked again and again; what it raises is raised.
        what: the end of the sentence "waited in vain for ...".
        seconds: deadline, multiplied by `TIMEOUT_SCALE`.
        pause: spends the given seconds between two questions. With a browser it must be the
            browser's own, or no event arrives meanwhile (`Person.wait_for`).

    Raises:
        AssertionError: the deadline passed.
    """
    deadline = time.monotonic() + seconds * TIMEOUT_SCALE
    while not (value := predicate()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for {what} ({seconds * TIMEOUT_SCALE:g} s)")
        pause(POLL_SECONDS)
    return value


def run_async(coroutine: Coroutine[object, object, T], seconds: float = 30) -> T:
    """Run a coroutine to its end in a thread of its own and return its result.

    Playwright keeps an event loop running in the main thread, where `asyncio.run` would refuse.

    Args:
        coroutine: what to run.
        seconds: deadline, multiplied by `TIMEOUT_SCALE`.

    Raises:
        TimeoutError: the deadline passed; the coroutine was cancelled.
    """
    result: Future[T] = Future()

    def run() -> None:
        try:
            result.set_result(asyncio.run(asyncio.wait_for(coroutine, seconds * TIMEOUT_SCALE)))
        except BaseException as error:  # noqa: BLE001  # raised again in the calling thread
            result.set_exception(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return result.result()
