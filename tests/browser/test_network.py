"""The ground of the media tests: browsers meet inside the tests' own network, and only there."""

import socket
from errno import EAGAIN, EHOSTUNREACH
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.conftest import FreshServer, NewPerson
from tests.support import network
from tests.support.browser import CHROMIUM, Browsers, Permission, Person
from tests.support.network import Host
from tests.support.server import MeetoneProcess

PREPARE = """(stun) => {
  const connection = new RTCPeerConnection({ iceServers: [{ urls: stun }] });
  const channel = connection.createDataChannel("greeting", { negotiated: true, id: 0 });
  window.connection = connection;
  window.greeting = new Promise((resolve) => {
    channel.addEventListener("message", ({ data }) => resolve(data));
  });
  channel.addEventListener("open", () => channel.send("Guten Tag"));
}"""
DESCRIBE = """async () => {
  await connection.setLocalDescription();
  while (connection.iceGatheringState !== "complete") {
    await new Promise((resolve) => {
      connection.addEventListener("icegatheringstatechange", resolve, { once: true });
    });
  }
  return connection.localDescription.toJSON();
}"""
ACCEPT = "(description) => connection.setRemoteDescription(description)"


@pytest.fixture
def stun(fresh_server: FreshServer) -> MeetoneProcess:
    return fresh_server(role="stun")


def sit_before_blank_page(person: Person) -> Page:
    """Load an empty page of the person's origin, without a server."""
    person.page.route("**/*", lambda route: route.fulfill(body="", content_type="text/html"))
    person.page.goto(person.watch.origin)
    return person.page


def connect(offerer: Page, answerer: Page, stun: MeetoneProcess) -> list[str]:
    """Open a data channel between two pages; return the candidate lines of both."""
    url = f"stun:{network.ADDRESS}:{stun.stun_ports[0]}"
    for page in (offerer, answerer):
        page.evaluate(PREPARE, url)
    offer = offerer.evaluate(DESCRIBE)
    answerer.evaluate(ACCEPT, offer)
    answer = answerer.evaluate(DESCRIBE)
    offerer.evaluate(ACCEPT, answer)
    for page in (offerer, answerer):
        assert page.evaluate("greeting") == "Guten Tag"
    lines = [*offer["sdp"].splitlines(), *answer["sdp"].splitlines()]
    return [line for line in lines if line.startswith("a=candidate:")]


def test_network_address_outside_is_unreachable() -> None:
    own = (network.ADDRESS, 0)
    with socket.create_server(own) as listener, socket.socket() as client:
        client.connect(listener.getsockname())

    with socket.socket() as client:
        client.settimeout(0.3)

        # Nobody answers: the connection neither opens nor is refused.
        assert client.connect_ex(("192.0.2.200", 443)) in {EAGAIN, EHOSTUNREACH}


def test_two_browsers_with_permission_connect_by_host_candidates(
    stun: MeetoneProcess, new_person: NewPerson
) -> None:
    first, second = (sit_before_blank_page(new_person("http://localhost")) for _ in range(2))

    candidates = connect(first, second, stun)

    assert {line.split()[7] for line in candidates} >= {"host"}
    assert any(f" {network.ADDRESS} " in line for line in candidates)


def test_two_browsers_without_permission_connect_and_hide_their_addresses(
    stun: MeetoneProcess, new_person: NewPerson
) -> None:
    first, second = (
        sit_before_blank_page(new_person("http://localhost", permission=Permission.DENIED))
        for _ in range(2)
    )

    candidates = connect(first, second, stun)

    hosts = [line.split()[4] for line in candidates if " typ host" in line]
    assert hosts
    assert all(host.endswith(".local") for host in hosts)


def test_browser_on_an_unplugged_host_loses_its_peer_and_finds_it_again(
    stun: MeetoneProcess, browsers: Browsers, new_person: NewPerson, tmp_path: Path
) -> None:
    with Host(0) as host:
        away = browsers.launch(executable=host.wrap(CHROMIUM, tmp_path))
        near = sit_before_blank_page(new_person("http://localhost"))
        far = new_person("http://localhost", browser=away)
        candidates = connect(near, sit_before_blank_page(far), stun)
        assert any(f" {host.address} " in line for line in candidates)

        host.unplug()
        far.wait_for(lambda: ice_state(near) == "disconnected", "the loss of the peer", 20)
        host.plug_in()
        far.wait_for(lambda: ice_state(near) == "connected", "the return of the peer", 20)

        away.close()


def ice_state(page: Page) -> str:
    state: str = page.evaluate("connection.iceConnectionState")
    return state
