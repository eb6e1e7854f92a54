"""What hypothesis may try on STUN."""

from hypothesis import strategies as st

from meetone.stun.addresses import TransportAddress
from meetone.stun.attributes import MAGIC_COOKIE, Attribute, AttributeType, TransactionId
from meetone.stun.message import Message, MessageClass, Method

ports = st.integers(0, 0xFFFF)
transport_addresses = st.builds(TransportAddress, st.ip_addresses(), ports)
transaction_ids = st.binary(min_size=12, max_size=12).map(TransactionId)
texts = st.text(max_size=60)
cookies = st.just(MAGIC_COOKIE) | st.integers(0, 0xFFFFFFFF)

attribute_types = st.sampled_from(
    [known for known in AttributeType if known != AttributeType.FINGERPRINT]
) | st.integers(0, 0xFFFF).filter(lambda number: number != AttributeType.FINGERPRINT)
attributes = st.builds(Attribute, attribute_types, st.binary(max_size=24))

messages = st.builds(
    Message,
    message_class=st.sampled_from(MessageClass),
    method=st.integers(0, 0xFFF),
    transaction_id=transaction_ids,
    attributes=st.lists(attributes, max_size=40).map(tuple),
    fingerprint=st.booleans(),
    cookie=cookies,
)
binding_requests = st.builds(
    Message,
    message_class=st.just(MessageClass.REQUEST),
    method=st.just(Method.BINDING),
    transaction_id=transaction_ids,
    attributes=st.lists(attributes, max_size=40).map(tuple),
    fingerprint=st.booleans(),
    cookie=cookies,
)


@st.composite
def damaged_messages(draw: st.DrawFn) -> bytes:
    """Encode a message, then overwrite, cut off or append a few bytes."""
    data = bytearray(draw(messages).encode())
    for _ in range(draw(st.integers(0, 3))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 0xFF))
    end = draw(st.integers(0, len(data)))
    return bytes(data[:end] if draw(st.booleans()) else data) + draw(st.binary(max_size=4))


datagrams = (
    st.binary(max_size=1500)
    | messages.map(Message.encode)
    | binding_requests.map(Message.encode)
    | damaged_messages()
)
