"""A process of its own that sends every message of a WebSocket back, over TLS without a proxy."""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402  # only after the patching
from contextlib import suppress  # noqa: E402

import flask_sock  # noqa: E402
from flask import Flask  # noqa: E402
from gevent.pywsgi import WSGIServer  # noqa: E402

from meetone.roles.http import RequestHandler  # noqa: E402
from meetone.signalling.websocket import Disconnected, WebSocket  # noqa: E402

SECONDS = 20.0


def main(key: str, certificate: str) -> None:
    """Serve `/ws` until killed; the port is printed."""
    flask_sock.Server = WebSocket
    app = Flask(__name__)
    sock = flask_sock.Sock(app)

    @sock.route("/ws")  # type: ignore[untyped-decorator]  # flask-sock has no types
    def echo(websocket: WebSocket) -> None:
        with suppress(Disconnected):
            while True:
                websocket.send(websocket.receive(SECONDS).encode())
        websocket.finish()

    server = WSGIServer(
        ("127.0.0.1", 0),
        app,
        log=None,
        handler_class=RequestHandler,
        keyfile=key,
        certfile=certificate,
    )
    server.start()
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
