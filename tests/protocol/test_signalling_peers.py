"""Two peers find each other through the real signalling, and tell each other what the server must never know."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import closing

import pytest
from aiortc import (
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)

from tests.conftest import FreshServer
from tests.protocol.signalling_clients import Json, Practice, Socket
from tests.support.waiting import TIMEOUT_SCALE, run_async

NAME = "Wilhelmine Beispiel"
CONNECTION = "connection-of-two"
PEERS_SECONDS = 20 * TIMEOUT_SCALE


@pytest.fixture
def practice(fresh_server: FreshServer) -> Iterator[Practice]:
    with closing(Practice(fresh_server())) as practice:
        yield practice


class Peer:
    """One end of the call: a socket of its own and a peer connection."""

    def __init__(self, page: Socket, welcome: Json) -> None:
        ice_servers = welcome["iceServers"]
        assert isinstance(ice_servers, list)
        self.page = page
        self.connection = RTCPeerConnection(
            RTCConfiguration([RTCIceServer(server["urls"]) for server in ice_servers])
        )
        self.control: RTCDataChannel = self.connection.createDataChannel(
            "control", negotiated=True, id=0
        )
        self.heard: asyncio.Queue[str] = asyncio.Queue()
        self.is_open = asyncio.Event()
        self.control.on("message", self.heard.put_nowait)
        self.control.on("open", self.is_open.set)

    async def describe(self, to: object, instance: object, seq: int) -> None:
        """Send the local description through the server; aiortc gathers before it has one."""
        local = self.connection.localDescription
        message: Json = {
            "type": "description",
            "to": to,
            "toInstance": instance,
            "connection": CONNECTION,
            "seq": seq,
            "description": {"type": local.type, "sdp": local.sdp},
        }
        await asyncio.to_thread(self.page.send, message)

    async def hear(self) -> Json:
        """Wait for the next message from the server."""
        return await asyncio.to_thread(self.page.receive)

    async def accept(self, message: Json) -> None:
        """Take a description that was relayed."""
        found = message["description"]
        assert isinstance(found, dict)
        await self.connection.setRemoteDescription(RTCSessionDescription(**found))


async def meet(room: Peer, patient: Peer) -> tuple[Json, Json]:
    """Connect the two and say hello both ways; return what each heard."""
    presence = (await room.hear())["peer"]
    assert isinstance(presence, dict)
    await room.connection.setLocalDescription(await room.connection.createOffer())
    await room.describe(presence["seat"], presence["instance"], seq=1)

    offer = await patient.hear()
    assert (offer["fromInstance"], offer["connection"]) == (room.page.instance, CONNECTION)
    to: Json = {"to": offer["from"], "toInstance": offer["fromInstance"]}
    await asyncio.to_thread(patient.page.send, {"type": "ack", "seq": 1, **to})
    await patient.accept(offer)
    await patient.connection.setLocalDescription(await patient.connection.createAnswer())
    await patient.describe(offer["from"], offer["fromInstance"], seq=1)

    ack = await room.hear()
    assert (ack["type"], ack["seq"], ack["from"]) == ("ack", 1, presence["seat"])
    await room.accept(await room.hear())

    await asyncio.gather(room.is_open.wait(), patient.is_open.wait())
    hello = {"type": "hello", "version": 1, "role": "patient", "name": NAME, "language": "de"}
    patient.control.send(json.dumps(hello))
    name = json.loads(await room.heard.get())
    room.control.send(json.dumps({"type": "seen", "since": "2026-11-24T09:02:00Z"}))
    seen = json.loads(await patient.heard.get())
    return name, seen


def test_two_peers_connect_and_the_name_goes_past_the_server(practice: Practice) -> None:
    room_page, of_room = practice.room()
    patient_page, of_patient = practice.visit(token=practice.book().token)

    async def call() -> tuple[Json, Json]:
        room, patient = Peer(room_page, of_room), Peer(patient_page, of_patient)
        try:
            return await meet(room, patient)
        finally:
            await asyncio.gather(room.connection.close(), patient.connection.close())

    name, seen = run_async(call(), PEERS_SECONDS)

    assert name["name"] == NAME
    assert seen["type"] == "seen"
    server = practice.server
    server.stop()
    kept = [path for path in server.instance.rglob("*") if path.is_file()]
    assert any(path.name == "meetone.sqlite3" for path in kept)
    for part in (NAME, *NAME.split()):
        assert part not in server.output
        assert [path for path in kept if part.encode() in path.read_bytes()] == []
