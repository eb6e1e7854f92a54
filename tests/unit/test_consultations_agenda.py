from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from meetone.accounts.models import Role, RoleName, User
from meetone.config import Settings
from meetone.consultations import agenda
from meetone.consultations.agenda import (
    ConsultationUnknown,
    aliases_in_use,
    find,
    listed,
    organises_all,
    practitioners_for,
)
from meetone.consultations.models import Consultation
from meetone.consultations.planning import Plan, make
from meetone.db import Base, Database
from meetone.keys import Keys

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
KEYS = Keys.derive(b"the secret of an installation, 1")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    database = Database(Settings(_env_file=None, instance=tmp_path))
    Base.metadata.create_all(database.engine)
    with Session(database.engine) as session:
        session.add_all(Role(name=name) for name in RoleName)
        session.commit()
        yield session
    database.engine.dispose()


def add_user(session: Session, name: str, *roles: RoleName) -> User:
    user = User(
        email=f"{name}@praxis.example",
        name=name,
        active=True,
        fs_uniquifier=name,
        language="de",
        created_at=NOW,
        roles=session.query(Role).where(Role.name.in_(roles)).all(),
    )
    session.add(user)
    session.commit()
    return user


def add_consultation(
    session: Session, practitioner: User, alias: str, starts_at: datetime = NOW
) -> Consultation:
    made = make(session, KEYS, Plan(practitioner, starts_at, 30, "de", alias), NOW)
    session.commit()
    return made


def names(session: Session, user: User) -> list[str]:
    return [found.alias for found in listed(session, user, NOW, BERLIN)]


@pytest.mark.parametrize(
    ("roles", "everybody", "own"),
    [
        ([RoleName.STAFF], True, True),
        ([RoleName.STAFF, RoleName.ADMINISTRATOR], True, True),
        ([RoleName.STAFF, RoleName.PRACTITIONER], True, True),
        ([RoleName.PRACTITIONER], False, True),
        ([RoleName.PRACTITIONER, RoleName.ADMINISTRATOR], False, True),
        ([RoleName.ADMINISTRATOR], False, False),
        ([], False, False),
    ],
)
def test_account_sees_what_its_roles_say(
    session: Session, roles: list[RoleName], everybody: bool, own: bool
) -> None:
    weber = add_user(session, "weber", RoleName.PRACTITIONER)
    account = add_user(session, "account", *roles)
    theirs = add_consultation(session, weber, "Amsel 27")
    mine = add_consultation(session, account, "Pirol 63")

    shown = names(session, account)

    assert organises_all(account) is everybody
    assert ("Amsel 27" in shown, "Pirol 63" in shown) == (everybody, own)
    for consultation, visible in ((theirs, everybody), (mine, own)):
        if visible:
            assert find(session, account, consultation.id) is consultation
        else:
            with pytest.raises(ConsultationUnknown):
                find(session, account, consultation.id)


def test_practitioners_to_choose_from_are_active_and_by_name(session: Session) -> None:
    weber = add_user(session, "weber", RoleName.PRACTITIONER)
    berg = add_user(session, "berg", RoleName.PRACTITIONER, RoleName.ADMINISTRATOR)
    staff = add_user(session, "linde", RoleName.STAFF)
    gone = add_user(session, "alt", RoleName.PRACTITIONER)
    gone.active = False
    session.commit()

    assert practitioners_for(session, staff) == [berg, weber]
    assert practitioners_for(session, weber) == [weber]
    assert practitioners_for(session, add_user(session, "x", RoleName.ADMINISTRATOR)) == []


def test_listed_has_a_bound_and_keeps_the_earliest(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agenda, "LISTED_CONSULTATIONS", 2)
    weber = add_user(session, "weber", RoleName.PRACTITIONER)
    for hours in (3, 1, 2):
        add_consultation(session, weber, f"Nr. {hours}", NOW + timedelta(hours=hours))

    assert names(session, weber) == ["Nr. 1", "Nr. 2"]


def test_aliases_in_use_are_those_of_everybody_from_yesterday_on(session: Session) -> None:
    weber = add_user(session, "weber", RoleName.PRACTITIONER)
    berg = add_user(session, "berg", RoleName.PRACTITIONER)
    add_consultation(session, weber, "Alt 11", NOW - timedelta(hours=25))
    add_consultation(session, weber, "Neu 22", NOW - timedelta(hours=24))
    add_consultation(session, berg, "Fern 33", NOW + timedelta(days=90))

    assert aliases_in_use(session, NOW) == {"Neu 22", "Fern 33"}
