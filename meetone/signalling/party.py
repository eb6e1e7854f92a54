"""Whoever speaks on one socket: the mailbox that the bus knows, and the hands that carry out what the rules want."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import timedelta
from typing import Protocol

from meetone.services import Services
from meetone.signalling import records
from meetone.signalling.addresses import claim_address, seat_address
from meetone.signalling.closing import end_consultation
from meetone.signalling.messages import ClientMessage, Join, ServerMessage, encode
from meetone.signalling.refusals import Refusal
from meetone.signalling.seating import (
    Delivery,
    EndConsultation,
    FreeSeat,
    SeatClaimant,
    Step,
    StoreAdmission,
    TurnClaimantAway,
)


class Wire(Protocol):
    """As much of a WebSocket as a party needs. None of its methods blocks."""

    def send(self, payload: bytes) -> None:
        """Queue a text message."""

    def refuse(self, refusal: Refusal) -> None:
        """Tell the client why and, unless the error leaves the socket open, close."""

    def close(self) -> None:
        """Close as normal."""


class Party(ABC):
    """One client; a `Mailbox` of the bus."""

    def __init__(self, wire: Wire, services: Services) -> None:
        self.wire = wire
        self.services = services
        self.bus = services.bus
        self.hours = services.settings.invitation_hours
        self.grace = timedelta(minutes=services.settings.grace_minutes)

    @abstractmethod
    def join(self, message: Join) -> None:
        """Take the first message.

        Raises:
            Refused: this client gets no seat.
        """

    @abstractmethod
    def receive(self, message: ClientMessage) -> None:
        """Take a later message.

        Raises:
            Refused: it leads to nothing; the socket closes if the refusal has a close code.
        """

    def check(self) -> None:  # noqa: B027  # most parties may stay for as long as they like
        """Look whether this client may stay; called at least every IDLE_TIMEOUT_SECONDS.

        Raises:
            Refused: it may not.
        """

    @abstractmethod
    def lose(self) -> None:
        """Note that the socket is gone; called once, also when `join` failed."""

    @abstractmethod
    def hand_over(self) -> None:
        """Take the seat that is claimed; see `Mailbox`."""

    def deliver(self, payload: bytes) -> None:
        """Queue a message; see `Mailbox`."""
        self.wire.send(payload)

    def close(self, refusal: Refusal) -> None:
        """Tell the client why, then close; see `Mailbox`."""
        self.wire.refuse(refusal)

    def send(self, message: ServerMessage) -> None:
        """Queue a message to this client."""
        self.deliver(encode(message))

    def carry_out(self, steps: Iterable[Step]) -> None:
        """Do what the rules want, in their order."""
        for step in steps:
            match step:
                case Delivery():
                    self.bus.send(step.address, encode(step.message))
                case StoreAdmission():
                    with self.services.database.transaction() as session:
                        records.store_admission(session, step.seat, step.since)
                case FreeSeat():
                    with self.services.database.transaction() as session:
                        records.free_seat(session, step.seat)
                    self.bus.vacate(seat_address(step.seat), self, away_since=None)
                case EndConsultation():
                    end_consultation(self.services, step.consultation)
                case SeatClaimant():
                    self.bus.hand_over(claim_address(step.seat))
                case TurnClaimantAway():
                    self.bus.forget(claim_address(step.seat), Refusal.CLAIM_REFUSED)
