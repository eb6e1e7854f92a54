import json
import logging
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from flask import Flask

from meetone.services import Services
from meetone.signalling import endpoint
from meetone.signalling.endpoint import IDLE_TIMEOUT_SECONDS, next_text, open_visit, serve
from meetone.signalling.limits import SOCKETS_PER_NETWORK, SocketCount
from meetone.signalling.messages import ClientMessage, Join
from meetone.signalling.party import Party
from meetone.signalling.refusals import Refusal, Refused
from meetone.signalling.room import SESSION_CHECK
from meetone.signalling.websocket import ProtocolViolation, WebSocket
from tests.fakes import FakeWebSocket
from tests.unit.signalling_practice import Practice

JOIN = json.dumps({"type": "join", "version": 1, "instance": "page-one-1"})
PING = json.dumps({"type": "ping"})


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[Practice]:
    practice = Practice(tmp_path)
    app = Flask(__name__)
    practice.services.init_app(app)
    with app.test_request_context("/ws/visit", environ_base={"REMOTE_ADDR": "192.0.2.1"}):
        yield practice
    practice.database.engine.dispose()


class RecordingParty(Party):
    """A party that keeps what it is told, and fails where a test wants it to."""

    error: Exception | None = None

    def __init__(self, websocket: WebSocket, services: Services) -> None:
        super().__init__(websocket, services)
        self.calls: list[str] = []

    def join(self, message: Join) -> None:
        self.calls.append("join")

    def receive(self, message: ClientMessage) -> None:
        self.calls.append("receive")
        if self.error is not None:
            raise self.error

    def lose(self) -> None:
        self.calls.append("lose")

    def hand_over(self) -> None:
        self.calls.append("hand over")


def converse(
    *script: str | Exception, error: Exception | None = None
) -> tuple[FakeWebSocket, list[str]]:
    """Serve a client that follows a script; return its socket and what its party was told."""
    websocket = FakeWebSocket(script)
    parties: list[RecordingParty] = []

    def open_party(opened: WebSocket, held: Services) -> Party:
        parties.append(RecordingParty(opened, held))
        parties[0].error = error
        return parties[0]

    serve(websocket, SocketCount(), open_party)
    assert websocket.finished
    return websocket, parties[0].calls


@pytest.mark.usefixtures("practice")
class TestServe:
    def test_client_that_goes_is_lost_once(self) -> None:
        websocket, calls = converse(JOIN, PING)

        assert calls == ["join", "receive", "lose"]
        assert (websocket.said, websocket.close_code) == ([], 1000)

    def test_client_that_says_nothing_is_told_so(self) -> None:
        websocket, calls = converse(TimeoutError())

        assert websocket.said == [(Refusal.JOIN_TIMEOUT, None)]
        assert calls == ["lose"]

    def test_client_that_is_silent_for_long_is_told_so(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(endpoint, "IDLE_TIMEOUT_SECONDS", 0.0)

        websocket, calls = converse(JOIN, PING)

        assert websocket.said == [(Refusal.IDLE, None)]
        assert calls == ["join", "lose"]

    @pytest.mark.parametrize(
        ("text", "refusal"),
        [
            (PING, Refusal.BAD_MESSAGE),
            ("hello", Refusal.BAD_MESSAGE),
            (JOIN.replace("1,", "2,"), Refusal.VERSION),
        ],
    )
    def test_first_message_that_is_no_join_of_ours_is_refused(
        self, text: str, refusal: Refusal
    ) -> None:
        websocket, calls = converse(text)

        assert (websocket.said, calls) == ([(refusal, None)], ["lose"])

    def test_refusal_without_a_close_code_leaves_the_socket_open(self) -> None:
        websocket, calls = converse(JOIN, PING, PING, error=Refused(Refusal.NOT_OPEN))

        assert websocket.said == [(Refusal.NOT_OPEN, None)] * 2
        assert calls == ["join", "receive", "receive", "lose"]

    def test_refusal_with_a_close_code_ends_the_conversation(self) -> None:
        websocket, calls = converse(JOIN, PING, PING, error=Refused(Refusal.ENDED))

        assert (websocket.said, websocket.close_code) == ([(Refusal.ENDED, None)], 4410)
        assert calls == ["join", "receive", "lose"]

    def test_client_that_is_too_fast_learns_when_to_try_again(self) -> None:
        websocket, _ = converse(JOIN, Refused(Refusal.TOO_FAST, 5.0))

        assert websocket.said == [(Refusal.TOO_FAST, 5.0)]

    def test_client_that_breaks_the_framing_is_closed_with_its_code(self) -> None:
        websocket, calls = converse(JOIN, ProtocolViolation(1009))

        assert (websocket.said, websocket.close_code) == ([], 1009)
        assert calls == ["join", "lose"]

    def test_fault_of_ours_is_logged_without_what_was_said(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.ERROR):
            websocket, calls = converse(JOIN, PING, error=KeyError("Wilhelmine Beispiel"))

        assert (websocket.said, websocket.close_code) == ([(Refusal.INTERNAL, None)], 1011)
        assert calls == ["join", "receive", "lose"]
        assert "KeyError in a signalling socket" in caplog.text
        assert "in receive" in caplog.text
        assert "Beispiel" not in caplog.text

    def test_one_socket_too_many_is_refused_before_anything_else(self) -> None:
        count = SocketCount(most=0)
        websocket = FakeWebSocket([JOIN])

        serve(websocket, count, open_visit)

        assert websocket.said == [(Refusal.TOO_MANY_SOCKETS, 5.0)]
        assert SOCKETS_PER_NETWORK == 60


class TestNextText:
    def test_waits_on_while_the_client_shows_signs_of_life(self, practice: Practice) -> None:
        websocket = FakeWebSocket([TimeoutError(), TimeoutError(), PING])

        assert next_text(websocket, RecordingParty(websocket, practice.services)) == PING

    def test_ends_for_one_who_only_listens_when_the_check_says_so(self, practice: Practice) -> None:
        room = practice.room().party
        practice.session_lives = False

        assert next_text(FakeWebSocket([PING]), room) == PING
        practice.now += SESSION_CHECK
        with pytest.raises(Refused) as raised:
            next_text(FakeWebSocket([TimeoutError(), PING]), room)

        assert raised.value.refusal is Refusal.NOT_SIGNED_IN

    def test_ends_when_nothing_was_heard_for_45_seconds(self, practice: Practice) -> None:
        websocket = FakeWebSocket([PING])
        websocket.heard_at = monotonic() - IDLE_TIMEOUT_SECONDS

        with pytest.raises(Refused) as raised:
            next_text(websocket, RecordingParty(websocket, practice.services))

        assert raised.value.refusal is Refusal.IDLE
        assert IDLE_TIMEOUT_SECONDS == 45
