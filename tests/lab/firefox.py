"""Debian's Firefox, spoken to in WebDriver BiDi: no driver program is needed, only a WebSocket.

https://w3c.github.io/webdriver-bidi/
"""

import json
import re
import subprocess
import time
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import websocket

from tests.support.network import Namespace
from tests.support.waiting import wait_for

EXECUTABLE = "/usr/bin/firefox-esr"
START_SECONDS = 30.0
STEP_SECONDS = 60.0
LISTENING = re.compile(r"WebDriver BiDi listening on ws://(.+):(\d+)")
PREFERENCES: dict[str, bool | str] = {
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "media.autoplay.default": False,
    "media.gmp-manager.updateEnabled": False,
    "media.navigator.permission.disabled": True,
    "media.navigator.streams.fake": True,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}


class _Answer(msgspec.Struct):
    """What BiDi says to a command, or by itself."""

    id: int | None = None
    type: str = ""
    result: dict[str, object] = {}
    error: str = ""
    message: str = ""


class FirefoxError(Exception):
    """Firefox could not do what it was told."""


class Firefox:
    """One Firefox with one page, whose fake camera and microphone may be used without asking."""

    def __init__(self, place: Namespace, folder: Path, secure_host: str) -> None:
        """Start it.

        Args:
            place: the network that it sits in.
            folder: for the profile; made anew.
            secure_host: whose plain http pages are treated as https.
        """
        folder.mkdir()
        preferences = PREFERENCES | {"dom.securecontext.allowlist": secure_host}
        lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in preferences.items())
        (folder / "user.js").write_text("".join(lines))
        self._said = folder / "said.txt"
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(
                [
                    *place.prefix(),
                    *(EXECUTABLE, "--headless", "--no-remote", "--profile", str(folder)),
                    *("--remote-debugging-port", "0"),
                ],
                stdout=subprocess.DEVNULL,
                stderr=said,
            )
        host, port = self._listening()
        self._socket = websocket.create_connection(
            f"ws://{host}:{port}/session",
            socket=place.connect(host, port),
            suppress_origin=True,
            timeout=STEP_SECONDS,
        )
        self._numbers = count(1)
        self._tell("session.new", capabilities={})
        tree = self._tell("browsingContext.getTree")
        contexts = msgspec.convert(tree["contexts"], list[dict[str, object]])
        self._page = contexts[0]["context"]

    def __enter__(self) -> Self:
        """Return the browser itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End it."""
        self._socket.close()
        self._process.terminate()
        self._process.wait()

    def before_every_page(self, script: str) -> None:
        """Run a script before the scripts of every page."""
        self._tell("script.addPreloadScript", functionDeclaration=f"() => {{ {script} }}")

    def goto(self, address: str) -> None:
        """Open an address; return after its `load`."""
        self._tell("browsingContext.navigate", context=self._page, url=address, wait="complete")

    def reload(self) -> None:
        """Load the page again; return after its `load`."""
        self._tell("browsingContext.reload", context=self._page, wait="complete")

    def evaluate(self, expression: str, arg: object = None) -> object:
        """Return the value of an expression, or of a function applied to an argument; promises are awaited.

        Raises:
            FirefoxError: it threw.
        """
        call = expression if arg is None else f"({expression})({json.dumps(arg)})"
        answer = self._tell(
            "script.evaluate",
            expression=f"(async () => JSON.stringify((await ({call})) ?? null))()",
            target={"context": self._page},
            awaitPromise=True,
            userActivation=True,
        )
        if answer["type"] != "success":
            raise FirefoxError(json.dumps(answer["exceptionDetails"])[:400])
        value = msgspec.convert(answer["result"], dict[str, object])["value"]
        return msgspec.json.decode(str(value))

    def wait_for_timeout(self, timeout: float) -> None:
        """Let milliseconds pass."""
        time.sleep(timeout / 1000)

    def _tell(self, method: str, **parameters: object) -> dict[str, object]:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = msgspec.json.decode(self._socket.recv(), type=_Answer)
            if answer.id != number:
                continue
            if answer.type == "error":
                raise FirefoxError(f"{method}: {answer.error}: {answer.message}")
            return answer.result

    def _listening(self) -> tuple[str, int]:
        """Return where it can be spoken to, as it says on its standard error."""
        try:
            where = wait_for(
                lambda: LISTENING.search(self._said.read_text()), "Firefox", START_SECONDS
            )
        except AssertionError:
            self._process.kill()
            self._process.wait()
            raise
        assert where
        return where[1], int(where[2])
