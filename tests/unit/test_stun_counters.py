from meetone.stun.attributes import Attribute
from meetone.stun.counters import Counters
from meetone.stun.message import Message, MessageClass, Method
from meetone.stun.responder import respond
from tests.unit.stun_vectors import IPV4_MAPPED, SAMPLE_REQUEST, TRANSACTION_ID


def test_count_sorts_by_what_the_message_is_answered_with() -> None:
    counters = Counters()
    unknown = Message(
        MessageClass.REQUEST, Method.BINDING, TRANSACTION_ID, (Attribute(0x0026, b""),)
    )

    for datagram in (SAMPLE_REQUEST, SAMPLE_REQUEST, unknown.encode(), b"", b"", b""):
        counters.count(respond(datagram, IPV4_MAPPED))

    assert counters == Counters(received=6, responses=2, errors_420=1, discarded=3)
