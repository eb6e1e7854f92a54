"""The processes of an installation: started together, restarted when one dies, ended in order."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from meetone.config import ROOT
from tests.conftest import FreshServer
from tests.support.server import MeetoneProcess
from tests.support.waiting import TIMEOUT_SCALE, wait_for

PATCHED = """
import runpy, sys
sys.argv = ["app.py", *sys.argv[1:]]
runpy.run_path("app.py", run_name="looked-at")
from gevent import monkey
print(monkey.is_module_patched("socket"))
"""


def children_of(process_id: int) -> dict[str, int]:
    """Return the process ids of the roles that a supervisor runs, by role."""
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            words = (folder / "cmdline").read_bytes().decode().split("\0")
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        for role in {"web", "stun"}.intersection(words[-2:-1] if parent == process_id else []):
            found[role] = int(folder.name)
    return found


def run_app(tmp_path: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `app.py` until it ends by itself."""
    own = {f"MEETONE_{name}": value for name, value in settings.items()}
    return subprocess.run(
        [sys.executable, ROOT / "app.py", *arguments],
        env=os.environ | {"MEETONE_INSTANCE": str(tmp_path / "instance")} | own,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30 * TIMEOUT_SCALE,
        check=False,
    )


@pytest.mark.parametrize("role", ["web", "stun"])
def test_role_that_is_killed_is_started_again(server: MeetoneProcess, role: str) -> None:
    before = children_of(server.process_id)

    os.kill(before[role], signal.SIGKILL)

    def another() -> bool:
        return children_of(server.process_id).get(role, before[role]) != before[role]

    wait_for(another, f"another {role}", 20)
    assert set(children_of(server.process_id)) == {"web", "stun"}
    assert wait_for(server._answers, "an answer of every role", 20)


def test_installation_that_is_told_to_stop_leaves_nothing(fresh_server: FreshServer) -> None:
    process = fresh_server()
    roles = children_of(process.process_id)

    process.stop()

    assert set(roles) == {"web", "stun"}
    assert not any(Path(f"/proc/{number}").exists() for number in roles.values())


def test_roles_whose_supervisor_is_killed_end_too(fresh_server: FreshServer) -> None:
    process = fresh_server()
    roles = children_of(process.process_id)

    os.kill(process.process_id, signal.SIGKILL)

    wait_for(lambda: not any(map(running, roles.values())), "the end of both roles", 15)
    process.kill()


def running(process_id: int) -> bool:
    """Tell whether a process runs; one that has ended but was not fetched does not."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_files_of_an_installation_are_its_owners_alone(fresh_server: FreshServer) -> None:
    process = fresh_server(role="web")

    modes = {path.name: path.stat().st_mode & 0o077 for path in process.instance.iterdir()}

    assert {"meetone.sqlite3", "secret.key"} <= set(modes)
    assert set(modes.values()) == {0}


def test_roles_raise_the_number_of_open_files_as_far_as_they_may() -> None:
    script = (
        "import resource\n"
        "from meetone.roles.process import allow_many_connections\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (256, 4096))\n"
        "allow_many_connections()\n"
        "print(resource.getrlimit(resource.RLIMIT_NOFILE))\n"
    )

    printed = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    assert printed == "(4096, 4096)\n"


def test_start_with_wrong_setting_says_so_in_one_line(tmp_path: Path) -> None:
    result = run_app(tmp_path, PORT="many")

    assert result.returncode == 1
    assert result.stderr == (
        "MeetOne: MEETONE_PORT='many': Input should be a valid integer,"
        " unable to parse string as an integer\n"
    )
    assert result.stdout == ""


def test_start_on_taken_port_stops_everything_and_names_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        result = run_app(tmp_path, PORT=str(port), STUN_PORTS="0")

    assert result.returncode == 1
    assert f"MeetOne: 127.0.0.1 port {port}: Address already in use\n" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "patched"),
    [([], False), (["web"], True), (["stun"], True), (["user", "list"], False)],
)
def test_standard_library_is_patched_for_gevent_roles_only(
    arguments: list[str], patched: bool
) -> None:
    printed = subprocess.run(
        [sys.executable, "-c", PATCHED, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert printed == f"{patched}\n"
