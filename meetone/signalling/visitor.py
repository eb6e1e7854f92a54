"""A patient or companion on `/ws/visit`: seated in one consultation, or claiming a seat there."""

import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from meetone.consultations.invitations import InvitationRefused, find_by_token
from meetone.signalling import records
from meetone.signalling.addresses import claim_address, claim_id, seat_address
from meetone.signalling.bus import Presence
from meetone.signalling.ice_servers import ice_servers
from meetone.signalling.messages import (
    VERSION,
    Claiming,
    ClientMessage,
    Join,
    Leave,
    Ping,
    Pong,
    RelayedMessage,
    Welcome,
)
from meetone.signalling.party import Party
from meetone.signalling.refusals import Refusal, Refused
from meetone.signalling.seating import Seating, Sender, Step
from meetone.signalling.waiting_room import Entry, WaitingRoom

CLAIM_BYTES = 16


@dataclass(frozen=True, slots=True)
class Guest:
    """Who joined: the page, the seat that it is about, the terms agreed to, and by what right."""

    seat: str
    instance: str
    language: str
    consent: str | None
    token: str | None = field(repr=False)


class Visitor(Party):
    """One page of a patient or companion."""

    _guest: Guest | None = None
    _seating: Seating | None = None
    """Set once seated; as of the last look into the database."""

    def join(self, message: Join) -> None:
        """Take a seat with a token or a resume secret, or claim it when somebody sits there; see `Party`."""
        now = self.services.now()
        language = message.language
        if (message.token is None) == (message.resume is None) or language is None:
            raise Refused(Refusal.BAD_MESSAGE)
        with self.services.database.transaction() as session:
            seat = self._find_seat(session, message, now)
            guest = Guest(seat, message.instance, language, message.consent, message.token)
            resumed = message.resume is not None
            room = self._read(session, seat)
            entry = room.enter(seat, resumed=resumed, now=now)
            resume = None
            if entry is Entry.SEATED and room.lapsed(seat, now):
                records.store_admission(session, seat, None)
            if entry is Entry.SEATED and resumed:
                records.resume_seat(session, seat, guest.consent, now)
            elif entry is Entry.SEATED:
                resume = records.take_seat(session, seat, guest.consent, now)
        self._guest = guest
        if entry is Entry.SEATED:
            self._sit(guest, resume, now)
        else:
            self._claim(guest, now)

    def receive(self, message: ClientMessage) -> None:
        """Take a message of whoever sits, or of whoever claims; see `Party`."""
        guest = self._guest
        assert guest is not None, "nobody is heard before joining"
        if self._seating is None:
            self._receive_from_claimant(message)
            return
        sender = Sender(guest.seat, guest.instance)
        steps = self._judge(sender, message, self._seating)
        self.carry_out(steps)
        if isinstance(message, Leave):
            self.wire.close()

    def lose(self) -> None:
        """Be away, or give a claim up; see `Party`."""
        guest = self._guest
        if guest is None:
            return
        if self._seating is None:
            self._give_claim_up(guest)
        elif self.bus.vacate(seat_address(guest.seat), self, away_since=self.services.now()):
            with suppress(Refused):  # ended meanwhile: nobody is left who had to know
                self.carry_out(self._look(guest.seat).announce(guest.seat))

    def hand_over(self) -> None:
        """Take the claimed seat with a new resume secret, and whatever admission it holds; see `Mailbox`."""
        guest = self._guest
        if guest is None or self._seating is not None:
            return
        now = self.services.now()
        self.bus.vacate(claim_address(guest.seat), self, away_since=None)
        try:
            with self.services.database.transaction() as session:
                self._check_not_revoked(session, guest, now)
                if self._read(session, guest.seat).lapsed(guest.seat, now):
                    records.store_admission(session, guest.seat, None)
                resume = records.take_seat(session, guest.seat, guest.consent, now)
        except Refused as refused:
            # Not raised: whoever handed over has done nothing wrong.
            self.wire.refuse(refused.refusal)
        else:
            self._sit(guest, resume, now)

    def _find_seat(self, session: Session, message: Join, now: datetime) -> str:
        if message.resume is None:
            return self._invited_to(session, message.token, now)
        seat = records.find_by_resume(session, message.resume)
        if seat is None:
            raise Refused(Refusal.UNKNOWN_SEAT)
        return seat.id

    def _invited_to(self, session: Session, token: str | None, now: datetime) -> str:
        try:
            return find_by_token(session, self.services.keys, token or "", now, self.hours).seat_id
        except InvitationRefused as refused:
            raise Refused(refused.refusal) from None

    def _check_not_revoked(self, session: Session, guest: Guest, now: datetime) -> None:
        """Refuse who has claimed with a link that was withdrawn since; one that expired meanwhile is good enough."""
        try:
            self._invited_to(session, guest.token, now)
        except Refused as refused:
            if refused.refusal is not Refusal.EXPIRED:
                raise

    def _sit(self, guest: Guest, resume: str | None, now: datetime) -> None:
        presence = Presence(guest.instance, guest.language, since=now)
        self.bus.occupy(seat_address(guest.seat), self, presence)
        room = self._look(guest.seat)
        self.send(self._welcome(room, guest.seat, resume, now))
        self.carry_out(room.announce(guest.seat))
        self.carry_out(room.open_claims(guest.seat))

    def _welcome(self, room: WaitingRoom, seat: str, resume: str | None, now: datetime) -> Welcome:
        seating, place = room.seating, room.place(seat)
        return Welcome(
            version=VERSION,
            role=place.role,
            seat=seat,
            consultation=seating.consultation,
            resume=resume,
            server_time=now,
            starts_at=seating.starts_at,
            ends_at=seating.ends_at,
            opens_at=seating.opens_at,
            arrived_at=place.arrived_at,
            admitted_since=place.admitted_at,
            ice_servers=ice_servers(self.services.settings, seat, now),
            peers=room.peers_for(seat, now),
        )

    def _claim(self, guest: Guest, now: datetime) -> None:
        self.services.claims.spend(guest.seat, now.timestamp())
        claim = claim_id(guest.seat, secrets.token_hex(CLAIM_BYTES))
        with self.services.database.transaction() as session:
            steps = self._read(session, guest.seat).claim(guest.seat, claim, now)
        self.bus.occupy(claim_address(guest.seat), self, Presence(claim, guest.language, since=now))
        self.send(Claiming(claim=claim))
        self.carry_out(steps)

    def _receive_from_claimant(self, message: ClientMessage) -> None:
        match message:
            case Ping():
                self.send(Pong())
                self._take_if_free()
            case Leave():
                self.wire.close()
            case Join():
                raise Refused(Refusal.BAD_MESSAGE)
            case _:
                raise Refused(Refusal.NOT_ALLOWED)

    def _take_if_free(self) -> None:
        """Sit down if the seat could be taken by now, because whoever sat there is lost for good."""
        guest = self._guest
        assert guest is not None, "nobody is heard before joining"
        with self.services.database.transaction() as session:
            room = self._read(session, guest.seat)
        if room.enter(guest.seat, resumed=False, now=self.services.now()) is Entry.SEATED:
            self.carry_out(room.close_claim(guest.seat))
            self.hand_over()

    def _give_claim_up(self, guest: Guest) -> None:
        steps: list[Step] = []
        with suppress(Refused), self.services.database.transaction() as session:
            steps = self._read(session, guest.seat).close_claim(guest.seat)
        if self.bus.vacate(claim_address(guest.seat), self, away_since=None):
            self.carry_out(steps)

    def _judge(self, sender: Sender, message: ClientMessage, known: Seating) -> list[Step]:
        """Apply the rules; what is relayed costs no look into the database unless it is refused."""
        now = self.services.now()
        if isinstance(message, RelayedMessage):
            try:
                return WaitingRoom(known, self.bus, self.grace).receive(sender, message, now)
            except Refused:
                pass  # the appointment may have been moved since: only fresh knowledge refuses
        return self._look(sender.seat).receive(sender, message, now)

    def _look(self, seat: str) -> WaitingRoom:
        """Look into the database again, as the one who sits there."""
        with self.services.database.transaction() as session:
            room = self._read(session, seat)
        self._seating = room.seating
        return room

    def _read(self, session: Session, seat: str) -> WaitingRoom:
        seating = records.seating_of(session, seat, self.hours)
        if seating is None:
            raise Refused(Refusal.ENDED)
        return WaitingRoom(seating, self.bus, self.grace)
