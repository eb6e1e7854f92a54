"""One HTTP connection: bounds on time, a log without people in it, and no life after an upgrade."""

import logging
import re
from http import HTTPStatus

from gevent.pywsgi import WSGIHandler

access_logger = logging.getLogger("meetone.access")

REQUEST_TIMEOUT_SECONDS = 60.0
"""How long a connection may be silent, between requests or within one."""

SECRET_PATHS = re.compile(r"^(/join/|/setup/).*$")


class RequestHandler(WSGIHandler):
    """Serve the requests of one connection."""

    def handle(self) -> None:
        """Serve until the client goes; a client that says nothing is not waited for without end."""
        self.socket.settimeout(REQUEST_TIMEOUT_SECONDS)
        super().handle()

    def handle_one_response(self) -> None:
        """Serve one request.

        After a WebSocket has ended pywsgi would go on to parse HTTP from the same connection, and a proxy in front
        would not see those requests.
        """
        environ = self.environ or {}
        if environ.get("HTTP_UPGRADE", "").lower() == "websocket":
            self.close_connection = True
            # The answer goes past pywsgi, which would log the one before it.
            self.code = HTTPStatus.SWITCHING_PROTOCOLS
        super().handle_one_response()

    def log_request(self) -> None:
        """Log method, path, status and duration: no address, no query, no token; static files only where they fail."""
        if (self.path or "").startswith("/static/") and (self.code or 0) < HTTPStatus.BAD_REQUEST:
            return
        access_logger.info(
            "%s %s %s %.0f ms",
            self.command,
            loggable_path(self.path or ""),
            int(self.code or 0),
            1000 * max(0.0, self.time_finish - self.time_start),
        )

    def log_error(self, msg: str, *args: object) -> None:
        """Log that a request was malformed, without its address and content."""
        access_logger.info("malformed request")


def loggable_path(path: str) -> str:
    """Take the query and every secret off a path."""
    bare = path.partition("?")[0].partition("#")[0]
    return SECRET_PATHS.sub(r"\1…", bare)[:200]
