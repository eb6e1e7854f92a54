"""Clients that others wrote find their address with our server."""

import re
import subprocess
from collections.abc import Iterator

import aioice
import pytest
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection

from tests.protocol.stun_process import StunProcess
from tests.support import network
from tests.support.waiting import TIMEOUT_SCALE, run_async


@pytest.fixture(scope="module")
def stun() -> Iterator[StunProcess]:
    with StunProcess("0.0.0.0") as process:
        yield process


def run(*command: str) -> str:
    """Return what a command prints; Debian's `stun` ends with a number that describes the NAT."""
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=20 * TIMEOUT_SCALE
    )
    return done.stdout


def test_coturn_client_finds_its_ipv4_address(stun: StunProcess) -> None:
    output = run("turnutils_stunclient", "-p", str(stun.port), "127.0.0.1")

    assert re.search(r"IPv4\. UDP reflexive addr: 127\.0\.0\.1:\d+\n", output)


def test_coturn_client_finds_its_ipv6_address() -> None:
    with StunProcess("::1") as stun:
        output = run("turnutils_stunclient", "-p", str(stun.port), "::1")

    assert re.search(r"IPv6\. UDP reflexive addr: ::1:\d+\n", output)


def test_classic_client_finds_itself_reachable(stun: StunProcess) -> None:
    output = run("stun", f"127.0.0.1:{stun.port}")

    assert "Primary: Open" in output


def test_aioice_gathers_a_server_reflexive_candidate(stun: StunProcess) -> None:
    async def gather() -> list[aioice.Candidate]:
        connection = aioice.Connection(
            ice_controlling=True, stun_server=(network.ADDRESS, stun.port), use_ipv6=False
        )
        await connection.gather_candidates()
        candidates: list[aioice.Candidate] = connection.local_candidates
        await connection.close()
        return candidates

    candidates = run_async(gather())

    host, reflexive = sorted(candidates, key=lambda candidate: str(candidate.type))
    assert (host.type, reflexive.type) == ("host", "srflx")
    assert (reflexive.host, reflexive.port) == (network.ADDRESS, host.port)


def test_aiortc_offers_a_server_reflexive_candidate(stun: StunProcess) -> None:
    async def offer() -> str:
        urls = f"stun:{network.ADDRESS}:{stun.port}"
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[RTCIceServer(urls=urls)]))
        peer.createDataChannel("any")
        await peer.setLocalDescription(await peer.createOffer())
        sdp: str = peer.localDescription.sdp
        await peer.close()
        return sdp

    sdp = run_async(offer())

    assert re.search(rf"a=candidate:.* {re.escape(network.ADDRESS)} \d+ typ srflx", sdp)
