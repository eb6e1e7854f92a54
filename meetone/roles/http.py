"""One HTTP connection: bounds on time, a log without people in it, and no life after an upgrade."""

import logging
import re
from email.errors import FirstHeaderLineIsContinuationDefect, MissingHeaderBodySeparatorDefect
from email.message import Message
from http import HTTPStatus
from io import BufferedIOBase

import gevent
from gevent.pywsgi import OldMessage, WSGIHandler

access_logger = logging.getLogger("meetone.access")

REQUEST_TIMEOUT_SECONDS = 60.0
"""How long a connection may be silent, between requests or within one."""

HEAD_TIMEOUT_SECONDS = 20.0
"""How long the head of a request may take once it has begun, however regularly a byte of it comes."""

TORN_HEADS = (FirstHeaderLineIsContinuationDefect, MissingHeaderBodySeparatorDefect)
"""What Python's parser notes when it stopped at a line that is no header; whatever follows is lost to it."""
CONTENT_LENGTH = re.compile(r"[0-9]+")
SECRET_PATHS = re.compile(r"^(.*/(?:join|setup)/).*$", re.IGNORECASE)
"""Also behind what somebody put in front of it: `//join/…`, `http://…/join/…`."""


class RequestHandler(WSGIHandler):
    """Serve the requests of one connection."""

    def handle(self) -> None:
        """Serve until the client goes; a client that says nothing is not waited for without end."""
        self.socket.settimeout(REQUEST_TIMEOUT_SECONDS)
        super().handle()

    def MessageClass(self, fp: BufferedIOBase, *_rest: object) -> OldMessage:  # noqa: N802
        """Read the headers; the name is pywsgi's.

        Raises:
            ValueError: they took too long, or a proxy may see another end of the request than we do.
        """
        with gevent.Timeout(HEAD_TIMEOUT_SECONDS, ValueError("took too long")):
            headers = super().MessageClass(fp)
        if not ends_plainly(headers):
            raise ValueError("ends in doubt")
        return headers

    def _connection_upgrade_requested(self) -> bool:
        """Leave the connection unread to a WebSocket's handshake, and to nothing else.

        For whatever calls itself an upgrade pywsgi would do so, and a form sent like that would be read on into the
        requests behind it.
        """
        return (
            self.command == "GET"
            and self.headers.get("Upgrade", "").lower() == "websocket"
            and not self.content_length
            and "Transfer-Encoding" not in self.headers
        )

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


def ends_plainly(headers: Message) -> bool:
    """Tell whether everybody who reads a head agrees on where its body ends (RFC 9112 Sections 5.1 and 6.3)."""
    lengths = headers.get_all("Content-Length", [])
    codings = headers.get_all("Transfer-Encoding", [])
    return (
        not any(isinstance(defect, TORN_HEADS) for defect in headers.defects)
        and len(lengths) <= 1
        and all(CONTENT_LENGTH.fullmatch(length) for length in lengths)
        and [coding.lower() for coding in codings] in ([], ["chunked"])
        and not (lengths and codings)
    )


def loggable_path(path: str) -> str:
    """Take the query and every secret off a path."""
    bare = path.partition("?")[0].partition("#")[0]
    return SECRET_PATHS.sub(r"\1…", bare)[:200]
