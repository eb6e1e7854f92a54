"""Run the loops without which the process is of no use."""

from collections.abc import Callable

import gevent


def spawn_vital(run: Callable[[], None]) -> "gevent.Greenlet[[], None]":
    """Start `run` in a greenlet and end the process if it fails.

    A greenlet that dies of an exception dies alone. For a loop that reads a socket this would mean
    a process that looks alive and answers nobody; ended, it is started again by its supervisor.
    """
    greenlet = gevent.spawn(run)
    greenlet.link_exception(_end_process)
    return greenlet


def _end_process(failed: "gevent.Greenlet[[], None]") -> None:
    """Raise the failure in the main greenlet."""
    failure = failed.exception or SystemExit(1)
    gevent.get_hub().handle_system_error(type(failure), failure)
