"""A practice whose people speak to the real rules, bus and database, only without sockets."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from meetone.accounts.models import User
from meetone.config import Settings
from meetone.consultations.invitations import assign_code, token_of
from meetone.consultations.models import Consultation, Invitation, Seat, SeatRole
from meetone.db import Base, Database
from meetone.keys import Keys
from meetone.services import Services
from meetone.signalling.bus import MemoryBus
from meetone.signalling.messages import ClientMessage, Join, ServerMessage, Welcome
from meetone.signalling.party import Party
from meetone.signalling.refusals import Refused
from meetone.signalling.room import ConsultingRoom, SignedIn
from meetone.signalling.visitor import Visitor
from tests.fakes import FakeWire

START = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
BEGAN = START - timedelta(hours=2)
NOW = START - timedelta(minutes=5)
TOPIC = "session:1"


class Client:
    """One page: its party on the server, and what it received."""

    def __init__(self, party: Party, wire: FakeWire, instance: str) -> None:
        self.party = party
        self.wire = wire
        self.instance = instance
        self.lost = False

    def join(
        self,
        *,
        token: str | None = None,
        resume: str | None = None,
        language: Literal["de", "en"] | None = None,
        consent: str | None = None,
    ) -> list[ServerMessage]:
        """Send the first message; return the answers."""
        message = Join(
            version=1,
            instance=self.instance,
            token=token,
            resume=resume,
            language=language,
            consent=consent,
        )
        return self._do(lambda: self.party.join(message))

    def send(self, message: ClientMessage) -> list[ServerMessage]:
        """Send a message; return the answers."""
        return self._do(lambda: self.party.receive(message))

    def take(self) -> list[ServerMessage]:
        """Return what was received since the last call."""
        return self.wire.take()

    def lose(self) -> None:
        """Lose the socket; the endpoint does this whenever one ends, once."""
        if not self.lost:
            self.lost = True
            self.wire.close()
            self.party.lose()

    def _do(self, act: Callable[[], None]) -> list[ServerMessage]:
        try:
            act()
        except Refused as refused:
            self.wire.refuse(refused.refusal)
        if self.wire.close_code is not None:
            self.lose()
        return self.take()


@dataclass(frozen=True, slots=True)
class Booked:
    """A consultation: ids of its seats, and the token of the patient's and the companion's link."""

    id: str
    practitioner: str
    patient: str
    companion: str
    token: str
    companions_token: str


class Practice:
    """Two practitioners, and as many consultations as a test books."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(
            _env_file=None, instance=folder, stun_host="127.0.0.1", stun_ports=(10000,)
        )
        self.database = Database(self.settings)
        Base.metadata.create_all(self.database.engine)
        self.keys = Keys.derive(b"k" * 32)
        self.now = NOW
        self.session_lives = True
        self._numbers = iter(range(1, 1_000_000))
        self.restart()
        with self.database.transaction() as session:
            session.add_all(
                User(
                    id=number,
                    email=f"p{number}@praxis.example",
                    name=f"Dr. {number}",
                    fs_uniquifier=str(number),
                    created_at=BEGAN,
                )
                for number in (1, 2)
            )

    def restart(self) -> None:
        """Forget all that a web process holds in memory."""
        self.bus = MemoryBus(began_at=self.now)
        self.services = Services(
            self.settings, self.keys, self.database, self.bus, now=lambda: self.now
        )

    def book(self, *, practitioner_id: int = 1, starts_at: datetime = START) -> Booked:
        """Make a consultation with all three seats."""
        number = next(self._numbers)
        name = f"consultation-{number}"
        seats = {role: f"{role}-{number}" for role in SeatRole}
        with self.database.transaction() as session:
            consultation = Consultation(
                id=name,
                practitioner_id=practitioner_id,
                alias="Amsel 27",
                language="de",
                starts_at=starts_at,
                minutes=30,
                created_at=BEGAN,
                seats=[Seat(id=seat, role=role) for role, seat in seats.items()],
            )
            session.add(consultation)
            tokens = {}
            for role in (SeatRole.PATIENT, SeatRole.COMPANION):
                invitation = Invitation(
                    id=f"i{number}-{role}",
                    consultation_id=name,
                    seat_id=seats[role],
                    version=1,
                )
                assign_code(session, self.keys, invitation)
                session.add(invitation)
                tokens[role] = token_of(self.keys, invitation)
        return Booked(
            id=name,
            practitioner=seats[SeatRole.PRACTITIONER],
            patient=seats[SeatRole.PATIENT],
            companion=seats[SeatRole.COMPANION],
            token=tokens[SeatRole.PATIENT],
            companions_token=tokens[SeatRole.COMPANION],
        )

    def page(self) -> Client:
        """Open a page of a patient or companion."""
        wire = FakeWire()
        return Client(Visitor(wire, self.services), wire, self._instance())

    def room(self, *, practitioner_id: int = 1) -> Client:
        """Open the consulting room."""
        wire = FakeWire()
        signed_in = SignedIn(practitioner_id, TOPIC, lambda: self.session_lives)
        return Client(ConsultingRoom(wire, self.services, signed_in), wire, self._instance())

    def seated(self, token: str) -> tuple[Client, Welcome]:
        """Open a page that takes a seat with an invitation."""
        client = self.page()
        return client, welcome_in(client.join(token=token, language="de", consent="2026-11"))

    def seat(self, seat: str) -> Seat:
        """Read a seat from the database."""
        with self.database.transaction() as session:
            return session.get_one(Seat, seat)

    def invitation_of(self, seat: str) -> Invitation:
        """Read the invitation to a seat from the database."""
        with self.database.transaction() as session:
            return session.query(Invitation).filter_by(seat_id=seat).one()

    def _instance(self) -> str:
        return f"page-{next(self._numbers):06}"


def welcome_in(answers: list[ServerMessage]) -> Welcome:
    """Return the welcome, which comes first."""
    assert isinstance(answers[0], Welcome), answers
    return answers[0]
