from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from msgspec import structs

from meetone.consultations.models import SeatRole
from meetone.signalling import messages
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
from meetone.signalling.waiting_room import SENDERS, TAKE_AFTER, Entry, WaitingRoom

START = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
OPENS = START - timedelta(minutes=60)
NOW = START - timedelta(minutes=5)
BEGAN = NOW - timedelta(hours=3)
CAME = NOW - timedelta(minutes=7)

ROOM = "room/4"
PRACTITIONER = Sender("practitioner", "page-room-0")
PATIENT = Sender("patient", "page-patient")
COMPANION = Sender("companion", "page-companion")
SENDER_OF = {
    SeatRole.PRACTITIONER: PRACTITIONER,
    SeatRole.PATIENT: PATIENT,
    SeatRole.COMPANION: COMPANION,
}

SEATING = Seating(
    consultation="consultation-1",
    practitioner_id=4,
    alias="Amsel 27",
    starts_at=START,
    ends_at=START + timedelta(minutes=30),
    opens_at=OPENS,
    closes_at=START + timedelta(hours=4, minutes=30),
    places=(
        Place("practitioner", SeatRole.PRACTITIONER),
        Place("patient", SeatRole.PATIENT, taken=True, arrived_at=CAME),
        Place("companion", SeatRole.COMPANION),
    ),
)


@dataclass
class FakeAttendance:
    """Who is here, as the test wants it."""

    known: dict[str, Presence] = field(default_factory=dict)
    began_at: datetime = BEGAN

    def presence(self, address: str) -> Presence | None:
        return self.known.get(address)


def here(sender: Sender, since: datetime = CAME) -> Presence:
    return Presence(sender.instance, "de", since)


def away(sender: Sender, since: datetime) -> Presence:
    return Presence(sender.instance, "de", since, away=True)


def room(seating: Seating = SEATING, **known: Presence) -> WaitingRoom:
    """A waiting room; keywords are addresses with `_` for `/`."""
    return WaitingRoom(
        seating, FakeAttendance({name.replace("_", "/"): value for name, value in known.items()})
    )


def with_patient(**changes: object) -> Seating:
    places = tuple(
        replace(place, **changes) if place.seat == "patient" else place  # type: ignore[arg-type]  # by the test's word
        for place in SEATING.places
    )
    return replace(SEATING, places=places)


def refusal_of(sender: Sender, message: ClientMessage, waiting: WaitingRoom) -> Refusal:
    with pytest.raises(Refused) as raised:
        waiting.receive(sender, message, NOW)
    return raised.value.refusal


def addressed(kind: type[messages.RelayedMessage], to: str) -> messages.RelayedMessage:
    if kind is messages.Ack:
        return messages.Ack(to=to, to_instance="page-other", seq=3)
    if kind is messages.RestartPlease:
        return messages.RestartPlease(
            to=to, to_instance="page-other", seq=3, connection="connection-1"
        )
    if kind is messages.Candidates:
        return messages.Candidates(
            to=to,
            to_instance="page-other",
            seq=3,
            connection="connection-1",
            candidates=[messages.IceCandidate(candidate="")],
        )
    return messages.Description(
        to=to,
        to_instance="page-other",
        seq=3,
        connection="connection-1",
        description=messages.SessionDescription(type="offer", sdp="v=0"),
    )


def stamped(message: messages.RelayedMessage, sender: Sender) -> messages.RelayedMessage:
    sent = structs.replace(message, from_=sender.seat, from_instance=sender.instance)
    assert isinstance(sent, messages.RelayedMessage)
    return sent


RELAYED = [messages.Description, messages.Candidates, messages.RestartPlease, messages.Ack]


class TestRelay:
    @pytest.mark.parametrize("kind", RELAYED)
    def test_to_the_practitioner_goes_to_the_room_with_the_senders_stamp(
        self, kind: type[messages.RelayedMessage]
    ) -> None:
        message = addressed(kind, "practitioner")

        steps = room().receive(PATIENT, message, NOW)

        assert steps == [Delivery(ROOM, stamped(message, PATIENT))]

    @pytest.mark.parametrize("kind", [k for k in RELAYED if k is not messages.RestartPlease])
    def test_from_the_practitioner_goes_to_the_seat(
        self, kind: type[messages.RelayedMessage]
    ) -> None:
        message = addressed(kind, "patient")

        steps = room().receive(PRACTITIONER, message, NOW)

        assert steps == [Delivery("seat/patient", stamped(message, PRACTITIONER))]

    def test_between_visitors_goes_to_the_seat(self) -> None:
        message = addressed(messages.Description, "companion")

        steps = room().receive(PATIENT, message, NOW)

        assert steps == [Delivery("seat/companion", stamped(message, PATIENT))]

    def test_overwrites_what_the_client_says_of_itself(self) -> None:
        message = messages.Ack(
            to="practitioner",
            to_instance="page-other",
            seq=1,
            from_="companion",
            from_instance="page-companion",
        )

        steps = room().receive(PATIENT, message, NOW)

        assert steps == [Delivery(ROOM, stamped(message, PATIENT))]

    @pytest.mark.parametrize("kind", RELAYED)
    def test_to_a_seat_of_another_consultation_is_refused(
        self, kind: type[messages.RelayedMessage]
    ) -> None:
        refusal = refusal_of(PATIENT, addressed(kind, "patient-of-another"), room())

        assert refusal is Refusal.NO_SUCH_SEAT

    def test_to_oneself_is_refused(self) -> None:
        message = addressed(messages.Ack, "patient")

        assert refusal_of(PATIENT, message, room()) is Refusal.NO_SUCH_SEAT

    @pytest.mark.parametrize("kind", RELAYED)
    def test_before_the_room_opens_is_refused_and_from_then_on_relayed(
        self, kind: type[messages.RelayedMessage]
    ) -> None:
        message = addressed(kind, "practitioner")

        with pytest.raises(Refused) as raised:
            room().receive(PATIENT, message, OPENS - timedelta(microseconds=1))

        assert raised.value.refusal is Refusal.NOT_OPEN
        assert room().receive(PATIENT, message, OPENS) == [
            Delivery(ROOM, stamped(message, PATIENT))
        ]


ANY_MESSAGE: dict[type[ClientMessage], ClientMessage] = {
    messages.Description: addressed(messages.Description, "companion"),
    messages.Candidates: addressed(messages.Candidates, "companion"),
    messages.RestartPlease: addressed(messages.RestartPlease, "companion"),
    messages.Ack: addressed(messages.Ack, "companion"),
    messages.Admit: messages.Admit(seat="patient"),
    messages.PutBack: messages.PutBack(seat="patient"),
    messages.End: messages.End(consultation="consultation-1"),
    messages.HandOver: messages.HandOver(claim="patient-1", accept=True),
    messages.Leave: messages.Leave(),
    messages.Ping: messages.Ping(),
    messages.Join: messages.Join(version=1, instance="page-again"),
}


class TestPermission:
    @pytest.mark.parametrize("kind", list(SENDERS))
    @pytest.mark.parametrize("role", list(SeatRole))
    def test_only_the_documented_senders_are_heard(
        self, kind: type[ClientMessage], role: SeatRole
    ) -> None:
        documented = {
            messages.RestartPlease: {SeatRole.PATIENT, SeatRole.COMPANION},
            messages.Admit: {SeatRole.PRACTITIONER},
            messages.PutBack: {SeatRole.PRACTITIONER},
            messages.End: {SeatRole.PRACTITIONER},
        }
        waiting = room(claim_patient=Presence("patient-1", "de", NOW))
        refused = None

        try:
            waiting.receive(SENDER_OF[role], ANY_MESSAGE[kind], NOW)
        except Refused as error:
            refused = error.refusal

        assert (refused is Refusal.NOT_ALLOWED) == (role not in documented.get(kind, set(SeatRole)))

    def test_table_names_every_message_of_a_client(self) -> None:
        assert set(SENDERS) == set(get_args(messages.ClientMessage))

    def test_from_a_seat_of_another_consultation_is_refused(self) -> None:
        stranger = Sender("patient-of-another", "page-stranger")

        assert refusal_of(stranger, messages.Ping(), room()) is Refusal.NO_SUCH_SEAT

    def test_a_second_join_is_refused(self) -> None:
        message = messages.Join(version=1, instance="page-again")

        assert refusal_of(PATIENT, message, room()) is Refusal.BAD_MESSAGE

    def test_a_ping_is_answered(self) -> None:
        assert room().receive(PATIENT, messages.Ping(), NOW) == [
            Delivery("seat/patient", messages.Pong())
        ]


class TestAdmission:
    def test_admit_is_stored_and_then_confirmed(self) -> None:
        steps = room().receive(PRACTITIONER, messages.Admit(seat="patient"), NOW)

        assert steps == [
            StoreAdmission("patient", NOW),
            Delivery(ROOM, messages.Admitted(seat="patient", since=NOW)),
        ]

    def test_admit_again_keeps_the_time(self) -> None:
        admitted = room(with_patient(admitted_at=CAME))

        steps = admitted.receive(PRACTITIONER, messages.Admit(seat="patient"), NOW)

        assert steps == [
            StoreAdmission("patient", CAME),
            Delivery(ROOM, messages.Admitted(seat="patient", since=CAME)),
        ]

    def test_put_back_takes_it_back(self) -> None:
        admitted = room(with_patient(admitted_at=CAME))

        steps = admitted.receive(PRACTITIONER, messages.PutBack(seat="patient"), NOW)

        assert steps == [
            StoreAdmission("patient", None),
            Delivery(ROOM, messages.Admitted(seat="patient", since=None)),
        ]

    @pytest.mark.parametrize("seat", ["companion", "practitioner", "patient-of-another"])
    def test_admit_where_nobody_sits_is_refused(self, seat: str) -> None:
        message = messages.Admit(seat=seat)

        assert refusal_of(PRACTITIONER, message, room()) is Refusal.NO_SUCH_SEAT

    @pytest.mark.parametrize("seat", ["practitioner", "patient-of-another"])
    def test_put_back_of_no_visitor_is_refused(self, seat: str) -> None:
        message = messages.PutBack(seat=seat)

        assert refusal_of(PRACTITIONER, message, room()) is Refusal.NO_SUCH_SEAT


class TestEnd:
    def test_ends_the_consultation(self) -> None:
        message = messages.End(consultation="consultation-1")

        assert room().receive(PRACTITIONER, message, NOW) == [EndConsultation("consultation-1")]

    def test_of_another_consultation_is_refused(self) -> None:
        message = messages.End(consultation="consultation-2")

        assert refusal_of(PRACTITIONER, message, room()) is Refusal.NO_SUCH_SEAT


class TestEnter:
    def test_with_the_resume_secret_is_seated_though_somebody_sits_there_admitted(self) -> None:
        waiting = room(with_patient(admitted_at=CAME), seat_patient=here(PATIENT))

        assert waiting.enter("patient", resumed=True, now=NOW) is Entry.SEATED

    def test_of_a_seat_nobody_ever_took_is_seated(self) -> None:
        assert room().enter("companion", resumed=False, now=NOW) is Entry.SEATED

    def test_of_a_seat_that_somebody_holds_claims(self) -> None:
        waiting = room(seat_patient=here(PATIENT))

        assert waiting.enter("patient", resumed=False, now=NOW) is Entry.CLAIMING

    @pytest.mark.parametrize(
        ("lost_for", "entry"),
        [
            (timedelta(0), Entry.CLAIMING),
            (TAKE_AFTER - timedelta(microseconds=1), Entry.CLAIMING),
            (TAKE_AFTER, Entry.SEATED),
            (timedelta(days=1), Entry.SEATED),
        ],
    )
    def test_of_a_seat_whose_holder_was_lost(self, lost_for: timedelta, entry: Entry) -> None:
        waiting = room(seat_patient=away(PATIENT, NOW - lost_for))

        assert waiting.enter("patient", resumed=False, now=NOW) is entry

    @pytest.mark.parametrize(
        ("minutes", "entry"), [(0, Entry.CLAIMING), (9.99, Entry.CLAIMING), (10, Entry.SEATED)]
    )
    def test_of_an_admitted_seat_claims_until_the_admission_lapses(
        self, minutes: float, entry: Entry
    ) -> None:
        lost = away(PATIENT, NOW - timedelta(minutes=minutes))
        waiting = room(with_patient(admitted_at=CAME), seat_patient=lost)

        assert waiting.enter("patient", resumed=False, now=NOW) is entry

    def test_of_an_admitted_seat_that_is_here_claims_however_long(self) -> None:
        waiting = room(
            with_patient(admitted_at=CAME), seat_patient=here(PATIENT, NOW - timedelta(hours=1))
        )

        assert waiting.enter("patient", resumed=False, now=NOW) is Entry.CLAIMING
        assert not waiting.lapsed("patient", NOW)

    def test_of_a_seat_held_before_a_restart_claims_for_as_long_as_after_a_loss(self) -> None:
        waiting = room()

        soon = waiting.enter("patient", resumed=False, now=BEGAN + timedelta(seconds=14))
        later = waiting.enter("patient", resumed=False, now=BEGAN + timedelta(seconds=15))

        assert (soon, later) == (Entry.CLAIMING, Entry.SEATED)

    def test_of_a_seat_that_is_not_here_is_refused(self) -> None:
        with pytest.raises(Refused) as raised:
            room().enter("patient-of-another", resumed=False, now=NOW)

        assert raised.value.refusal is Refusal.NO_SUCH_SEAT


PATIENT_FOR_ROOM = Peer(
    seat="patient",
    role=SeatRole.PATIENT,
    consultation="consultation-1",
    state="here",
    since=CAME,
    instance="page-patient",
    language="de",
    arrived_at=CAME,
    admitted_since=None,
    alias="Amsel 27",
    starts_at=START,
    opens_at=OPENS,
)
PATIENT_FOR_VISITORS = structs.replace(PATIENT_FOR_ROOM, alias=None, starts_at=None, opens_at=None)
ABSENT_PRACTITIONER = Peer(
    seat="practitioner",
    role=SeatRole.PRACTITIONER,
    consultation="consultation-1",
    state="absent",
    since=None,
    instance=None,
    language=None,
    arrived_at=None,
    admitted_since=None,
    alias=None,
    starts_at=None,
    opens_at=None,
)


class TestPeers:
    def test_of_the_room_are_those_who_are_here_with_alias_and_times(self) -> None:
        waiting = room(seat_patient=here(PATIENT))

        assert waiting.peers_for("practitioner", NOW) == [PATIENT_FOR_ROOM]

    def test_of_a_visitor_are_all_others_without_alias(self) -> None:
        waiting = room(seat_patient=here(PATIENT))

        assert waiting.peers_for("companion", NOW) == [ABSENT_PRACTITIONER, PATIENT_FOR_VISITORS]

    def test_practitioner_is_here_when_the_room_is(self) -> None:
        waiting = room(room_4=here(PRACTITIONER, NOW))

        [peer, _companion] = waiting.peers_for("patient", NOW)

        assert (peer.state, peer.since, peer.instance) == ("here", NOW, "page-room-0")

    def test_of_the_room_include_who_was_lost_until_the_invitation_expires(self) -> None:
        waiting = room(seat_patient=away(PATIENT, NOW))

        [peer] = waiting.peers_for("practitioner", SEATING.closes_at - timedelta(seconds=1))

        assert (peer.state, peer.since, peer.instance) == ("away", NOW, "page-patient")
        assert waiting.peers_for("practitioner", SEATING.closes_at) == []

    def test_of_the_room_include_who_is_here_though_the_invitation_expired(self) -> None:
        waiting = room(seat_patient=here(PATIENT))

        assert waiting.peers_for("practitioner", SEATING.closes_at) == [PATIENT_FOR_ROOM]

    def test_who_sat_here_before_a_restart_is_away_since_then(self) -> None:
        soon = BEGAN + timedelta(minutes=9)

        [peer] = room(with_patient(admitted_at=CAME)).peers_for("practitioner", soon)

        assert peer == structs.replace(
            PATIENT_FOR_ROOM,
            state="away",
            since=BEGAN,
            instance=None,
            language=None,
            admitted_since=CAME,
        )

    def test_whose_admission_has_lapsed_is_shown_as_waiting(self) -> None:
        lost = away(PATIENT, NOW - timedelta(minutes=10))
        waiting = room(with_patient(admitted_at=CAME), seat_patient=lost)

        [peer] = waiting.peers_for("practitioner", NOW)

        assert (peer.state, peer.admitted_since) == ("away", None)


class TestAnnounce:
    def test_tells_each_other_seat_what_it_may_see(self) -> None:
        waiting = room(seat_patient=here(PATIENT))

        assert waiting.announce("patient") == [
            Delivery(ROOM, messages.PeerPresence(peer=PATIENT_FOR_ROOM)),
            Delivery("seat/companion", messages.PeerPresence(peer=PATIENT_FOR_VISITORS)),
        ]

    def test_of_the_practitioner_goes_to_every_visitor(self) -> None:
        presence = messages.PeerPresence(peer=ABSENT_PRACTITIONER)

        assert room().announce("practitioner") == [
            Delivery("seat/patient", presence),
            Delivery("seat/companion", presence),
        ]


def left(peer: Peer) -> messages.PeerPresence:
    gone = structs.replace(peer, state="left", since=NOW, instance=None, language=None)
    return messages.PeerPresence(peer=gone)


class TestLeave:
    def test_of_a_visitor_frees_the_seat_tells_the_others_and_lets_a_claimant_in(self) -> None:
        steps = room(seat_patient=here(PATIENT)).receive(PATIENT, messages.Leave(), NOW)

        assert steps == [
            FreeSeat("patient"),
            Delivery(ROOM, left(PATIENT_FOR_ROOM)),
            Delivery("seat/companion", left(PATIENT_FOR_VISITORS)),
            SeatClaimant("patient"),
        ]

    def test_of_a_visitor_closes_the_claim_before_the_claimant_sits(self) -> None:
        claimed = room(seat_patient=here(PATIENT), claim_patient=Presence("patient-c1", "de", NOW))

        steps = claimed.receive(PATIENT, messages.Leave(), NOW)

        closed = messages.ClaimClosed(seat="patient", claim="patient-c1")
        assert steps[3:] == [
            Delivery("seat/patient", closed),
            Delivery(ROOM, closed),
            SeatClaimant("patient"),
        ]

    def test_of_the_practitioner_only_tells_the_others(self) -> None:
        steps = room().receive(PRACTITIONER, messages.Leave(), NOW)

        presence = left(ABSENT_PRACTITIONER)
        assert steps == [
            Delivery("seat/patient", presence),
            Delivery("seat/companion", presence),
        ]


CLAIM = Presence("patient-c1", "en", NOW)
CLAIM_CLOSED = messages.ClaimClosed(seat="patient", claim="patient-c1")


class TestClaim:
    def test_asks_the_sitting_patient_and_the_practitioner(self) -> None:
        message = messages.Claim(seat="patient", claim="patient-c2", since=NOW)

        assert room().claim("patient", "patient-c2", NOW) == [
            Delivery("seat/patient", message),
            Delivery(ROOM, message),
        ]

    def test_closes_an_older_claim_first(self) -> None:
        steps = room(claim_patient=CLAIM).claim("patient", "patient-c2", NOW)

        assert steps[:2] == [Delivery("seat/patient", CLAIM_CLOSED), Delivery(ROOM, CLAIM_CLOSED)]
        assert len(steps) == 4

    @pytest.mark.parametrize("judge", [PATIENT, PRACTITIONER])
    @pytest.mark.parametrize(
        ("accept", "decision"),
        [(True, SeatClaimant("patient")), (False, TurnClaimantAway("patient"))],
    )
    def test_is_answered_by_either_side(self, judge: Sender, accept: bool, decision: Step) -> None:
        message = messages.HandOver(claim="patient-c1", accept=accept)

        assert room(claim_patient=CLAIM).receive(judge, message, NOW) == [
            Delivery("seat/patient", CLAIM_CLOSED),
            Delivery(ROOM, CLAIM_CLOSED),
            decision,
        ]

    def test_is_not_answered_by_another_visitor(self) -> None:
        message = messages.HandOver(claim="patient-c1", accept=True)

        refusal = refusal_of(COMPANION, message, room(claim_patient=CLAIM))

        assert refusal is Refusal.NO_SUCH_SEAT

    @pytest.mark.parametrize("claim", ["patient-c0", "patient", "companion-c1", "elsewhere-c1"])
    def test_that_is_not_open_is_not_answered(self, claim: str) -> None:
        waiting = room(claim_patient=CLAIM, claim_elsewhere=Presence("elsewhere-c1", "de", NOW))
        message = messages.HandOver(claim=claim, accept=True)

        assert refusal_of(PRACTITIONER, message, waiting) is Refusal.NO_SUCH_SEAT

    def test_that_nobody_made_closes_silently(self) -> None:
        assert room().close_claim("patient") == []

    def test_that_is_open_is_told_to_who_sits_down(self) -> None:
        waiting = room(claim_patient=CLAIM)
        message = messages.Claim(seat="patient", claim="patient-c1", since=NOW)

        assert waiting.open_claims("practitioner") == [Delivery(ROOM, message)]
        assert waiting.open_claims("patient") == [Delivery("seat/patient", message)]
        assert waiting.open_claims("companion") == []
