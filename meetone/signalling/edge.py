"""What the application is given by this package: two WebSockets."""

import flask_sock
from flask import Flask
from flask_sock import Sock

from meetone.signalling.endpoint import open_room, open_visit, serve
from meetone.signalling.limits import SocketCount
from meetone.signalling.websocket import WebSocket


def init_app(app: Flask) -> None:
    """Route the WebSockets."""
    # flask-sock has no setting for it: its own server writes half frames under gevent and reads without bounds.
    flask_sock.Server = WebSocket
    sock = Sock(app)
    count = SocketCount()

    @sock.route("/ws/visit", endpoint="ws_visit")  # type: ignore[untyped-decorator]  # flask-sock has no types
    def visit(websocket: WebSocket) -> None:
        serve(websocket, count, open_visit)

    @sock.route("/ws/room", endpoint="ws_room")  # type: ignore[untyped-decorator]  # flask-sock has no types
    def room(websocket: WebSocket) -> None:
        serve(websocket, count, open_room)
