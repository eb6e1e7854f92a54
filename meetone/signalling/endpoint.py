"""What every signalling socket goes through, from the upgrade to the last frame."""

import logging
import traceback
from collections.abc import Callable
from functools import partial
from time import monotonic

from flask import request
from flask_login import current_user

from meetone.accounts.sessions import current_topic, is_current
from meetone.limits import client_network
from meetone.services import Services, services
from meetone.signalling.limits import SocketCount
from meetone.signalling.messages import VERSION, Join, decode
from meetone.signalling.party import Party
from meetone.signalling.refusals import Refusal, Refused
from meetone.signalling.room import ConsultingRoom, SignedIn
from meetone.signalling.visitor import Visitor
from meetone.signalling.websocket import Disconnected, ProtocolViolation, WebSocket

logger = logging.getLogger(__name__)

JOIN_TIMEOUT_SECONDS = 10.0
IDLE_TIMEOUT_SECONDS = 45.0

OpenParty = Callable[[WebSocket, Services], Party]


def serve(websocket: WebSocket, count: SocketCount, open_party: OpenParty) -> None:
    """Serve one socket until it is closed; the only place where an unexpected error is caught.

    flask-sock would let Flask write an HTTP answer for it into the upgraded connection.
    """
    try:
        with count.one_more(client_network(request.remote_addr)):
            _converse(websocket, open_party(websocket, services()))
    except Disconnected:
        pass
    except Refused as refused:
        websocket.refuse(refused.refusal, refused.retry_after)
    except ProtocolViolation as violation:
        websocket.close(violation.code)
    except Exception as error:  # noqa: BLE001  # see above
        # Where and what, but not the text of the error: it may quote what somebody sent.
        place = "".join(traceback.format_tb(error.__traceback__))
        logger.error("%s in a signalling socket\n%s", type(error).__name__, place)
        websocket.refuse(Refusal.INTERNAL)
    finally:
        websocket.finish()


def open_visit(websocket: WebSocket, held: Services) -> Party:
    """Let a patient or companion speak; the invitation follows in the first message.

    A request without `Origin` is no browser's, and there is no cookie here that one could abuse.

    Raises:
        Refused: a foreign page asks.
    """
    if request.headers.get("Origin", held.settings.public_url) != held.settings.public_url:
        raise Refused(Refusal.BAD_ORIGIN)
    return Visitor(websocket, held)


def open_room(websocket: WebSocket, held: Services) -> Party:
    """Let a practitioner speak, authorised by the session's cookie and the origin.

    Raises:
        Refused: another page than our own asks, or nobody who holds consultations is signed in.
    """
    if request.headers.get("Origin") != held.settings.public_url:
        raise Refused(Refusal.BAD_ORIGIN)
    try:
        topic = current_topic()
        if topic is None or not current_user.is_authenticated:
            raise Refused(Refusal.NOT_SIGNED_IN)
        if not current_user.is_practitioner():
            raise Refused(Refusal.NOT_PRACTITIONER)
        signed_in = SignedIn(current_user.id, topic, partial(is_current, topic))
        return ConsultingRoom(websocket, held, signed_in)
    finally:
        # The request lasts as long as the socket; its connection to the database must not.
        held.database.session.remove()


def _converse(websocket: WebSocket, party: Party) -> None:
    try:
        party.join(_first_message(websocket))
        while True:
            message = decode(next_text(websocket, party))
            try:
                party.receive(message)
            except Refused as refused:
                if refused.refusal.close_code is not None:
                    raise
                websocket.refuse(refused.refusal)
    finally:
        party.lose()


def _first_message(websocket: WebSocket) -> Join:
    try:
        message = decode(websocket.receive(JOIN_TIMEOUT_SECONDS))
    except TimeoutError:
        raise Refused(Refusal.JOIN_TIMEOUT) from None
    if not isinstance(message, Join):
        raise Refused(Refusal.BAD_MESSAGE)
    if message.version != VERSION:
        raise Refused(Refusal.VERSION)
    return message


def next_text(websocket: WebSocket, party: Party) -> str:
    """Wait for a message for as long as the client shows any sign of life, be it a ping of its WebSocket.

    Raises:
        Refused: `idle`, or what the party's check finds: whoever only listens must not stay longer than one who speaks.
    """
    while True:
        party.check()
        left = websocket.heard_at + IDLE_TIMEOUT_SECONDS - monotonic()
        if left <= 0:
            raise Refused(Refusal.IDLE)
        try:
            return websocket.receive(left)
        except TimeoutError:
            continue
