"""The supervisor: starts every role as a process of its own, restarts one that dies, stops them in order.

It serves nothing itself and is not patched by gevent.
"""

import logging
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from threading import Event
from types import FrameType

from meetone.config import ROOT, Settings
from meetone.roles.process import SUPERVISOR_VARIABLE

logger = logging.getLogger(__name__)

ROLES = ("web", "stun")
POLL_SECONDS = 0.2
START_SECONDS = 30.0
HEALTHY_SECONDS = 60.0
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
STOP_SECONDS = 10.0
PURGE_SECONDS = 3600.0
FIRST_PURGE_SECONDS = 60.0


@dataclass(slots=True)
class Child:
    """One role's process and when it may be started again."""

    role: str
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    starts: int = 0
    pause: float = FIRST_PAUSE_SECONDS
    due: float = field(default=0.0)


class Supervisor:
    """Keeps the roles running."""

    def __init__(self) -> None:
        self.children = [Child(role) for role in ROLES]
        self.stopping = Event()
        self.failed = False
        self.purge_due = time.monotonic() + FIRST_PURGE_SECONDS
        self.purge: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        """Run until told to stop or until a role cannot start at all; return the exit status."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self.stopping.is_set():
            now = time.monotonic()
            for child in self.children:
                self._tend(child, now)
            self._tend_purge(now)
            self.stopping.wait(POLL_SECONDS)
        for process in (*(child.process for child in self.children), self.purge):
            if process is not None:
                _end(process)
        return int(self.failed)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping.set()

    def _tend(self, child: Child, now: float) -> None:
        if child.process is None:
            if now >= child.due:
                self._start(child, now)
            return
        status = child.process.poll()
        if status is None:
            return
        child.process = None
        lived = now - child.started
        if status == 1 and child.starts == 1 and lived < START_SECONDS:
            logger.error("%s cannot start; its reason stands above", child.role)
            self.failed = True
            self.stopping.set()
            return
        child.pause = (
            FIRST_PAUSE_SECONDS
            if lived >= HEALTHY_SECONDS
            else min(child.pause * 2, LONGEST_PAUSE_SECONDS)
        )
        child.due = now + child.pause
        logger.warning("%s ended with %s, starts again in %.1f s", child.role, status, child.pause)

    def _start(self, child: Child, now: float) -> None:
        child.process = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py"), child.role],
            env=os.environ | {SUPERVISOR_VARIABLE: str(os.getpid())},
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops the roles in order
        )
        child.started = now
        child.starts += 1
        logger.info("%s started as process %s", child.role, child.process.pid)

    def _tend_purge(self, now: float) -> None:
        """Delete what is older than the retention, in a process of its own, so that nothing here can stall."""
        if self.purge is not None and self.purge.poll() is not None:
            self.purge = None
        if self.purge is None and now >= self.purge_due:
            self.purge_due = now + PURGE_SECONDS
            self.purge = subprocess.Popen(
                [sys.executable, str(ROOT / "app.py"), "purge"], stdout=subprocess.DEVNULL
            )


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, and make it after a while."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        logger.warning("process %s did not stop in %s s and is killed", process.pid, STOP_SECONDS)
        process.kill()
        process.wait()


def run_all(_settings: Settings) -> int:
    """Run every role; the settings were read only to stop early at a wrong value."""
    return Supervisor().run()
