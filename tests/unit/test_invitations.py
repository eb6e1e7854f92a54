from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from meetone.accounts.models import User
from meetone.consultations import invitations
from meetone.consultations.invitations import (
    CODE_ALPHABET,
    InvitationRefused,
    InvitationState,
    assign_code,
    code_of,
    derive_code,
    expires_at,
    find_by_code,
    find_by_token,
    index_of,
    link_of,
    renew,
    revoke,
    show_code,
    state_of,
    token_of,
)
from meetone.consultations.models import Consultation, Invitation
from meetone.consultations.planning import Plan, make
from meetone.db import Base
from meetone.keys import Keys
from meetone.signalling.refusals import Refusal

KEYS = Keys.derive(b"the secret of an installation, 1")
OTHER_KEYS = Keys.derive(b"the secret of another installation")
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
END = START + timedelta(minutes=30)
HOURS = 4
LAST_MOMENT = END + timedelta(hours=HOURS)
UNKNOWN = Refusal.UNKNOWN_INVITATION


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def invitation(session: Session) -> Invitation:
    practitioner = User(
        email="weber@praxis.example",
        name="Dr. Weber",
        fs_uniquifier="weber",
        language="de",
        created_at=START,
    )
    session.add(practitioner)
    made = make(session, KEYS, Plan(practitioner, START, 30, "de", "Amsel 27"), START)
    session.commit()
    return made.invitations[0]


def refusal_of_token(
    session: Session, token: str, now: datetime = START, keys: Keys = KEYS
) -> Refusal:
    with pytest.raises(InvitationRefused) as refused:
        find_by_token(session, keys, token, now, HOURS)
    return refused.value.refusal


def refusal_of_code(session: Session, code: str, now: datetime = START) -> Refusal:
    with pytest.raises(InvitationRefused) as refused:
        find_by_code(session, KEYS, code, now, HOURS)
    return refused.value.refusal


def test_alphabet_has_thirty_two_characters_and_none_that_is_mistaken() -> None:
    assert len(CODE_ALPHABET) == len(set(CODE_ALPHABET)) == 32
    assert set("01IOioabc").isdisjoint(CODE_ALPHABET)


def test_code_of_every_invitation_has_nine_characters_evenly_drawn() -> None:
    codes = [derive_code(KEYS, f"invitation {number}", 1) for number in range(4096)]

    counts = [Counter(code[place] for code in codes) for place in range(9)]

    assert {len(code) for code in codes} == {9}
    assert len(set(codes)) == len(codes)
    for count in counts:  # 128 expected of each; six standard deviations are 67
        assert set(count) == set(CODE_ALPHABET)
        assert all(60 < number < 196 for number in count.values())


@pytest.mark.parametrize(
    ("keys", "identifier", "version"), [(KEYS, "a", 2), (KEYS, "b", 1), (OTHER_KEYS, "a", 1)]
)
def test_code_depends_on_key_id_and_version(keys: Keys, identifier: str, version: int) -> None:
    assert derive_code(KEYS, "a", 1) == derive_code(KEYS, "a", 1)
    assert derive_code(keys, identifier, version) != derive_code(KEYS, "a", 1)


def test_show_code_groups_by_three() -> None:
    assert show_code("ABCDEFGHJ") == "ABC-DEF-GHJ"


def test_token_is_short_and_fits_into_a_path(invitation: Invitation) -> None:
    token = token_of(KEYS, invitation)

    assert len(token) <= 70
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
    assert link_of("https://praxis.example", KEYS, invitation) == (
        f"https://praxis.example/join/{token}"
    )


def test_stored_invitation_holds_neither_code_nor_token(invitation: Invitation) -> None:
    stored = repr([getattr(invitation, column.key) for column in Invitation.__table__.columns])

    assert invitation.id in stored
    assert code_of(KEYS, invitation) not in stored
    assert token_of(KEYS, invitation) not in stored
    assert invitation.code_index == index_of(KEYS, code_of(KEYS, invitation))


@pytest.mark.parametrize("now", [START - timedelta(days=400), START, END, LAST_MOMENT], ids=str)
def test_link_and_code_from_creation_to_the_last_moment_find_the_invitation(
    session: Session, invitation: Invitation, now: datetime
) -> None:
    by_token = find_by_token(session, KEYS, token_of(KEYS, invitation), now, HOURS)
    by_code = find_by_code(session, KEYS, code_of(KEYS, invitation), now, HOURS)

    assert by_token is invitation
    assert by_code is invitation


def test_link_and_code_after_the_last_moment_are_expired(
    session: Session, invitation: Invitation
) -> None:
    late = LAST_MOMENT + timedelta(microseconds=1)

    assert expires_at(invitation, HOURS) == LAST_MOMENT
    assert refusal_of_token(session, token_of(KEYS, invitation), late) is Refusal.EXPIRED
    assert refusal_of_code(session, code_of(KEYS, invitation), late) is Refusal.EXPIRED


def test_revoked_invitation_refuses_link_and_code(session: Session, invitation: Invitation) -> None:
    revoke(invitation, START)
    revoke(invitation, END)

    assert invitation.revoked_at == START
    assert refusal_of_token(session, token_of(KEYS, invitation)) is Refusal.REVOKED
    assert refusal_of_code(session, code_of(KEYS, invitation)) is Refusal.REVOKED


def test_ended_consultation_refuses_link_and_code(session: Session, invitation: Invitation) -> None:
    invitation.consultation.ended_at = START

    assert refusal_of_token(session, token_of(KEYS, invitation)) is Refusal.ENDED
    assert refusal_of_code(session, code_of(KEYS, invitation)) is Refusal.ENDED


def test_revoked_link_tells_nothing_of_what_came_later(
    session: Session, invitation: Invitation
) -> None:
    revoke(invitation, START)
    invitation.consultation.ended_at = END

    late = LAST_MOMENT + timedelta(days=1)

    assert refusal_of_token(session, token_of(KEYS, invitation), late) is Refusal.REVOKED


def test_renewed_invitation_has_new_link_and_code_and_the_old_are_dead(
    session: Session, invitation: Invitation
) -> None:
    old_token, old_code = token_of(KEYS, invitation), code_of(KEYS, invitation)
    revoke(invitation, START)

    renew(session, KEYS, invitation)
    session.commit()

    assert refusal_of_token(session, old_token) is Refusal.REVOKED
    assert refusal_of_code(session, old_code) is UNKNOWN
    new_token, new_code = token_of(KEYS, invitation), code_of(KEYS, invitation)
    assert find_by_token(session, KEYS, new_token, START, HOURS) is invitation
    assert find_by_code(session, KEYS, new_code, START, HOURS) is invitation


def test_deleted_invitation_is_unknown(session: Session, invitation: Invitation) -> None:
    token, code = token_of(KEYS, invitation), code_of(KEYS, invitation)

    session.delete(invitation.consultation)
    session.commit()

    assert refusal_of_token(session, token) is UNKNOWN
    assert refusal_of_code(session, code) is UNKNOWN


def test_link_of_another_installation_is_unknown(session: Session, invitation: Invitation) -> None:
    token = token_of(KEYS, invitation)

    assert refusal_of_token(session, token, keys=OTHER_KEYS) is UNKNOWN
    assert find_by_token(session, KEYS, token, START, HOURS) is invitation


def test_link_signed_for_a_later_version_is_unknown(
    session: Session, invitation: Invitation
) -> None:
    assert state_of(invitation, 2, START, HOURS) is InvitationState.UNKNOWN
    assert state_of(invitation, 1, START, HOURS) is InvitationState.VALID


def test_link_with_any_character_changed_added_or_missing_is_unknown(
    session: Session, invitation: Invitation
) -> None:
    token = token_of(KEYS, invitation)
    changed = [
        f"{token[:place]}{other}{token[place + 1 :]}"
        for place in range(len(token))
        for other in "Ab0_."
        if token[place] != other
    ]
    shortened = [token[:place] for place in range(len(token))]
    lengthened = [f"{token}A", f"A{token}", f"{token}=", f" {token}", f"{token}\n", token * 2]

    refusals = {refusal_of_token(session, text) for text in (*changed, *shortened, *lengthened)}

    assert refusals == {UNKNOWN}
    assert find_by_token(session, KEYS, token, START, HOURS) is invitation


@given(token=st.text())
def test_any_text_as_link_is_unknown_and_raises_nothing_else(token: str) -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        assert refusal_of_token(session, token) is UNKNOWN
    engine.dispose()


@pytest.mark.parametrize("content", [[], ["id"], ["id", "1"], ["id", 1, 1], {"id": 1}, None, 7])
def test_signed_nonsense_as_link_is_unknown(session: Session, content: object) -> None:
    signed = invitations._serialiser(KEYS).dumps(content)

    assert refusal_of_token(session, signed) is UNKNOWN


def test_code_that_is_taken_raises_the_version(session: Session, invitation: Invitation) -> None:
    invitation.code_index = index_of(KEYS, derive_code(KEYS, "newcomer", 1))
    session.commit()
    newcomer = Invitation(id="newcomer", version=1, seat=invitation.seat)

    assign_code(session, KEYS, newcomer)
    invitation.consultation.invitations.append(newcomer)
    session.commit()

    assert newcomer.version == 2
    assert newcomer.code_index == index_of(KEYS, derive_code(KEYS, "newcomer", 2))


def test_consultation_code_index_uses_a_key_of_its_own() -> None:
    swapped = replace(KEYS, code_index=KEYS.code)

    assert index_of(KEYS, "ABCDEFGHJ") != index_of(swapped, "ABCDEFGHJ")
    assert len(index_of(KEYS, "ABCDEFGHJ")) == 32


def test_consultation_with_minutes_ends_and_opens_around_its_start(
    invitation: Invitation,
) -> None:
    consultation: Consultation = invitation.consultation

    assert (consultation.opens_at, consultation.ends_at) == (START - timedelta(hours=1), END)
