"""People at browsers: Chromium with fake devices, watched for what no page may do."""

import os
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    WebError,
    WebSocket,
)

from tests.support.waiting import TIMEOUT_SCALE, wait_for

T = TypeVar("T")

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",  # as root there is none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
)
ACTION_MILLISECONDS = 10_000
"""Deadline of one click or one awaited state, multiplied by `TIMEOUT_SCALE`."""


class Permission(Enum):
    """How a browser answers when a page wants camera and microphone."""

    GRANTED = "granted"
    """Allowed already; a screen may be shared too."""
    ASKED = "asked"
    """Not decided yet; the person allows it when asked."""
    DENIED = "denied"
    """The person says no."""


PERMISSION_FLAGS = {
    Permission.GRANTED: ["--use-fake-ui-for-media-stream"],
    Permission.ASKED: ["--auto-accept-camera-and-microphone-capture"],
    Permission.DENIED: [],
}


@dataclass(frozen=True, slots=True)
class Screen:
    """What a person looks at: `replace(PHONE, dark=True)` is a phone at night."""

    width: int
    """In CSS pixels."""
    height: int
    """In CSS pixels."""
    touch: bool = False
    """Fingers touch it."""
    dark: bool = False
    """The person prefers dark pages."""
    still: bool = False
    """The person prefers pages on which nothing moves."""


DESKTOP = Screen(1440, 900)
PHONE = Screen(390, 844, touch=True)
PHONE_LANDSCAPE = Screen(844, 390, touch=True)


class Watch:
    """What one person's pages did: errors they logged, origins they asked for something."""

    def __init__(self, origin: str) -> None:
        """Watch pages of an origin.

        Args:
            origin: the only one that may be asked, `http://localhost:8000`.
        """
        self.origin = origin
        self.errors: list[str] = []
        self.addresses: list[str] = []
        self._allowed: list[re.Pattern[str]] = []

    def attach(self, context: BrowserContext) -> None:
        """Watch every page of a context, also those to come."""
        context.on("console", self._on_console)
        context.on("weberror", self._on_web_error)
        context.on("request", self._on_request)
        context.on("page", self._on_page)

    def allow(self, pattern: str) -> None:
        """Expect errors that contain a regular expression: a refusal is logged by the browser."""
        self._allowed.append(re.compile(pattern))

    def unexpected_errors(self) -> list[str]:
        """Return the errors that no call of `allow` expects."""
        return [e for e in self.errors if not any(p.search(e) for p in self._allowed)]

    def third_parties(self) -> list[str]:
        """Return every address asked that is not of the own origin."""
        return [a for a in self.addresses if origin_of(a) != self.origin]

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location['url']})")

    def _on_web_error(self, error: WebError) -> None:
        self.errors.append(f"uncaught: {error.error.stack or error.error.message}")

    def _on_request(self, request: Request) -> None:
        self._note(request.url)

    def _on_page(self, page: Page) -> None:
        page.on("websocket", self._on_websocket)

    def _on_websocket(self, websocket: WebSocket) -> None:
        self._note(websocket.url)

    def _note(self, address: str) -> None:
        if urlsplit(address).scheme in {"http", "https", "ws", "wss"}:
            self.addresses.append(address)


def origin_of(address: str) -> str:
    """Return scheme, host and port of an address; a WebSocket has those of its page."""
    parts = urlsplit(address)
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    return f"{scheme}://{parts.netloc}"


class Person:
    """One person at one browser: a context of its own, watched, with one page to begin with."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        """Sit down before an empty page; nothing is loaded yet."""
        self.context = context
        self.watch = Watch(origin)
        self.watch.attach(context)
        context.set_default_timeout(ACTION_MILLISECONDS * TIMEOUT_SCALE)
        self.page = context.new_page()

    def wait_for(self, predicate: Callable[[], T], what: str, seconds: float = 5) -> T:
        """Return the first true value of a predicate while the browser's events go on arriving."""
        return wait_for(predicate, what, seconds, self._pause)

    def take_screenshots(self, folder: Path, name: str) -> list[Path]:
        """Save a picture of every open page; return the paths."""
        paths = []
        for number, page in enumerate(self.context.pages):
            path = folder / f"{name}-{number}.png"
            page.screenshot(path=path, timeout=ACTION_MILLISECONDS)
            paths.append(path)
        return paths

    def leave(self) -> None:
        """Close the browser context.

        Raises:
            AssertionError: a page logged an unexpected error or asked a third party.
        """
        self.context.close()
        assert self.watch.unexpected_errors() == []
        assert self.watch.third_parties() == []

    def _pause(self, seconds: float) -> None:
        self.page.wait_for_timeout(seconds * 1000)


class Browsers:
    """The browsers of one test session, each started when it is first needed."""

    def __init__(self, driver: Playwright) -> None:
        """Keep Playwright; start nothing yet."""
        self._driver = driver
        self._started: dict[Permission, Browser] = {}

    def get(self, permission: Permission) -> Browser:
        """Return the browser of this session that answers so."""
        if permission not in self._started:
            self._started[permission] = self.launch(permission)
        return self._started[permission]

    def launch(
        self,
        permission: Permission = Permission.GRANTED,
        *,
        executable: str | Path = CHROMIUM,
        secure_origin: str = "",
        more_flags: Sequence[str] = (),
    ) -> Browser:
        """Start one more browser; who starts it closes it.

        Args:
            permission: how it answers to the wish for camera and microphone.
            executable: Chromium itself or the script of `Host.wrap`.
            secure_origin: a plain http origin off this host that shall be treated as https; several
                are separated by commas.
            more_flags: Chromium's switches; the last of a kind counts.
        """
        flags = [*FLAGS, *PERMISSION_FLAGS[permission], *more_flags]
        if secure_origin:
            flags.append(f"--unsafely-treat-insecure-origin-as-secure={secure_origin}")
        return self._driver.chromium.launch(executable_path=executable, headless=True, args=flags)

    def open_profile(self, folder: Path, *, locale: str = "de-DE") -> BrowserContext:
        """Open a browser with a profile on disk: only there can pages be installed. Who opens it closes it."""
        return self._driver.chromium.launch_persistent_context(
            folder, executable_path=CHROMIUM, headless=True, args=list(FLAGS), locale=locale
        )

    def close(self) -> None:
        """Close every browser of the session."""
        for browser in self._started.values():
            browser.close()


def open_context(
    browser: Browser,
    origin: str,
    permission: Permission,
    *,
    locale: str = "de-DE",
    screen: Screen = DESKTOP,
) -> BrowserContext:
    """Open a context as a person would have it set up.

    Args:
        browser: where to open it.
        origin: base of relative addresses, and whom the permission is for.
        permission: the same that the browser was started with.
        locale: language and formats of the browser.
        screen: what the page is shown on.
    """
    context = browser.new_context(
        base_url=origin,
        locale=locale,
        timezone_id="Europe/Berlin",
        viewport={"width": screen.width, "height": screen.height},
        is_mobile=screen.touch,
        has_touch=screen.touch,
        color_scheme="dark" if screen.dark else "light",
        reduced_motion="reduce" if screen.still else "no-preference",
        accept_downloads=True,
    )
    if permission is Permission.GRANTED:
        context.grant_permissions(["camera", "microphone"], origin=origin)
    return context
