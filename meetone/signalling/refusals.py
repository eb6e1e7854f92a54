"""Why the server refuses: the error ids of PROTOCOL.md and the close code of each."""

from enum import Enum

from meetone.errors import RemoteError


class Refusal(Enum):
    """An error id and the code its socket closes with (RFC 6455 Section 7.4; None: the socket stays open)."""

    BAD_ORIGIN = ("bad-origin", 4403)
    NOT_SIGNED_IN = ("not-signed-in", 4401)
    NOT_PRACTITIONER = ("not-practitioner", 4403)
    BAD_MESSAGE = ("bad-message", 4400)
    VERSION = ("version", 4426)
    UNKNOWN_INVITATION = ("unknown-invitation", 4404)
    REVOKED = ("revoked", 4410)
    EXPIRED = ("expired", 4410)
    ENDED = ("ended", 4410)
    UNKNOWN_SEAT = ("unknown-seat", 4404)
    TAKEN_OVER = ("taken-over", 4409)
    CLAIM_REFUSED = ("claim-refused", 4423)
    JOIN_TIMEOUT = ("join-timeout", 4408)
    IDLE = ("idle", 4408)
    TOO_FAST = ("too-fast", 4429)
    TOO_MANY_SOCKETS = ("too-many-sockets", 4429)
    SERVER_RESTART = ("server-restart", 1012)
    INTERNAL = ("internal", 1011)
    NOT_OPEN = ("not-open", None)
    NO_SUCH_SEAT = ("no-such-seat", None)
    NOT_ALLOWED = ("not-allowed", None)

    def __init__(self, error: str, close_code: int | None) -> None:
        self.error = error
        self.close_code = close_code


class Refused(RemoteError):
    """The client asked for something that this server does not give.

    Attributes:
        refusal: which error the client is told.
        retry_after: seconds after which trying again makes sense; None when it never does.
    """

    def __init__(self, refusal: Refusal, retry_after: float | None = None) -> None:
        super().__init__(refusal.error)
        self.refusal = refusal
        self.retry_after = retry_after
