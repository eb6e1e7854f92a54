"""What every role's process needs: to end with its supervisor, and to end in order."""

import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1
OPEN_FILES = 65_536
SUPERVISOR_VARIABLE = "MEETONE_SUPERVISOR_PID"


def allow_many_connections() -> None:
    """Raise the number of open files as far as we may.

    Shells and systemd give 1024, for the sake of programs that use select(); one client could take them all.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def end_with_supervisor() -> None:
    """Ask the kernel for SIGTERM when the supervisor dies, however it dies (Linux; elsewhere nothing happens)."""
    supervisor = os.environ.get(SUPERVISOR_VARIABLE)
    if supervisor is None or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(supervisor):  # it died before the kernel was asked
        os.kill(os.getpid(), signal.SIGTERM)
