"""A practitioner on `/ws/room`: one socket that speaks for all of their consultations."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from meetone.consultations.models import SeatRole
from meetone.services import Services
from meetone.signalling import records
from meetone.signalling.addresses import room_address, seat_of_claim
from meetone.signalling.bus import Presence
from meetone.signalling.ice_servers import ice_servers
from meetone.signalling.messages import (
    VERSION,
    Admit,
    ClientMessage,
    End,
    HandOver,
    Join,
    Leave,
    Ping,
    Pong,
    PutBack,
    RelayedMessage,
    Welcome,
)
from meetone.signalling.party import Party, Wire
from meetone.signalling.refusals import Refusal, Refused
from meetone.signalling.seating import Seating, Sender, Step
from meetone.signalling.waiting_room import WaitingRoom

SESSION_CHECK = timedelta(seconds=60)
"""How long a room believes that its session lives."""
REMEMBERED_SEATS = 256


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A practitioner's session.

    Attributes:
        practitioner_id: id of the account.
        topic: where the bus tells that the session was ended.
        lives: asks whether it still lives; it may also end by time, where nobody tells.
    """

    practitioner_id: int
    topic: str
    lives: Callable[[], bool]


class ConsultingRoom(Party):
    """One page of a practitioner."""

    def __init__(self, wire: Wire, services: Services, signed_in: SignedIn) -> None:
        """Be the room of whoever is signed in."""
        super().__init__(wire, services)
        self._signed_in = signed_in
        self._address = room_address(signed_in.practitioner_id)
        self._instance = ""
        self._checked_at = services.now()
        self._seatings: dict[str, Seating] = {}
        """By seat, as of the last look into the database."""
        self.bus.watch(signed_in.topic, self)

    def join(self, message: Join) -> None:
        """Take the room; an older page of the same practitioner is closed. See `Party`."""
        now = self.services.now()
        if message.token is not None or message.resume is not None:
            raise Refused(Refusal.BAD_MESSAGE)
        self._check_session(now)
        self._instance = message.instance
        self.bus.occupy(
            self._address, self, Presence(message.instance, message.language, since=now)
        )
        rooms = self._rooms()
        self.send(
            Welcome(
                version=VERSION,
                role=SeatRole.PRACTITIONER,
                seat=None,
                consultation=None,
                resume=None,
                server_time=now,
                starts_at=None,
                ends_at=None,
                opens_at=None,
                arrived_at=None,
                admitted_since=None,
                ice_servers=ice_servers(self.services.settings, self._address, now),
                peers=[
                    peer
                    for room in rooms
                    for peer in room.peers_for(room.seating.practitioners_seat, now)
                ],
            )
        )
        for room in rooms:
            self.carry_out(room.announce(room.seating.practitioners_seat))
            self.carry_out(room.open_claims(room.seating.practitioners_seat))

    def receive(self, message: ClientMessage) -> None:
        """Take a message about one of the consultations; see `Party`."""
        self.check()
        now = self.services.now()
        match message:
            case Ping():
                self.send(Pong())
            case Join():
                raise Refused(Refusal.BAD_MESSAGE)
            case Leave():
                self._leave(now)
            case End():
                self.carry_out(self._judge(self._look_by_id(message.consultation), message, now))
            case HandOver():
                seat = seat_of_claim(message.claim)
                self.carry_out(self._judge(self._look(seat), message, now))
            case Admit() | PutBack():
                self.carry_out(self._judge(self._look(message.seat), message, now))
            case _:
                self.carry_out(self._relay(message, now))

    def check(self) -> None:
        """Look whether the session still lives, once in SESSION_CHECK; see `Party`."""
        now = self.services.now()
        if now - self._checked_at >= SESSION_CHECK:
            self._check_session(now)

    def lose(self) -> None:
        """Be away for everybody who waits; see `Party`."""
        now = self.services.now()
        self.bus.unwatch(self._signed_in.topic, self)
        if self.bus.vacate(self._address, self, away_since=now):
            for room in self._rooms():
                self.carry_out(room.announce(room.seating.practitioners_seat))

    def hand_over(self) -> None:
        """Do nothing: a room claims no seat; see `Mailbox`."""

    def _leave(self, now: datetime) -> None:
        if self.bus.vacate(self._address, self, away_since=None):
            for room in self._rooms():
                self.carry_out(self._judge(room.seating, Leave(), now))
        self.wire.close()

    def _relay(self, message: RelayedMessage, now: datetime) -> list[Step]:
        """Apply the rules; what is relayed costs no look into the database unless it is refused."""
        known = self._seatings.get(message.to)
        if known is not None:
            try:
                return self._judge(known, message, now)
            except Refused:
                pass  # the appointment may have been moved since: only fresh knowledge refuses
        return self._judge(self._look(message.to), message, now)

    def _judge(self, seating: Seating, message: ClientMessage, now: datetime) -> list[Step]:
        sender = Sender(seating.practitioners_seat, self._instance)
        return WaitingRoom(seating, self.bus, self.grace).receive(sender, message, now)

    def _rooms(self) -> list[WaitingRoom]:
        """Look up every consultation in which a seat is taken."""
        with self.services.database.transaction() as session:
            seatings = records.seatings_of(session, self._signed_in.practitioner_id, self.hours)
        return [WaitingRoom(seating, self.bus, self.grace) for seating in seatings]

    def _look(self, seat: str) -> Seating:
        with self.services.database.transaction() as session:
            seating = self._own(records.seating_of(session, seat, self.hours))
        if len(self._seatings) >= REMEMBERED_SEATS:
            self._seatings.clear()
        self._seatings[seat] = seating
        return seating

    def _look_by_id(self, consultation: str) -> Seating:
        with self.services.database.transaction() as session:
            return self._own(records.seating_by_id(session, consultation, self.hours))

    def _own(self, seating: Seating | None) -> Seating:
        if seating is None or seating.practitioner_id != self._signed_in.practitioner_id:
            raise Refused(Refusal.NO_SUCH_SEAT)
        return seating

    def _check_session(self, now: datetime) -> None:
        self._checked_at = now
        if not self._signed_in.lives():
            raise Refused(Refusal.NOT_SIGNED_IN)
