"""What every role's process needs: to end with its supervisor, and to end in order."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
SUPERVISOR_VARIABLE = "MEETONE_SUPERVISOR_PID"


def end_with_supervisor() -> None:
    """Ask the kernel for SIGTERM when the supervisor dies, however it dies (Linux; elsewhere nothing happens)."""
    supervisor = os.environ.get(SUPERVISOR_VARIABLE)
    if supervisor is None or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(supervisor):  # it died before the kernel was asked
        os.kill(os.getpid(), signal.SIGTERM)
