"""MeetOne as a process of its own, the way `make run` starts it."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self, TypedDict

import msgspec

from tests.support import network
from tests.support.waiting import TIMEOUT_SCALE, wait_for

APP = Path(__file__).resolve().parents[2] / "app.py"
START_SECONDS = 30
STOP_SECONDS = 15
COMMAND_SECONDS = 30
OUTPUT_LINES = 60
"""Lines of the server's output that a failed test shows."""
BINDING_REQUEST = bytes.fromhex("0001 0000 2112a442") + b"is it there?"


class AddedConsultation(TypedDict):
    """What `consultation add --json` prints."""

    id: int | str
    link: str
    code: str
    starts_at: str
    expires_at: str


class CommandFailedError(AssertionError):
    """A command of MeetOne ended with another exit code than 0."""

    def __init__(self, arguments: tuple[str, ...], code: int, output: str) -> None:
        """Keep the exit code and what the command said."""
        super().__init__(f"app.py {' '.join(arguments)} ended with {code}:\n{output}")
        self.code = code
        self.output = output


class MeetoneProcess:
    """One running installation with a folder, ports and settings of its own.

    A context manager: entering starts it and waits until it answers, leaving stops it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        role: str = "",
        public_host: str = "localhost",
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Choose ports and settings.

        Args:
            folder: for the instance and the output; created if missing.
            role: `web`, `stun` or `probe` alone; empty: all of them.
            public_host: name in the address that browsers use. Chromium gives camera and microphone
                to `localhost`; hosts that are elsewhere need `network.ADDRESS`.
            settings: further settings, without `MEETONE_`: `{"RETENTION_DAYS": "5"}`.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.instance = folder / "instance"
        self.role = role
        self.port = free_port()
        self.stun_ports = (free_port(), free_port())
        self.origin = f"http://{public_host}:{self.port}"
        own = {
            "HOST": "127.0.0.1" if public_host == "localhost" else "0.0.0.0",
            "PORT": str(self.port),
            "PUBLIC_URL": self.origin,
            "INSTANCE": str(self.instance),
            # Not loopback: a browser tells its reflexive address only of a real interface.
            "STUN_HOST": network.ADDRESS,
            "STUN_PORTS": ",".join(map(str, self.stun_ports)),
        }
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("MEETONE_")}
        chosen = {f"MEETONE_{name}": value for name, value in (own | dict(settings or {})).items()}
        self.environment = inherited | {"PYTHONUNBUFFERED": "1"} | chosen
        self._output_path = folder / "output.txt"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start and return the server."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop the server."""
        self.stop()

    def url(self, path: str) -> str:
        """Return the address of a path under the public address."""
        return self.origin + path

    @property
    def output(self) -> str:
        """Everything that the server wrote so far, over all its starts."""
        return self._output_path.read_text() if self._output_path.exists() else ""

    @property
    def setup_link(self) -> str:
        """The one-time link of the first set-up that the server printed last."""
        links: list[str] = re.findall(rf"{re.escape(self.origin)}/setup/\S+", self.output)
        return links[-1]

    @property
    def process_id(self) -> int:
        """The process id of the supervisor, or of the one role."""
        assert self._process is not None, "the server is not running"
        return self._process.pid

    def start(self) -> None:
        """Start the server and return when every role answers.

        Raises:
            AssertionError: it ended or stayed silent; its output is in the text.
        """
        assert self._process is None, "the server is running already"
        arguments = [self.role] if self.role else []
        with self._output_path.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, APP, *arguments],
                cwd=self.folder,  # so that a developer's .env is not read
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            wait_for(self._answers, "the server's first answer", START_SECONDS)
        except AssertionError as error:
            self.kill()
            raise AssertionError(f"{error}; it wrote:\n{self.output}") from None

    def stop(self) -> None:
        """End the server as an operator does and expect that it goes cleanly.

        Raises:
            AssertionError: it did not end in time, not with 0, or left a process behind.
        """
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(STOP_SECONDS * TIMEOUT_SCALE)
        except subprocess.TimeoutExpired:
            code = None
        left_behind = _kill_group(process.pid)
        process.wait()
        assert code == 0, f"the server ended with {code} after SIGTERM; it wrote:\n{self.output}"
        assert not left_behind, f"the server left processes behind; it wrote:\n{self.output}"

    def kill(self) -> None:
        """End the server and all its processes without warning, as a power failure does."""
        process, self._process = self._process, None
        if process is not None:
            _kill_group(process.pid)
            process.wait()

    def command(self, *arguments: str, stdin: str | None = None) -> str:
        """Run a command of MeetOne on this installation and return what it printed.

        Raises:
            CommandFailedError: its exit code was not 0.
        """
        result = subprocess.run(
            [sys.executable, APP, *arguments],
            cwd=self.folder,
            env=self.environment,
            input=stdin or "",
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS * TIMEOUT_SCALE,
            check=False,
        )
        if result.returncode != 0:
            raise CommandFailedError(arguments, result.returncode, result.stdout + result.stderr)
        return result.stdout

    def add_user(
        self,
        email: str,
        name: str,
        password: str,
        *,
        role: str = "practitioner",
        admin: bool = False,
    ) -> str:
        """Create an account; return what the command printed."""
        options = ["--name", name, "--role", role, *(["--admin"] if admin else [])]
        return self.command("user", "add", email, *options, "--password-stdin", stdin=password)

    def add_consultation(
        self,
        practitioner: str,
        starts_at: str,
        *,
        minutes: int = 30,
        language: str = "de",
        alias: str = "Amsel 27",
    ) -> AddedConsultation:
        """Create a consultation with its invitation.

        Args:
            practitioner: e-mail address of the account.
            starts_at: ISO 8601 with offset; may lie in the past.
            minutes: planned length.
            language: of the invitation, `de` or `en`.
            alias: at most 12 characters.
        """
        printed = self.command(
            *("consultation", "add", "--practitioner", practitioner, "--at", starts_at),
            *("--minutes", str(minutes), "--language", language, "--alias", alias, "--json"),
        )
        return msgspec.json.decode(printed, type=AddedConsultation)

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"the server ended with {self._process.returncode}")
        web = self.role == "stun" or self._web_answers()
        return web and (self.role in {"web", "probe"} or self._stun_answers())

    def _web_answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _stun_answers(self) -> bool:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(0.1)
            client.connect(("127.0.0.1", self.stun_ports[0]))
            try:
                client.send(BINDING_REQUEST)
                return client.recv(1500)[8:20] == BINDING_REQUEST[8:20]
            except OSError:
                return False


def free_port() -> int:
    """Return a port that is free for TCP and for UDP on every address."""
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as stream:
        stream.bind(("::", 0))
        port: int = stream.getsockname()[1]
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as datagrams:
            datagrams.bind(("::", port))
    return port


def last_lines(text: str) -> str:
    """Return the end of a long output."""
    return "\n".join(text.splitlines()[-OUTPUT_LINES:])


def _kill_group(group: int) -> bool:
    """Kill what is left of a process group; return whether something was."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
        return True
    return False
