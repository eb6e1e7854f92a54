"""Decide what a basic STUN server answers (RFC 8489 Section 12).

The server keeps no state and trusts nothing: one request in, at most one response out. Everything
that is not a well-formed Binding request gets silence (Section 6.3), also because an answer to
nonsense helps nobody but somebody who forges the source address.

Such a forger gains little. Counted with IP and UDP headers (28 bytes over IPv4, 48 over IPv6), a
response is at most twice its request. The closest cases, with everything we ever add:

    ========================  =================  =================
    request to response       over IPv4          over IPv6
    ========================  =================  =================
    Binding                   20+28 to 44+28     20+48 to 56+48
    with FINGERPRINT          28+28 to 52+28     28+48 to 64+48
    one unknown attribute     24+28 to 68+28     24+48 to 68+48
    ========================  =================  =================

More unknown attributes add at least 4 bytes each to the request and 2 to the response.

Credentials are not asked for and not looked at. Section 12 says that a basic server should not use
them, since checking them is more work than answering; USERNAME, MESSAGE-INTEGRITY and the
attributes of ICE's connectivity checks are therefore known but unexpected, and ignored
(Section 6.3). The response is not integrity-protected, so an ICE agent never takes it for the
answer of its peer (RFC 8445 Section 7.2.5).
"""

from meetone.stun.addresses import MappedAddress, TransportAddress, XorMappedAddress
from meetone.stun.attributes import (
    KNOWN_TYPES,
    Attribute,
    AttributeType,
    ErrorCode,
    MalformedMessage,
    Software,
    UnknownAttributes,
)
from meetone.stun.message import Message, MessageClass, Method

MAX_REPORTED_ATTRIBUTES = 16
"""How many unknown types one response lists; a client that sends more has other worries."""

UNKNOWN_ATTRIBUTE = ErrorCode(420, "Unknown Attribute")

_SOFTWARE = Attribute(Software.TYPE, Software("MeetOne").encode())
_INTEGRITY = (AttributeType.MESSAGE_INTEGRITY, AttributeType.MESSAGE_INTEGRITY_SHA256)
_NO_CHANGE = bytes(4)
_CLASSIC_REASON_BYTES = 4


def respond(datagram: bytes, source: TransportAddress) -> bytes | None:
    """Return the response to one datagram (or one message of a TCP stream), if it deserves one.

    Args:
        datagram: Any bytes.
        source: Where they came from.

    Returns:
        A Binding success or error response, or None for silence.
    """
    try:
        request = Message.decode(datagram)
    except MalformedMessage:
        return None
    response = answer(request, source)
    return response.encode() if response else None


def answer(request: Message, source: TransportAddress) -> Message | None:
    """Return the response to a well-formed message, or None if it is no Binding request."""
    if request.method != Method.BINDING or request.message_class != MessageClass.REQUEST:
        return None
    unknown = unknown_attributes(request)
    if unknown:
        return _error_response(request, unknown)
    return _success_response(request, source)


def unknown_attributes(request: Message) -> tuple[int, ...]:
    """List the comprehension-required types that this server does not understand.

    What follows MESSAGE-INTEGRITY is not covered by it and must be ignored (RFC 8489 Section 14.5).

    CHANGE-REQUEST asks for an answer from another address or port. RFC 3489 clients also send it
    to say that they want neither, which we can grant. To ignore it when they want one would make
    a closed NAT look open (RFC 5389 Section 12.2 and RFC 5780 Section 7.2).

    Returns:
        Each type once, in the order of the request, at most `MAX_REPORTED_ATTRIBUTES`.
    """
    unknown: dict[int, None] = {}
    for attribute in request.attributes:
        if attribute.type in _INTEGRITY:
            break
        if attribute.comprehension_required and not _understood(attribute):
            unknown[attribute.type] = None
    return tuple(unknown)[:MAX_REPORTED_ATTRIBUTES]


def _understood(attribute: Attribute) -> bool:
    if attribute.type == AttributeType.CHANGE_REQUEST:
        return attribute.value == _NO_CHANGE
    return attribute.type in KNOWN_TYPES


def _success_response(request: Message, source: TransportAddress) -> Message:
    if request.classic:
        mapped = Attribute(MappedAddress.TYPE, MappedAddress(source).encode())
    else:
        value = XorMappedAddress(source).encode(request.transaction_id)
        mapped = Attribute(XorMappedAddress.TYPE, value)
    return _response(request, MessageClass.SUCCESS_RESPONSE, mapped)


def _error_response(request: Message, unknown: tuple[int, ...]) -> Message:
    """Build a 420 (RFC 8489 Section 6.3.1).

    RFC 3489 knows no padding. There the reason phrase is filled up with spaces and an odd list of
    types repeats one of them (RFC 3489 Sections 11.2.9 and 11.2.10).
    """
    reason = UNKNOWN_ATTRIBUTE.encode()
    if request.classic:
        reason += b" " * (-len(reason) % _CLASSIC_REASON_BYTES)
        unknown += unknown[-1:] * (len(unknown) % 2)
    return _response(
        request,
        MessageClass.ERROR_RESPONSE,
        Attribute(ErrorCode.TYPE, reason),
        Attribute(UnknownAttributes.TYPE, UnknownAttributes(unknown).encode()),
    )


def _response(request: Message, message_class: MessageClass, *attributes: Attribute) -> Message:
    """Address a response to its request.

    It repeats transaction id and, for classic clients, what stands in the place of the cookie
    (RFC 5389 Section 12.2). FINGERPRINT is sent to those who sent it (RFC 8489 Section 7). Classic
    clients get no SOFTWARE: RFC 3489 has nothing like it, and its length needs padding.
    """
    return Message(
        message_class=message_class,
        method=Method.BINDING,
        transaction_id=request.transaction_id,
        attributes=attributes if request.classic else (*attributes, _SOFTWARE),
        fingerprint=request.fingerprint,
        cookie=request.cookie,
    )
