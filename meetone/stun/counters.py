"""Count what the STUN server does."""

from dataclasses import dataclass

from meetone.stun.message import MessageClass, Method, message_type

_BINDING_ERROR = message_type(MessageClass.ERROR_RESPONSE, Method.BINDING).to_bytes(2, "big")


@dataclass(slots=True)
class Counters:
    """Hold numbers since the start; none says anything about one client.

    Attributes:
        received: Datagrams and messages of TCP streams, whatever they contained.
        responses: Binding success responses.
        errors_420: Binding error responses (Unknown Attribute).
        discarded: Answered with silence: malformed, or no Binding request.
        unsent: Responses that the kernel did not take: buffer full, no route, firewall.
        tcp_accepted: TCP connections that were served.
        tcp_refused: TCP connections closed at once because of a bound.
        tcp_accept_failures: TCP connections that could not be accepted, mostly because the process
            ran out of file descriptors; tried again.
    """

    received: int = 0
    responses: int = 0
    errors_420: int = 0
    discarded: int = 0
    unsent: int = 0
    tcp_accepted: int = 0
    tcp_refused: int = 0
    tcp_accept_failures: int = 0

    def count(self, response: bytes | None) -> None:
        """Count one received message by what it is answered with."""
        self.received += 1
        if response is None:
            self.discarded += 1
        elif response.startswith(_BINDING_ERROR):
            self.errors_420 += 1
        else:
            self.responses += 1
