"""What happens inside a person's page and on its wires: connections, devices, messages, answers."""

import re
from collections import Counter
from dataclasses import dataclass, field

import msgspec
from playwright.sync_api import Response, WebSocket

from tests.support.browser import Person

OBSERVE = """
window.inside = { connections: [], wanted: [], tracks: [] };
if (window.RTCPeerConnection) {
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...options) {
      super(...options);
      inside.connections.push(this);
    }
  };
}
if (window.MediaDevices) {
  const { getUserMedia } = MediaDevices.prototype;
  MediaDevices.prototype.getUserMedia = async function (constraints) {
    inside.wanted.push(Object.keys(constraints).filter((kind) => constraints[kind]).sort());
    const stream = await getUserMedia.call(this, constraints);
    inside.tracks.push(...stream.getTracks());
    return stream;
  };
}
"""
"""Notes, before any script of the page runs, what it makes of connections and devices."""

LAST_CONNECTION = "inside.connections.at(-1)"
MEDIA_BYTES = f"""async () => {{
  const bytes = {{ sent: 0, received: 0 }};
  for (const report of (await {LAST_CONNECTION}.getStats()).values()) {{
    if (report.type === "outbound-rtp") bytes.sent += report.bytesSent;
    if (report.type === "inbound-rtp") bytes.received += report.bytesReceived;
  }}
  return bytes;
}}"""
CHECKS_ANSWERED = f"""async () => {{
  const reports = [...(await {LAST_CONNECTION}.getStats()).values()];
  return reports
    .filter(({{ type, nominated }}) => type === "candidate-pair" && nominated)
    .reduce((sum, {{ responsesReceived }}) => sum + responsesReceived, 0);
}}"""
"""Consent checks of the path in use (RFC 7675): one every few seconds, so that counting them is a clock."""
CHANNELS = f"""async () => [...(await {LAST_CONNECTION}.getStats()).values()]
  .filter(({{ type, state }}) => type === "data-channel" && state === "open")
  .map(({{ label }}) => label)
  .sort()"""

_Message = dict[str, object]


@dataclass(slots=True)
class Wires:
    """What went over the WebSockets of a person's pages, as text, and what HTTP answered."""

    sent: list[str] = field(default_factory=list)
    received: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Address and body of each HTTP request."""
    answers: list[Response] = field(default_factory=list)


class Inside:
    """Looks into the pages of one person; to be made before the first page is loaded."""

    def __init__(self, person: Person) -> None:
        """Begin to look."""
        self._page = person.page
        self.wires = Wires()
        person.context.add_init_script(OBSERVE)
        person.context.on("response", self._on_response)
        person.page.on("websocket", self._on_websocket)

    def media_bytes(self) -> dict[str, int]:
        """Count the bytes of sound and picture that the newest connection sent and received."""
        bytes_: dict[str, int] = self._page.evaluate(MEDIA_BYTES)
        return bytes_

    def checks_answered(self) -> int:
        """Count the answered consent checks of the newest connection."""
        count: int = self._page.evaluate(CHECKS_ANSWERED)
        return count

    def open_channels(self) -> list[str]:
        """Name the open data channels of the newest connection."""
        labels: list[str] = self._page.evaluate(CHANNELS)
        return labels

    def connections(self) -> int:
        """Count the connections that the page has made since it was loaded."""
        count: int = self._page.evaluate("inside.connections.length")
        return count

    def stun_urls(self) -> list[str]:
        """List the servers that every connection of the page was given."""
        urls: list[str] = self._page.evaluate(
            "inside.connections.flatMap((each) => each.getConfiguration().iceServers)"
            ".flatMap(({ urls }) => urls)"
        )
        return urls

    def wanted_devices(self) -> list[list[str]]:
        """List what the page asked the browser for, in order."""
        wanted: list[list[str]] = self._page.evaluate("inside.wanted")
        return wanted

    def live_tracks(self) -> list[str]:
        """List the kinds of all tracks of camera and microphone that are not stopped."""
        kinds: list[str] = self._page.evaluate(
            "inside.tracks.filter(({ readyState }) => readyState === 'live').map(({ kind }) => kind).sort()"
        )
        return kinds

    def descriptions(self) -> tuple[Counter[str], Counter[str]]:
        """Count offers and answers, sent and received, over all WebSockets of the page."""
        return _descriptions(self.wires.sent), _descriptions(self.wires.received)

    def offers(self) -> list[str]:
        """Return the SDP of every offer received."""
        return [sdp for kind, sdp in map(_description, self.wires.received) if kind == "offer"]

    def everything(self) -> str:
        """Return all that went over WebSockets and HTTP, requests and what the present page was answered."""
        wires = self.wires
        bodies = [answer.text() for answer in wires.answers if _is_text(answer)]
        return "\n".join([*wires.sent, *wires.received, *wires.asked, *bodies])

    def forget_answers(self) -> None:
        """Let go of what earlier pages were answered: the browser keeps the bodies of one page only."""
        self.wires.answers.clear()

    def _on_response(self, response: Response) -> None:
        request = response.request
        self.wires.asked.append(f"{request.url}\n{request.post_data or ''}")
        self.wires.answers.append(response)

    def _on_websocket(self, websocket: WebSocket) -> None:
        websocket.on("framesent", lambda data: self.wires.sent.append(_text(data)))
        websocket.on("framereceived", lambda data: self.wires.received.append(_text(data)))


def m_lines(sdp: str) -> list[str]:
    """List the kinds of the m-lines of a description, in order."""
    return re.findall(r"^m=(\w+)", sdp, flags=re.MULTILINE)


def _descriptions(messages: list[str]) -> Counter[str]:
    return Counter(kind for kind, _ in map(_description, messages) if kind)


def _description(text: str) -> tuple[str, str]:
    message = msgspec.json.decode(text, type=_Message)
    description = message.get("description")
    if not isinstance(description, dict):
        return "", ""
    return str(description["type"]), str(description["sdp"])


def _is_text(answer: Response) -> bool:
    kind = answer.headers.get("content-type", "")
    return answer.ok and kind.startswith(("text/", "application/json", "application/javascript"))


def _text(data: str | bytes) -> str:
    return data if isinstance(data, str) else data.decode(errors="replace")
