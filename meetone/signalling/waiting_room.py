"""The rules of one consultation: who may say what to whom, who may sit, and who learns of it.

No sockets, clock or database: the seats and the time are given, presence is asked for, and what is to be done is
returned.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Literal, Protocol

from msgspec import structs

from meetone.consultations.models import SeatRole
from meetone.signalling import messages
from meetone.signalling.addresses import (
    claim_address,
    room_address,
    seat_address,
    seat_of_claim,
)
from meetone.signalling.bus import Presence
from meetone.signalling.messages import ClientMessage, Peer
from meetone.signalling.refusals import Refusal, Refused
from meetone.signalling.seating import (
    Delivery,
    EndConsultation,
    FreeSeat,
    Place,
    SeatClaimant,
    Seating,
    Sender,
    Step,
    StoreAdmission,
    TurnClaimantAway,
)

TAKE_AFTER = timedelta(seconds=15)
"""How long a seat that is not admitted must have been without a socket before an invitation takes it."""

GRACE = timedelta(minutes=10)
"""How long an admission outlives the socket of whoever is admitted, unless the settings say otherwise."""

PRACTITIONER = frozenset({SeatRole.PRACTITIONER})
VISITORS = frozenset({SeatRole.PATIENT, SeatRole.COMPANION})
EVERYBODY = PRACTITIONER | VISITORS

SENDERS: dict[type[ClientMessage], frozenset[SeatRole]] = {
    messages.Description: EVERYBODY,
    messages.Candidates: EVERYBODY,
    messages.RestartPlease: VISITORS,
    messages.Ack: EVERYBODY,
    messages.Admit: PRACTITIONER,
    messages.PutBack: PRACTITIONER,
    messages.End: PRACTITIONER,
    messages.HandOver: EVERYBODY,
    messages.Leave: EVERYBODY,
    messages.Ping: EVERYBODY,
    messages.Join: EVERYBODY,
}
"""Who may send what (PROTOCOL.md, "From a client")."""

State = Literal["absent", "here", "away", "left"]


class Entry(Enum):
    """What a join leads to."""

    SEATED = auto()
    CLAIMING = auto()


class Attendance(Protocol):
    """As much of the bus as the rules ask."""

    @property
    def began_at(self) -> datetime:
        """Since when presence is remembered."""

    def presence(self, address: str) -> Presence | None:
        """Tell who holds an address or was lost from it."""


@dataclass(frozen=True, slots=True)
class Attending:
    """How it stands with one seat; `since` and what follows are None when absent."""

    state: State
    since: datetime | None = None
    instance: str | None = None
    language: str | None = None


class WaitingRoom:
    """One consultation at one moment."""

    def __init__(self, seating: Seating, attendance: Attendance, grace: timedelta = GRACE) -> None:
        self.seating = seating
        self._attendance = attendance
        self._grace = grace

    def place(self, seat: str) -> Place:
        """Find a seat.

        Raises:
            Refused: it is not of this consultation.
        """
        place = self.seating.place(seat)
        if place is None:
            raise Refused(Refusal.NO_SUCH_SEAT)
        return place

    def receive(self, sender: Sender, message: ClientMessage, now: datetime) -> list[Step]:
        """Decide what a message leads to.

        Args:
            sender: the seat and page it is from; the seat is one of this consultation.
            message: what was sent.
            now: the time of receipt.

        Returns:
            What is to be done, in this order; may be empty.

        Raises:
            Refused: the sender may not, or what is addressed is not here.
        """
        place = self.place(sender.seat)
        if place.role not in SENDERS[type(message)]:
            raise Refused(Refusal.NOT_ALLOWED)
        match message:
            case messages.Admit():
                return self._admit(message.seat, now)
            case messages.PutBack():
                return self._put_back(message.seat)
            case messages.End():
                return self._end(message.consultation)
            case messages.HandOver():
                return self._answer_claim(place, message)
            case messages.Leave():
                return self._leave(place, now)
            case messages.Ping():
                return [Delivery(self._address(place), messages.Pong())]
            case messages.Join():
                raise Refused(Refusal.BAD_MESSAGE)
            case _:
                return self._relay(sender, message, now)

    def enter(self, seat: str, *, resumed: bool, now: datetime) -> Entry:
        """Decide whether somebody may sit at once, or has to ask those who are here.

        Args:
            seat: a visitor's seat of this consultation.
            resumed: whether the resume secret was shown, not only the invitation.
            now: the time of asking.
        """
        place = self.place(seat)
        if resumed:
            return Entry.SEATED
        if place.admitted_at is not None and not self.lapsed(seat, now):
            return Entry.CLAIMING
        attending = self._attending(place)
        if attending.since is None:
            return Entry.SEATED
        if attending.state == "away" and now - attending.since >= TAKE_AFTER:
            return Entry.SEATED
        return Entry.CLAIMING

    def lapsed(self, seat: str, now: datetime) -> bool:
        """Tell whether whoever holds a seat has been away for so long that an admission counts no more."""
        attending = self._attending(self.place(seat))
        return (
            attending.state == "away"
            and attending.since is not None
            and now - attending.since >= self._grace
        )

    def peers_for(self, seat: str, now: datetime) -> list[Peer]:
        """List the other seats as one seat sees them.

        The practitioner sees who is here and, until the invitation expires, who is away; the others see everybody.
        """
        viewer = self.place(seat)
        return [
            self._peer(place, viewer, self._attending(place), self.lapsed(place.seat, now))
            for place in self._others(viewer)
            if viewer.role != SeatRole.PRACTITIONER or self._is_listed(place, now)
        ]

    def announce(self, seat: str, *, left_at: datetime | None = None) -> list[Step]:
        """Tell all others how it stands with a seat.

        Args:
            seat: whom it is about.
            left_at: when its holder left on purpose; None: as the bus knows it.
        """
        place = self.place(seat)
        attending = (
            self._attending(place) if left_at is None else Attending(state="left", since=left_at)
        )
        return [
            Delivery(
                self._address(viewer),
                messages.PeerPresence(peer=self._peer(place, viewer, attending)),
            )
            for viewer in self._others(place)
        ]

    def open_claims(self, seat: str) -> list[Step]:
        """Tell one seat, which has just been taken, which claims wait for its answer."""
        viewer = self.place(seat)
        mine = self._others(viewer) if viewer.role == SeatRole.PRACTITIONER else [viewer]
        return [
            Delivery(
                self._address(viewer),
                messages.Claim(seat=place.seat, claim=claim.instance, since=claim.since),
            )
            for place in mine
            if (claim := self._attendance.presence(claim_address(place.seat))) is not None
        ]

    def claim(self, seat: str, claim: str, now: datetime) -> list[Step]:
        """Ask those who may answer a claim; an older one for the same seat is closed."""
        message = messages.Claim(seat=seat, claim=claim, since=now)
        return [
            *self.close_claim(seat),
            *(Delivery(address, message) for address in self._judges(seat)),
        ]

    def close_claim(self, seat: str) -> list[Step]:
        """Tell those who were asked that the open claim for a seat, if any, needs no answer any more."""
        open_claim = self._attendance.presence(claim_address(seat))
        if open_claim is None:
            return []
        message = messages.ClaimClosed(seat=seat, claim=open_claim.instance)
        return [Delivery(address, message) for address in self._judges(seat)]

    def _relay(self, sender: Sender, message: messages.RelayedMessage, now: datetime) -> list[Step]:
        target = self.seating.place(message.to)
        if target is None or target.seat == sender.seat:
            raise Refused(Refusal.NO_SUCH_SEAT)
        if now < self.seating.opens_at:
            raise Refused(Refusal.NOT_OPEN)
        stamped = structs.replace(message, from_=sender.seat, from_instance=sender.instance)
        return [Delivery(self._address(target), stamped)]

    def _admit(self, seat: str, now: datetime) -> list[Step]:
        place = self._visitors_place(seat)
        if not place.taken:
            # An admission without anybody to be admitted would lock the invitation out.
            raise Refused(Refusal.NO_SUCH_SEAT)
        return self._store_admission(place, place.admitted_at or now)

    def _put_back(self, seat: str) -> list[Step]:
        return self._store_admission(self._visitors_place(seat), None)

    def _store_admission(self, place: Place, since: datetime | None) -> list[Step]:
        return [
            StoreAdmission(place.seat, since),
            Delivery(self._room(), messages.Admitted(seat=place.seat, since=since)),
        ]

    def _end(self, consultation: str) -> list[Step]:
        if consultation != self.seating.consultation:
            raise Refused(Refusal.NO_SUCH_SEAT)
        return [EndConsultation(consultation)]

    def _answer_claim(self, judge: Place, answer: messages.HandOver) -> list[Step]:
        seat = seat_of_claim(answer.claim)
        claim = self._attendance.presence(claim_address(seat))
        may_judge = judge.seat == seat or (
            judge.role == SeatRole.PRACTITIONER and self.seating.place(seat) is not None
        )
        if claim is None or claim.instance != answer.claim or not may_judge:
            raise Refused(Refusal.NO_SUCH_SEAT)
        decision = SeatClaimant(seat) if answer.accept else TurnClaimantAway(seat)
        return [*self.close_claim(seat), decision]

    def _leave(self, place: Place, now: datetime) -> list[Step]:
        left = self.announce(place.seat, left_at=now)
        if place.role == SeatRole.PRACTITIONER:
            return left
        # Whoever asked for the seat may have it now: nobody is left who could mind.
        seat = place.seat
        return [FreeSeat(seat), *left, *self.close_claim(seat), SeatClaimant(seat)]

    def _peer(
        self, place: Place, viewer: Place, attending: Attending, lapsed: bool = False
    ) -> Peer:
        to_practitioner = viewer.role == SeatRole.PRACTITIONER
        seating = self.seating
        return Peer(
            seat=place.seat,
            role=place.role,
            consultation=seating.consultation,
            state=attending.state,
            since=attending.since,
            instance=attending.instance,
            language=attending.language,
            arrived_at=place.arrived_at,
            admitted_since=None if lapsed else place.admitted_at,
            alias=seating.alias if to_practitioner else None,
            starts_at=seating.starts_at if to_practitioner else None,
            opens_at=seating.opens_at if to_practitioner else None,
        )

    def _attending(self, place: Place) -> Attending:
        presence = self._attendance.presence(self._address(place))
        if presence is not None:
            return Attending(
                state="away" if presence.away else "here",
                since=presence.since,
                instance=presence.instance,
                language=presence.language,
            )
        if place.taken:
            # Held, but not since the bus began to remember: its socket was lost with the server.
            return Attending(state="away", since=self._attendance.began_at)
        return Attending(state="absent")

    def _is_listed(self, place: Place, now: datetime) -> bool:
        state = self._attending(place).state
        return state == "here" or (state == "away" and now < self.seating.closes_at)

    def _visitors_place(self, seat: str) -> Place:
        place = self.place(seat)
        if place.role == SeatRole.PRACTITIONER:
            raise Refused(Refusal.NO_SUCH_SEAT)
        return place

    def _others(self, place: Place) -> list[Place]:
        return [other for other in self.seating.places if other.seat != place.seat]

    def _address(self, place: Place) -> str:
        return self._room() if place.role == SeatRole.PRACTITIONER else seat_address(place.seat)

    def _room(self) -> str:
        return room_address(self.seating.practitioner_id)

    def _judges(self, seat: str) -> tuple[str, str]:
        return seat_address(seat), self._room()
