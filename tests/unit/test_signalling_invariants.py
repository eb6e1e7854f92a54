"""Whatever people do, in whatever order: some things never happen."""

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from meetone.signalling import messages
from meetone.signalling.messages import ClientMessage, RelayedMessage, ServerMessage, Welcome
from tests.unit.signalling_practice import START, Booked, Client, Practice

SPANS = st.sampled_from([1, 15, 60, 600, 3600]).map(lambda seconds: timedelta(seconds=seconds))
PICK = st.integers(0, 1_000_000)


class Conversations(RuleBasedStateMachine):
    """Two practitioners, three consultations, one of which opens only later, and any number of pages."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.practice = Practice(Path(self.folder.name))
        self.clients: list[Client] = []
        self.seats: dict[int, str] = {}
        """By the place of a visitor in `clients`: where that page is seated."""
        self.secrets: list[str] = []
        self.claims: list[str] = ["nobody-1"]

    @initialize()
    def book(self) -> None:
        self.booked = [
            self.practice.book(),
            self.practice.book(starts_at=START + timedelta(hours=2)),
            self.practice.book(practitioner_id=2),
        ]
        for number in (1, 2):
            self.open_the_room(number)
        for pick in range(len(self.booked)):
            self.come_with_the_link(pick, companion=False)

    def teardown(self) -> None:
        self.practice.database.engine.dispose()
        self.folder.cleanup()

    @rule(pick=PICK, companion=st.booleans())
    def come_with_the_link(self, pick: int, companion: bool) -> None:
        booked = self.booked[pick % len(self.booked)]
        client = self.practice.page()
        self.clients.append(client)
        token = booked.companions_token if companion else booked.token
        self.look(client, client.join(token=token, language="de", consent="2026-11"))

    @rule(pick=PICK)
    def come_back(self, pick: int) -> None:
        client = self.practice.page()
        self.clients.append(client)
        secret = self.secrets[pick % len(self.secrets)]
        self.look(client, client.join(resume=secret, language="de"))

    @rule(practitioner=st.sampled_from([1, 2]))
    def open_the_room(self, practitioner: int) -> None:
        client = self.practice.room(practitioner_id=practitioner)
        self.clients.append(client)
        self.look(client, client.join())

    @rule(pick=PICK, kind=st.integers(0, 3))
    def speak_to_everybody(self, pick: int, kind: int) -> None:
        """Send something to every seat there is, one's own consultation or not."""
        for booked in self.booked:
            for seat in sorted(seats_of(booked)):
                message = relayed(kind, seat, liar=self.booked[0].patient)
                self.say(pick % len(self.clients), message)

    @rule(pick=PICK, other=PICK, kind=st.integers(0, 5), accept=st.booleans())
    def decide(self, pick: int, other: int, kind: int, accept: bool) -> None:
        booked = self.booked[other % len(self.booked)]
        seat = [booked.patient, booked.companion, booked.practitioner][other // 7 % 3]
        said: list[ClientMessage] = [
            messages.Admit(seat=seat),
            messages.PutBack(seat=seat),
            messages.HandOver(claim=self.claims[other % len(self.claims)], accept=accept),
            messages.Ping(),
            messages.Leave(),
            messages.End(consultation=booked.id),
        ]
        self.say(pick % len(self.clients), said[kind])

    def say(self, index: int, message: ClientMessage) -> None:
        client = self.clients[index]
        if not client.lost:
            self.look(client, client.send(message))

    @rule(pick=PICK)
    def lose(self, pick: int) -> None:
        self.clients[pick % len(self.clients)].lose()

    @rule(span=SPANS)
    def wait(self, span: timedelta) -> None:
        self.practice.now += span

    @invariant()
    def everybody_hears_only_what_is_theirs(self) -> None:
        for client in self.clients:
            self.look(client, client.take())

    @invariant()
    def no_seat_and_no_room_is_held_twice(self) -> None:
        held = [
            seat
            for index, seat in self.seats.items()
            if self.clients[index].wire.close_code is None
        ]
        assert len(held) == len(set(held)), held

    def look(self, client: Client, received: list[ServerMessage]) -> None:
        index = self.clients.index(client)
        for message in received:
            match message:
                case Welcome():
                    assert index not in self.seats
                    # A room holds no seat by name; its practitioner's number stands for it.
                    self.seats[index] = message.seat or self.room_of(client)
                    if message.resume is not None:
                        self.secrets.append(message.resume)
                case messages.Claiming():
                    self.claims.append(message.claim)
                case _ if isinstance(message, RelayedMessage):
                    self.check(index, message)

    def check(self, index: int, message: RelayedMessage) -> None:
        """Hold a relayed message against what both ends are."""
        seat = self.seats[index]  # so a claimant never hears any
        [booked] = [found for found in self.booked if message.to in seats_of(found)]
        assert message.from_ in seats_of(booked)
        assert message.from_ != message.to
        assert seat in {message.to, self.room_seat(booked)}
        assert self.practice.now >= (
            START + timedelta(hours=1) if booked is self.booked[1] else START - timedelta(hours=1)
        )
        [sender] = [found for found in self.clients if found.instance == message.from_instance]
        assert self.seats[self.clients.index(sender)] in {message.from_, self.room_seat(booked)}

    def room_of(self, client: Client) -> str:
        return next(
            f"room/{number}"
            for number in (1, 2)
            if (presence := self.practice.bus.presence(f"room/{number}")) is not None
            and presence.instance == client.instance
        )

    def room_seat(self, booked: Booked) -> str:
        return "room/2" if booked is self.booked[2] else "room/1"


def seats_of(booked: Booked) -> set[str]:
    return {booked.practitioner, booked.patient, booked.companion}


def relayed(kind: int, to: str, *, liar: str) -> RelayedMessage:
    """Return a message to a seat; the sender lies about who it is."""
    addressed = {"to": to, "to_instance": "page-other", "from_": liar, "from_instance": "page-liar"}
    if kind == 0:
        return messages.Ack(seq=1, **addressed)
    if kind == 1:
        return messages.RestartPlease(seq=1, connection="connection-1", **addressed)
    if kind == 2:
        end = messages.IceCandidate(candidate="")
        return messages.Candidates(seq=1, connection="connection-1", candidates=[end], **addressed)
    return messages.Description(
        seq=1,
        connection="connection-1",
        description=messages.SessionDescription(type="offer", sdp="v=0"),
        **addressed,
    )


TestConversations = Conversations.TestCase
TestConversations.settings = settings(
    max_examples=15,
    stateful_step_count=20,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],
)
