from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from meetone.consultations.invitations import revoke
from meetone.consultations.models import Consultation, Invitation
from meetone.signalling import messages
from meetone.signalling.closing import end_consultation
from meetone.signalling.messages import Error, PeerPresence, ServerMessage
from meetone.signalling.refusals import Refusal
from tests.unit.signalling_practice import (
    NOW,
    START,
    TOPIC,
    Booked,
    Client,
    Practice,
    welcome_in,
)


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[Practice]:
    practice = Practice(tmp_path)
    yield practice
    practice.database.engine.dispose()


@pytest.fixture
def booked(practice: Practice) -> Booked:
    return practice.book()


def refused(refusal: Refusal) -> list[ServerMessage]:
    return [Error(error=refusal.error)]


def states(received: list[ServerMessage]) -> list[tuple[str, str]]:
    """Seat and state of each presence that was received, which is all that was received."""
    peers = [message.peer for message in received if isinstance(message, PeerPresence)]
    assert len(peers) == len(received), received
    return [(peer.seat, peer.state) for peer in peers]


def description(to: str, instance: str = "page-other") -> messages.Description:
    return messages.Description(
        to=to,
        to_instance=instance,
        seq=1,
        connection="connection-1",
        description=messages.SessionDescription(type="offer", sdp="v=0"),
    )


class TestJoin:
    def test_with_an_invitation_takes_the_seat(self, practice: Practice, booked: Booked) -> None:
        _, welcome = practice.seated(booked.token)

        assert welcome.resume is not None
        seat = practice.seat(booked.patient)
        assert (seat.resume_hash, seat.arrived_at, seat.consent, seat.consent_at) == (
            sha256(welcome.resume.encode()).hexdigest(),
            NOW,
            "2026-11",
            NOW,
        )
        assert (welcome.seat, welcome.consultation, welcome.role) == (
            booked.patient,
            booked.id,
            "patient",
        )
        assert (welcome.server_time, welcome.arrived_at, welcome.admitted_since) == (
            NOW,
            NOW,
            None,
        )
        assert (welcome.starts_at, welcome.ends_at, welcome.opens_at) == (
            START,
            START + timedelta(minutes=30),
            START - timedelta(minutes=60),
        )
        assert welcome.ice_servers == [messages.IceServer(urls=["stun:127.0.0.1:10000"])]
        assert [(peer.seat, peer.state) for peer in welcome.peers] == [
            (booked.practitioner, "absent"),
            (booked.companion, "absent"),
        ]

    def test_with_the_resume_secret_replaces_the_older_page(
        self, practice: Practice, booked: Booked
    ) -> None:
        older, welcome = practice.seated(booked.token)
        practice.now += timedelta(minutes=3)

        newer = practice.page()
        again = welcome_in(newer.join(resume=welcome.resume, language="en"))

        assert (again.seat, again.resume, again.arrived_at) == (booked.patient, None, NOW)
        assert older.take() == refused(Refusal.TAKEN_OVER)
        assert (older.wire.close_code, newer.wire.close_code) == (4409, None)
        older.lose()
        assert practice.bus.presence(f"seat/{booked.patient}") is not None
        assert practice.seat(booked.patient).consent_at == NOW

    def test_with_a_resume_secret_that_holds_nothing_is_refused(self, practice: Practice) -> None:
        assert practice.page().join(resume="x" * 22, language="de") == refused(Refusal.UNKNOWN_SEAT)

    @pytest.mark.parametrize(
        "fields",
        [
            {"language": "de"},
            {"token": "t", "resume": "r", "language": "de"},
            {"token": "t"},
        ],
    )
    def test_without_exactly_one_right_and_a_language_is_refused(
        self, practice: Practice, fields: dict[str, str]
    ) -> None:
        answers = practice.page().join(**fields)  # type: ignore[arg-type]  # a test's word

        assert answers == refused(Refusal.BAD_MESSAGE)

    def test_with_a_token_that_was_never_valid_is_refused(self, practice: Practice) -> None:
        client = practice.page()

        assert client.join(token="x", language="de") == refused(Refusal.UNKNOWN_INVITATION)
        assert client.wire.close_code == 4404

    def test_with_a_revoked_invitation_is_refused_but_who_sits_stays(
        self, practice: Practice, booked: Booked
    ) -> None:
        sitting, welcome = practice.seated(booked.token)
        revoke_invitation(practice, booked)

        assert practice.page().join(token=booked.token, language="de") == refused(Refusal.REVOKED)
        assert sitting.send(messages.Ping()) == [messages.Pong()]
        again = welcome_in(practice.page().join(resume=welcome.resume, language="de"))
        assert again.seat == booked.patient

    def test_with_an_expired_invitation_is_refused_but_the_resume_secret_works(
        self, practice: Practice, booked: Booked
    ) -> None:
        _, welcome = practice.seated(booked.token)
        practice.now = START + timedelta(hours=4, minutes=31)

        assert practice.page().join(token=booked.token, language="de") == refused(Refusal.EXPIRED)
        again = welcome_in(practice.page().join(resume=welcome.resume, language="de"))
        assert again.seat == booked.patient

    def test_twice_on_one_socket_is_refused(self, practice: Practice, booked: Booked) -> None:
        client, _ = practice.seated(booked.token)

        answers = client.send(messages.Join(version=1, instance="page-again"))

        assert answers == refused(Refusal.BAD_MESSAGE)
        assert client.wire.close_code == 4400


def revoke_invitation(practice: Practice, booked: Booked) -> None:
    with practice.database.transaction() as session:
        revoke(session.get_one(Invitation, practice.invitation_of(booked.patient).id), practice.now)


class TestRoom:
    def test_sees_who_is_here_and_is_announced_to_them(
        self, practice: Practice, booked: Booked
    ) -> None:
        patient, _ = practice.seated(booked.token)
        practice.book()

        room = practice.room()
        welcome = welcome_in(room.join())

        assert (welcome.role, welcome.seat, welcome.consultation) == ("practitioner", None, None)
        assert [(peer.seat, peer.state, peer.alias) for peer in welcome.peers] == [
            (booked.patient, "here", "Amsel 27")
        ]
        assert states(patient.take()) == [(booked.practitioner, "here")]

    def test_learns_of_everybody_who_comes_whenever_it_was_booked(self, practice: Practice) -> None:
        room = practice.room()
        room.join()

        booked = practice.book()
        patient, welcome = practice.seated(booked.token)

        assert states(room.take()) == [(booked.patient, "here")]
        assert (welcome.peers[0].seat, welcome.peers[0].state) == (booked.practitioner, "here")
        room.send(description(booked.patient, patient.instance))
        [relayed] = patient.take()
        assert isinstance(relayed, messages.Description)
        assert (relayed.from_, relayed.from_instance) == (booked.practitioner, room.instance)

    def test_never_hears_of_another_practitioners_patients(self, practice: Practice) -> None:
        room, other = practice.room(), practice.room(practitioner_id=2)
        room.join()
        other.join()
        booked = practice.book()

        practice.seated(booked.token)

        assert states(room.take()) == [(booked.patient, "here")]
        assert other.take() == []
        for message in (
            description(booked.patient),
            messages.Admit(seat=booked.patient),
            messages.PutBack(seat=booked.patient),
            messages.End(consultation=booked.id),
            messages.HandOver(claim=f"{booked.patient}-1", accept=True),
        ):
            assert other.send(message) == refused(Refusal.NO_SUCH_SEAT)
        assert other.wire.close_code is None

    def test_newest_page_replaces_the_older(self, practice: Practice, booked: Booked) -> None:
        patient, _ = practice.seated(booked.token)
        older, newer = practice.room(), practice.room()
        older.join()
        patient.take()

        newer.join()

        assert older.take() == refused(Refusal.TAKEN_OVER)
        older.lose()
        assert states(patient.take()) == [(booked.practitioner, "here")]

    def test_lost_is_away_for_who_waits(self, practice: Practice, booked: Booked) -> None:
        patient, _ = practice.seated(booked.token)
        room = practice.room()
        room.join()
        patient.take()

        room.lose()

        assert states(patient.take()) == [(booked.practitioner, "away")]

    def test_leaving_is_told_to_who_waits(self, practice: Practice, booked: Booked) -> None:
        patient, _ = practice.seated(booked.token)
        room = practice.room()
        room.join()
        patient.take()

        room.send(messages.Leave())

        assert states(patient.take()) == [(booked.practitioner, "left")]
        assert room.wire.close_code == 1000

    @pytest.mark.parametrize("fields", [{"token": "t"}, {"resume": "r"}])
    def test_with_a_visitors_right_is_refused(
        self, practice: Practice, fields: dict[str, str]
    ) -> None:
        answers = practice.room().join(**fields)  # type: ignore[arg-type]  # a test's word

        assert answers == refused(Refusal.BAD_MESSAGE)

    def test_of_an_ended_session_is_closed_at_once(self, practice: Practice) -> None:
        room = practice.room()
        room.join()

        practice.bus.close_topic(TOPIC, Refusal.NOT_SIGNED_IN)

        assert room.take() == refused(Refusal.NOT_SIGNED_IN)
        assert room.wire.close_code == 4401

    def test_of_a_session_that_ended_by_time_is_closed_within_a_minute(
        self, practice: Practice
    ) -> None:
        room = practice.room()
        room.join()
        practice.session_lives = False

        practice.now += timedelta(seconds=59)
        assert room.send(messages.Ping()) == [messages.Pong()]
        practice.now += timedelta(seconds=1)
        assert room.send(messages.Ping()) == refused(Refusal.NOT_SIGNED_IN)

    def test_of_a_session_that_ended_before_joining_is_refused(self, practice: Practice) -> None:
        practice.session_lives = False

        assert practice.room().join() == refused(Refusal.NOT_SIGNED_IN)

    def test_may_not_ask_for_a_restart(self, practice: Practice, booked: Booked) -> None:
        room = practice.room()
        room.join()

        answers = room.send(
            messages.RestartPlease(
                to=booked.patient, to_instance="page-other", seq=1, connection="connection-1"
            )
        )

        assert answers == refused(Refusal.NOT_ALLOWED)

    def test_twice_joined_is_refused(self, practice: Practice) -> None:
        room = practice.room()
        room.join()

        answers = room.send(messages.Join(version=1, instance="page-again"))

        assert answers == refused(Refusal.BAD_MESSAGE)

    def test_claims_no_seat(self, practice: Practice) -> None:
        room = practice.room()
        room.join()

        room.party.hand_over()

        assert room.take() == []

    def test_forgets_seats_beyond_its_bound_and_still_relays(
        self, practice: Practice, booked: Booked, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("meetone.signalling.room.REMEMBERED_SEATS", 1)
        other = practice.book()
        first, _ = practice.seated(booked.token)
        second, _ = practice.seated(other.token)
        room = practice.room()
        room.join()
        first.take()
        second.take()

        for _ in range(2):
            assert room.send(description(booked.patient)) == []
            assert room.send(description(other.patient)) == []

        assert (len(first.take()), len(second.take())) == (2, 2)


class TestPresence:
    def test_lost_patient_is_away_and_may_be_taken_after_15_seconds(
        self, practice: Practice, booked: Booked
    ) -> None:
        room = practice.room()
        room.join()
        patient, welcome = practice.seated(booked.token)
        room.take()

        patient.lose()
        practice.now += timedelta(seconds=15)
        _, again = practice.seated(booked.token)

        assert states(room.take()) == [(booked.patient, "away"), (booked.patient, "here")]
        assert again.resume not in {None, welcome.resume}
        assert again.arrived_at == NOW
        assert practice.page().join(resume=welcome.resume, language="de") == refused(
            Refusal.UNKNOWN_SEAT
        )

    def test_leaving_frees_the_seat_at_once(self, practice: Practice, booked: Booked) -> None:
        room = practice.room()
        room.join()
        patient, welcome = practice.seated(booked.token)
        room.send(messages.Admit(seat=booked.patient))

        patient.send(messages.Leave())

        assert patient.wire.close_code == 1000
        assert states(room.take()) == [(booked.patient, "left")]
        seat = practice.seat(booked.patient)
        assert (seat.resume_hash, seat.admitted_at, seat.arrived_at) == (None, None, NOW)
        assert practice.page().join(resume=welcome.resume, language="de") == refused(
            Refusal.UNKNOWN_SEAT
        )
        assert practice.seated(booked.token)

    def test_after_a_restart_of_the_server_is_away_until_the_page_is_back(
        self, practice: Practice, booked: Booked
    ) -> None:
        _, welcome = practice.seated(booked.token)
        practice.restart()

        room = practice.room()
        [peer] = welcome_in(room.join()).peers

        assert (peer.seat, peer.state, peer.since, peer.instance) == (
            booked.patient,
            "away",
            NOW,
            None,
        )
        welcome_in(practice.page().join(resume=welcome.resume, language="de"))
        assert states(room.take()) == [(booked.patient, "here")]


class TestAdmission:
    def test_is_stored_and_outlives_a_restart(self, practice: Practice, booked: Booked) -> None:
        _, welcome = practice.seated(booked.token)
        room = practice.room()
        room.join()

        assert room.send(messages.Admit(seat=booked.patient)) == [
            messages.Admitted(seat=booked.patient, since=NOW)
        ]

        practice.restart()
        practice.now += timedelta(seconds=5)
        [peer] = welcome_in(practice.room().join()).peers
        again = welcome_in(practice.page().join(resume=welcome.resume, language="de"))
        assert (peer.admitted_since, again.admitted_since) == (NOW, NOW)

    @pytest.mark.parametrize(("minutes", "kept"), [(9, True), (10, False)])
    def test_lapses_while_nobody_is_here(
        self, practice: Practice, booked: Booked, minutes: int, kept: bool
    ) -> None:
        patient, welcome = practice.seated(booked.token)
        room = practice.room()
        room.join()
        room.send(messages.Admit(seat=booked.patient))
        patient.lose()
        room.take()

        practice.now += timedelta(minutes=minutes)
        again = welcome_in(practice.page().join(resume=welcome.resume, language="de"))

        since = NOW if kept else None
        assert again.admitted_since == since
        assert practice.seat(booked.patient).admitted_at == since
        [presence] = room.take()
        assert isinstance(presence, messages.PeerPresence)
        assert presence.peer.admitted_since == since

    def test_that_has_lapsed_is_not_for_whoever_takes_the_seat(
        self, practice: Practice, booked: Booked
    ) -> None:
        patient, _ = practice.seated(booked.token)
        room = practice.room()
        room.join()
        room.send(messages.Admit(seat=booked.patient))
        patient.lose()

        practice.now += timedelta(minutes=10)
        _, welcome = practice.seated(booked.token)

        assert welcome.admitted_since is None
        assert practice.seat(booked.patient).admitted_at is None

    def test_lapses_for_a_claim_that_outlives_it(self, practice: Practice, booked: Booked) -> None:
        patient, _ = practice.seated(booked.token)
        room = practice.room()
        room.join()
        room.send(messages.Admit(seat=booked.patient))
        patient.lose()
        practice.now += timedelta(minutes=9)
        second = practice.page()
        [claiming] = second.join(token=booked.token, language="de")
        assert isinstance(claiming, messages.Claiming)

        practice.now += timedelta(minutes=1)
        answers = second.send(messages.Ping())

        [welcome] = [each for each in answers if isinstance(each, messages.Welcome)]
        assert welcome.admitted_since is None
        assert practice.seat(booked.patient).admitted_at is None

    def test_is_taken_back(self, practice: Practice, booked: Booked) -> None:
        practice.seated(booked.token)
        room = practice.room()
        room.join()
        room.send(messages.Admit(seat=booked.patient))

        assert room.send(messages.PutBack(seat=booked.patient)) == [
            messages.Admitted(seat=booked.patient, since=None)
        ]
        assert practice.seat(booked.patient).admitted_at is None

    def test_is_not_the_patients_to_say(self, practice: Practice, booked: Booked) -> None:
        patient, _ = practice.seated(booked.token)

        answers = patient.send(messages.Admit(seat=booked.patient))

        assert answers == refused(Refusal.NOT_ALLOWED)
        assert practice.seat(booked.patient).admitted_at is None


class TestRelay:
    def test_before_opening_is_refused_until_the_appointment_is_moved_forward(
        self, practice: Practice
    ) -> None:
        booked = practice.book(starts_at=NOW + timedelta(hours=2))
        patient, _ = practice.seated(booked.token)
        room = practice.room()
        room.join()
        patient.take()
        assert patient.send(description(booked.practitioner)) == refused(Refusal.NOT_OPEN)
        assert room.send(description(booked.patient)) == refused(Refusal.NOT_OPEN)

        with practice.database.transaction() as session:
            session.get_one(Consultation, booked.id).starts_at = START

        assert patient.send(description(booked.practitioner)) == []
        assert len(room.take()) == 1
        assert room.send(description(booked.patient)) == []
        assert len(patient.take()) == 1

    def test_to_another_consultation_is_refused(self, practice: Practice, booked: Booked) -> None:
        patient, _ = practice.seated(booked.token)
        other = practice.book()
        stranger, _ = practice.seated(other.token)

        for seat in (other.patient, other.practitioner, other.companion):
            assert patient.send(description(seat)) == refused(Refusal.NO_SUCH_SEAT)
        assert stranger.take() == []

    def test_between_patient_and_companion_reaches_the_other(
        self, practice: Practice, booked: Booked
    ) -> None:
        patient, _ = practice.seated(booked.token)
        companion, _ = practice.seated(booked.companions_token)
        patient.take()

        patient.send(description(booked.companion, companion.instance))

        [relayed] = companion.take()
        assert isinstance(relayed, messages.Description)
        assert (relayed.from_, relayed.from_instance) == (booked.patient, patient.instance)


class TestEnd:
    def test_by_the_practitioner_closes_everybody_and_voids_every_right(
        self, practice: Practice, booked: Booked
    ) -> None:
        patient, welcome = practice.seated(booked.token)
        claimant = claiming(practice, booked)
        room = practice.room()
        room.join()
        room.send(messages.Admit(seat=booked.patient))
        patient.take()

        answers = room.send(messages.End(consultation=booked.id))

        ended = messages.Ended(consultation=booked.id)
        assert answers == [ended]
        assert patient.take() == [ended, *refused(Refusal.ENDED)]
        assert (patient.wire.close_code, claimant.wire.close_code) == (4410, 4410)
        patient.lose()
        claimant.lose()
        assert room.take() == []
        seat = practice.seat(booked.patient)
        assert (seat.resume_hash, seat.admitted_at) == (None, None)
        assert practice.page().join(resume=welcome.resume, language="de") == refused(
            Refusal.UNKNOWN_SEAT
        )
        assert practice.page().join(token=booked.token, language="de") == refused(Refusal.ENDED)
        assert room.send(messages.End(consultation=booked.id)) == refused(Refusal.NO_SUCH_SEAT)

    def test_of_the_day_list_ends_once(self, practice: Practice, booked: Booked) -> None:
        patient, _ = practice.seated(booked.token)

        assert end_consultation(practice.services, booked.id) is True
        assert end_consultation(practice.services, booked.id) is False
        assert end_consultation(practice.services, "elsewhere") is False
        assert patient.wire.close_code == 4410

    def test_without_any_notice_is_noticed_at_the_next_message(
        self, practice: Practice, booked: Booked
    ) -> None:
        # Another process may have ended it.
        patient, _ = practice.seated(booked.token)
        with practice.database.transaction() as session:
            session.get_one(Consultation, booked.id).ended_at = NOW

        assert patient.send(messages.Ping()) == refused(Refusal.ENDED)


def claiming(practice: Practice, booked: Booked) -> Client:
    """Open a second device with the link; it has to ask."""
    client = practice.page()
    [answer] = client.join(token=booked.token, language="en", consent="2026-12")
    assert isinstance(answer, messages.Claiming)
    return client


def claim_in(received: list[ServerMessage]) -> messages.Claim:
    [claim] = received
    assert isinstance(claim, messages.Claim)
    return claim


class TestClaim:
    def test_that_comes_again_and_again_is_refused_and_told_to_nobody(
        self, practice: Practice, booked: Booked
    ) -> None:
        patient, _ = practice.seated(booked.token)
        room = practice.room()
        room.join()
        for _ in range(3):
            claiming(practice, booked).lose()
        room.take()
        patient.take()

        stranger = practice.page()
        answers = stranger.join(token=booked.token, language="en")

        assert answers == refused(Refusal.TOO_FAST)
        assert (stranger.wire.close_code, room.take(), patient.take()) == (4429, [], [])
        practice.now += timedelta(seconds=20)
        claimant = claiming(practice, booked)
        claim = claim_in(room.take())
        room.send(messages.HandOver(claim=claim.claim, accept=True))
        assert isinstance(claimant.take()[0], messages.Welcome)

    def test_is_told_to_both_sides_and_touches_nothing(
        self, practice: Practice, booked: Booked
    ) -> None:
        patient, _ = practice.seated(booked.token)
        room = practice.room()
        room.join()
        patient.take()

        claimant = claiming(practice, booked)

        claim = claim_in(room.take())
        assert claim_in(patient.take()) == claim
        assert (claim.seat, claim.since) == (booked.patient, NOW)
        assert claimant.send(description(booked.practitioner)) == refused(Refusal.NOT_ALLOWED)
        assert claimant.send(messages.Ping()) == [messages.Pong()]
        assert room.send(description(booked.patient)) == []
        assert (len(patient.take()), claimant.take()) == (1, [])

    @pytest.mark.parametrize("judge", ["patient", "practitioner"])
    def test_accepted_hands_the_seat_over_with_a_new_secret_and_its_admission(
        self, practice: Practice, booked: Booked, judge: str
    ) -> None:
        patient, welcome = practice.seated(booked.token)
        room = practice.room()
        room.join()
        room.send(messages.Admit(seat=booked.patient))
        claimant = claiming(practice, booked)
        claim = claim_in(room.take())
        patient.take()

        asked = {"patient": patient, "practitioner": room}[judge]
        asked.send(messages.HandOver(claim=claim.claim, accept=True))

        closed, presence = room.take() if judge == "patient" else (None, None)
        if judge == "patient":
            assert closed == messages.ClaimClosed(seat=booked.patient, claim=claim.claim)
            assert states([presence] if presence else []) == [(booked.patient, "here")]
        again = welcome_in(claimant.take())
        assert (again.seat, again.admitted_since, again.arrived_at) == (booked.patient, NOW, NOW)
        assert again.resume not in {None, welcome.resume}
        assert patient.wire.close_code == 4409
        patient.lose()
        assert practice.seat(booked.patient).consent == "2026-12"
        assert practice.page().join(resume=welcome.resume, language="de") == refused(
            Refusal.UNKNOWN_SEAT
        )
        assert claimant.send(description(booked.practitioner)) == []

    def test_refused_closes_the_second_device_and_nothing_else(
        self, practice: Practice, booked: Booked
    ) -> None:
        patient, _ = practice.seated(booked.token)
        room = practice.room()
        room.join()
        claimant = claiming(practice, booked)
        claim = claim_in(room.take())
        patient.take()

        answers = room.send(messages.HandOver(claim=claim.claim, accept=False))

        closed = messages.ClaimClosed(seat=booked.patient, claim=claim.claim)
        assert (answers, patient.take()) == ([closed], [closed])
        assert claimant.take() == refused(Refusal.CLAIM_REFUSED)
        assert claimant.wire.close_code == 4423
        claimant.lose()
        assert (room.take(), patient.take()) == ([], [])
        assert patient.wire.close_code is None

    @pytest.mark.parametrize("leaves", [True, False])
    def test_given_up_is_closed_on_both_sides(
        self, practice: Practice, booked: Booked, leaves: bool
    ) -> None:
        patient, _ = practice.seated(booked.token)
        room = practice.room()
        room.join()
        claimant = claiming(practice, booked)
        claim = claim_in(room.take())
        patient.take()

        if leaves:
            claimant.send(messages.Leave())
        else:
            claimant.lose()

        closed = messages.ClaimClosed(seat=booked.patient, claim=claim.claim)
        assert (room.take(), patient.take()) == ([closed], [closed])
        assert room.send(messages.HandOver(claim=claim.claim, accept=True)) == refused(
            Refusal.NO_SUCH_SEAT
        )

    def test_of_a_third_device_replaces_that_of_the_second(
        self, practice: Practice, booked: Booked
    ) -> None:
        practice.seated(booked.token)
        room = practice.room()
        room.join()
        second = claiming(practice, booked)
        first_claim = claim_in(room.take())

        third = claiming(practice, booked)

        assert second.wire.close_code == 4409
        second.lose()
        closed, claim = room.take()
        assert closed == messages.ClaimClosed(seat=booked.patient, claim=first_claim.claim)
        assert isinstance(claim, messages.Claim)
        assert room.send(messages.HandOver(claim=first_claim.claim, accept=True)) == refused(
            Refusal.NO_SUCH_SEAT
        )
        room.send(messages.HandOver(claim=claim.claim, accept=True))
        assert welcome_in(third.take()).seat == booked.patient

    def test_is_told_to_a_room_and_a_page_that_come_later(
        self, practice: Practice, booked: Booked
    ) -> None:
        _, welcome = practice.seated(booked.token)
        claiming(practice, booked)

        room_answers = practice.room().join()
        page_answers = practice.page().join(resume=welcome.resume, language="de")

        assert claim_in(room_answers[1:]) == claim_in(page_answers[1:])

    def test_is_seated_when_who_sits_leaves(self, practice: Practice, booked: Booked) -> None:
        patient, _ = practice.seated(booked.token)
        claimant = claiming(practice, booked)

        patient.send(messages.Leave())

        assert welcome_in(claimant.take()).seat == booked.patient

    def test_is_seated_with_the_ping_after_who_sat_was_lost_for_15_seconds(
        self, practice: Practice, booked: Booked
    ) -> None:
        patient, _ = practice.seated(booked.token)
        claimant = claiming(practice, booked)
        patient.lose()

        practice.now += timedelta(seconds=14)
        assert claimant.send(messages.Ping()) == [messages.Pong()]
        practice.now += timedelta(seconds=1)
        pong, welcome = claimant.send(messages.Ping())

        assert pong == messages.Pong()
        assert welcome_in([welcome]).seat == booked.patient

    def test_with_a_link_that_was_withdrawn_since_is_never_seated(
        self, practice: Practice, booked: Booked
    ) -> None:
        patient, _ = practice.seated(booked.token)
        claimant = claiming(practice, booked)
        revoke_invitation(practice, booked)

        patient.send(messages.Leave())

        assert claimant.take() == refused(Refusal.REVOKED)
        claimant.lose()
        assert practice.seat(booked.patient).resume_hash is None

    def test_with_a_link_that_expired_since_is_handed_over(
        self, practice: Practice, booked: Booked
    ) -> None:
        practice.seated(booked.token)
        room = practice.room()
        room.join()
        claimant = claiming(practice, booked)
        claim = claim_in(room.take())
        practice.now = START + timedelta(hours=5)

        room.send(messages.HandOver(claim=claim.claim, accept=True))

        assert welcome_in(claimant.take()).seat == booked.patient

    def test_takes_nothing_twice(self, practice: Practice, booked: Booked) -> None:
        patient, _ = practice.seated(booked.token)

        patient.party.hand_over()
        practice.page().party.hand_over()

        assert patient.take() == []

    def test_joins_no_second_time(self, practice: Practice, booked: Booked) -> None:
        practice.seated(booked.token)
        claimant = claiming(practice, booked)

        answers = claimant.send(messages.Join(version=1, instance="page-again"))

        assert answers == refused(Refusal.BAD_MESSAGE)
