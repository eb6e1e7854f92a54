"""The processes of a running installation, one by one."""

import os
import signal
import socket
from pathlib import Path

from tests.support.server import MeetoneProcess


def kill_role(server: MeetoneProcess, role: str) -> int:
    """End the process of a role without warning; return its number. The supervisor starts another."""
    number = role_process(server, role)
    assert number is not None, f"the role {role} is not running"
    os.kill(number, signal.SIGKILL)
    return number


def role_process(server: MeetoneProcess, role: str) -> int | None:
    """Return the process of a role, a child of the supervisor; None while there is none."""
    supervisor = server.process_id
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
    for child in children:
        words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        if words[-2:-1] == [role.encode()]:
            return int(child)
    return None


def web_listens(server: MeetoneProcess) -> bool:
    """Tell whether the web role takes connections."""
    with socket.socket() as client:
        client.settimeout(0.2)
        return client.connect_ex(("127.0.0.1", server.port)) == 0
