"""The seats of one consultation as the database knows them, and what the rules want done with them."""

from dataclasses import dataclass
from datetime import datetime

from meetone.consultations.models import SeatRole
from meetone.signalling.messages import ServerMessage


@dataclass(frozen=True, slots=True)
class Place:
    """One seat.

    Attributes:
        seat: its id.
        role: who it is for.
        taken: somebody holds its resume secret; never so for the practitioner's.
        arrived_at: when somebody first sat there.
        admitted_at: since when that person is admitted.
    """

    seat: str
    role: SeatRole
    taken: bool = False
    arrived_at: datetime | None = None
    admitted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seating:
    """A consultation that has not ended, and exactly the seats it was given."""

    consultation: str
    practitioner_id: int
    alias: str
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime
    """Until when an invitation opens the waiting room."""
    places: tuple[Place, ...]

    def place(self, seat: str) -> Place | None:
        """Find a seat by its id."""
        return next((place for place in self.places if place.seat == seat), None)

    @property
    def practitioners_seat(self) -> str:
        """Id of the practitioner's seat; every consultation has one."""
        return next(place.seat for place in self.places if place.role == SeatRole.PRACTITIONER)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a message is from, as the server knows it: the seat and the page that sits there."""

    seat: str
    instance: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """Send a message to an address."""

    address: str
    message: ServerMessage


@dataclass(frozen=True, slots=True)
class StoreAdmission:
    """Store since when a seat is admitted; None: it is not."""

    seat: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class FreeSeat:
    """Forget who held a seat: resume secret, admission and presence."""

    seat: str


@dataclass(frozen=True, slots=True)
class EndConsultation:
    """End a consultation for everybody."""

    consultation: str


@dataclass(frozen=True, slots=True)
class SeatClaimant:
    """Give a seat to the device that claims it."""

    seat: str


@dataclass(frozen=True, slots=True)
class TurnClaimantAway:
    """Close the device that claims a seat."""

    seat: str


Step = Delivery | StoreAdmission | FreeSeat | EndConsultation | SeatClaimant | TurnClaimantAway
