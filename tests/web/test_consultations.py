from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from meetone.accounts.models import RoleName, User
from meetone.consultations.models import AuditEvent, Consultation, Seat
from meetone.services import Services
from meetone.signalling.addresses import seat_address
from meetone.signalling.bus import Presence
from meetone.signalling.refusals import Refusal
from tests.fakes import FakeMailbox
from tests.support.html import validate
from tests.support.markup import Markup
from tests.web.conftest import PUBLIC_URL, START, Account, Clock, MakeAccount, SignIn
from tests.web.consultations import NEW, Made, ids, make_consultation, send, stored

DEEDS = ("revoke", "renew", "end", "delete")
FORM = {"date": "2026-11-25", "time": "14:15", "minutes": "45", "language": "en", "alias": "K. 7"}


@pytest.fixture
def consultation(held: Services, practitioner: Account) -> Made:
    return make_consultation(held, practitioner)


@pytest.fixture
def owner(sign_in: SignIn, practitioner: Account) -> FlaskClient:
    return sign_in(practitioner)


def text_of(browser: FlaskClient, page: str = "/practice/") -> str:
    answer = browser.get(page)
    assert answer.status_code == 200
    return Markup.of(answer.text).text


def come(held: Services, consultation: Made, *, away: bool = False) -> FakeMailbox:
    """Let the patient come at 10:02, and be lost at once."""
    mailbox, came = FakeMailbox(), START + timedelta(minutes=2)
    address = seat_address(consultation.seat)
    held.bus.occupy(address, mailbox, Presence("instance", "de", came))
    with held.database.transaction() as session:
        session.get_one(Seat, consultation.seat).arrived_at = came
    if away:
        held.bus.vacate(address, mailbox, away_since=came + timedelta(minutes=5))
    return mailbox


# Who sees what


def test_day_list_of_a_practitioner_has_own_consultations_only(
    held: Services, sign_in: SignIn, practitioner: Account, colleague: Account
) -> None:
    make_consultation(held, practitioner, alias="Amsel 27")
    make_consultation(held, colleague, alias="Pirol 63")

    own, other = text_of(sign_in(practitioner)), text_of(sign_in(colleague))

    assert ("Amsel 27" in own, "Pirol 63" in own) == (True, False)
    assert ("Amsel 27" in other, "Pirol 63" in other) == (False, True)


def test_day_list_of_staff_has_everybodys_consultations_with_who_holds_them(
    held: Services, sign_in: SignIn, practitioner: Account, colleague: Account, staff: Account
) -> None:
    make_consultation(held, practitioner, alias="Amsel 27")
    make_consultation(held, colleague, alias="Pirol 63")

    text = text_of(sign_in(staff))

    assert "Amsel 27 30 Minuten · Deutsch · Dr. Weber" in text
    assert "Pirol 63 30 Minuten · Deutsch · Dr. Sommer" in text


def test_consulting_room_is_offered_to_practitioners_and_not_to_staff(
    sign_in: SignIn, practitioner: Account, staff: Account
) -> None:
    link = 'href="/practice/room"'

    assert link in sign_in(practitioner).get("/practice/").text
    assert link not in sign_in(staff).get("/practice/").text


def test_day_list_without_consultations_says_what_to_do(owner: FlaskClient) -> None:
    assert "Noch ist nichts eingetragen. Tragen Sie eine Sprechstunde ein" in text_of(owner)


def test_day_list_groups_by_the_day_of_the_practice(
    held: Services, owner: FlaskClient, practitioner: Account
) -> None:
    late = START.replace(hour=23, minute=30)  # half past midnight in Berlin
    for starts_at, alias in ((late, "Dohle 11"), (START, "Ibis 12")):
        make_consultation(held, practitioner, starts_at, alias)

    text = text_of(owner)

    parts = ["Heute, Dienstag, 24. November 2026", "10:00", "Ibis 12"]
    parts += ["Mittwoch, 25. November 2026", "00:30", "Dohle 11"]
    assert sorted(parts, key=text.index) == parts


def test_day_list_keeps_the_last_day_only_while_it_is_not_ended(
    held: Services, owner: FlaskClient, practitioner: Account
) -> None:
    yesterday = START - timedelta(hours=23)
    make_consultation(held, practitioner, yesterday, "Offen 11")
    ended = make_consultation(held, practitioner, yesterday, "Beendet 12")
    early = make_consultation(held, practitioner, START - timedelta(hours=2), "Heute 13")
    make_consultation(held, practitioner, START - timedelta(hours=25), "Vorbei 14")
    with held.database.transaction() as session:
        for identifier in (ended.id, early.id):
            session.get_one(Consultation, identifier).ended_at = START

    text = text_of(owner)

    shown = [name for name in ("Offen 11", "Beendet 12", "Heute 13", "Vorbei 14") if name in text]
    assert shown == ["Offen 11", "Heute 13"]


@pytest.mark.parametrize("page", ["/practice/", NEW, "/practice/consultations/{id}"])
def test_pages_lead_strangers_to_sign_in(
    client: FlaskClient, consultation: Made, owner: FlaskClient, page: str
) -> None:
    address = page.format(id=consultation.id)

    assert client.get(address).location == f"/login?next={address}"
    assert owner.get(address).status_code == 200


# Attendance


def badge(browser: FlaskClient) -> str:
    return text_of(browser).split("Deutsch ")[1].split(" Stand:")[0]


def test_patient_who_never_came_is_not_yet_there(owner: FlaskClient, consultation: Made) -> None:
    assert badge(owner) == "noch nicht da"


def test_patient_in_the_waiting_room_is_waiting_since_the_arrival(
    held: Services, owner: FlaskClient, consultation: Made
) -> None:
    come(held, consultation)

    assert badge(owner) == "wartet seit 10:02 Uhr"
    assert "wartet seit 10:02 Uhr" in text_of(owner, consultation.page)


def test_patient_without_socket_is_away_since_then(
    held: Services, owner: FlaskClient, consultation: Made
) -> None:
    come(held, consultation, away=True)

    assert badge(owner) == "weg seit 10:07 Uhr"


@pytest.mark.parametrize("restarted", [False, True], ids=["here", "server restarted"])
def test_admitted_patient_is_in_consultation(
    held: Services, owner: FlaskClient, consultation: Made, restarted: bool
) -> None:
    come(held, consultation)
    with held.database.transaction() as session:
        session.get_one(Seat, consultation.seat).admitted_at = START + timedelta(minutes=9)
    if restarted:
        held.bus.forget(seat_address(consultation.seat), Refusal.SERVER_RESTART)

    assert badge(owner) == "im Gespräch seit 10:09 Uhr"


def test_consultation_whose_invitation_has_expired_is_over(
    owner: FlaskClient, consultation: Made, clock: Clock
) -> None:
    clock.advance(timedelta(hours=4, minutes=30))
    before = badge(owner)
    clock.advance(timedelta(seconds=1))

    assert (before, badge(owner)) == ("noch nicht da", "vorbei")


# Planning


def test_planned_consultation_shows_link_and_code_that_work(
    held: Services, owner: FlaskClient, client: FlaskClient
) -> None:
    answer = send(owner, NEW, **FORM)

    (identifier,) = ids(held)
    made = stored(held, identifier)
    assert made is not None
    assert answer.status_code == 303
    assert answer.location == f"{made.page}?done=consultation-planned"
    page = owner.get(answer.location).text
    (link,) = Markup.of(page).all("input", id="link")
    assert link["value"] == f"{PUBLIC_URL}/join/{made.token}"
    assert f'data-part="code">{made.code}<' in page
    assert "Mittwoch, 25. November 2026, 14:15" in Markup.of(page).text
    assert client.get(f"/join/{made.token}").status_code == 200
    entered = client.post("/code", data={"code": made.code})
    assert entered.location == f"/join/{made.token}"


def test_planned_consultation_is_the_senders_own(
    held: Services, owner: FlaskClient, practitioner: Account
) -> None:
    send(owner, NEW, **FORM)

    with held.database.transaction() as session:
        found = session.query(Consultation).one()
        assert (found.practitioner_id, found.alias, found.minutes, found.language) == (
            practitioner.id,
            "K. 7",
            45,
            "en",
        )
        assert found.starts_at == START.replace(day=25, hour=13, minute=15)
        assert sorted(seat.role for seat in found.seats) == ["patient", "practitioner"]


def test_practitioner_cannot_plan_for_a_colleague(
    held: Services, owner: FlaskClient, colleague: Account
) -> None:
    answer = send(owner, NEW, **FORM, practitioner=str(colleague.id))

    assert answer.status_code == 422
    assert ids(held) == []
    assert Markup.of(owner.get(NEW).text).all("select", name="practitioner") == []


def test_staff_plan_for_whom_they_choose(
    held: Services,
    sign_in: SignIn,
    staff: Account,
    practitioner: Account,
    colleague: Account,
) -> None:
    browser = sign_in(staff)
    options = Markup.of(browser.get(NEW).text).all("option")

    without = send(browser, NEW, **FORM)
    with_choice = send(browser, NEW, **FORM, practitioner=str(colleague.id))

    assert [option["value"] for option in options] == [
        str(colleague.id),
        str(practitioner.id),
        "de",
        "en",
    ]
    assert (without.status_code, with_choice.status_code) == (422, 303)
    with held.database.transaction() as session:
        assert session.query(Consultation).one().practitioner_id == colleague.id


def test_staff_cannot_plan_for_themselves_or_a_disabled_practitioner(
    held: Services, sign_in: SignIn, staff: Account, make_account: MakeAccount
) -> None:
    gone = make_account("alt@praxis.example", "Dr. Alt", RoleName.PRACTITIONER)
    with held.database.transaction() as session:
        session.get_one(User, gone.id).active = False
    browser = sign_in(staff)

    answers = [
        send(browser, NEW, **FORM, practitioner=str(account.id)).status_code
        for account in (staff, gone)
    ]

    assert answers == [422, 422]
    assert ids(held) == []


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("date", "", "Bitte wählen Sie einen Tag."),
        ("date", "25.11.2026", "Bitte wählen Sie einen Tag."),
        ("date", "2029-01-01", "Bitte wählen Sie einen Tag in den nächsten zwei Jahren."),
        ("time", "25:00", "Bitte geben Sie eine Uhrzeit ein, zum Beispiel 10:30."),
        ("minutes", "4", "Bitte geben Sie 5 bis 180 Minuten ein."),
        ("minutes", "181", "Bitte geben Sie 5 bis 180 Minuten ein."),
        ("minutes", "²", "Bitte geben Sie 5 bis 180 Minuten ein."),
        ("language", "fr", "Bitte wählen Sie eine Sprache."),
        ("alias", " ", "Bitte geben Sie ein Kürzel ein."),
        ("alias", "Annemarie Huber", "Ein Kürzel hat höchstens 12 Zeichen"),
        ("alias", "a@b.example", "Bitte verwenden Sie nur Buchstaben, Ziffern"),
    ],
)
def test_wrong_field_is_explained_beside_it_and_nothing_typed_is_lost(
    held: Services, owner: FlaskClient, field: str, value: str, sentence: str
) -> None:
    answer = send(owner, NEW, **{**FORM, field: value})

    page = Markup.of(answer.text)
    controls = [*page.all("input"), *page.all("select")]
    invalid = [control["name"] for control in controls if control.get("aria-invalid") == "true"]
    assert answer.status_code == 422
    assert invalid == [field]
    assert sentence in answer.text.split(f'id="field-{field}-error"')[1].split("</p>")[0]
    kept = {control["name"]: control.get("value") for control in page.all("input")}
    assert {name: kept[name] for name in FORM if name != "language"} == {
        name: text for name, text in {**FORM, field: value}.items() if name != "language"
    }
    assert ids(held) == []


def test_new_form_is_filled_in_with_the_next_quarter_and_a_free_alias(
    held: Services, owner: FlaskClient, clock: Clock
) -> None:
    clock.advance(timedelta(minutes=7, seconds=30))

    page = Markup.of(owner.get(NEW).text)

    values = {field["name"]: field.get("value") for field in page.all("input")}
    assert (values["date"], values["time"], values["minutes"]) == ("2026-11-24", "10:15", "30")
    assert 5 <= len(values["alias"] or "") <= 12
    assert ids(held) == []


# The invitation


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "de",
            "Ihr Videotermin: Dienstag, 24. November 2026, 10:00 Uhr.\n"
            "Bitte öffnen Sie dann diesen Link: {link}\n"
            "Oder gehen Sie auf {landing} und geben Sie den Code {code} ein.",
        ),
        (
            "en",
            "Your video appointment: Tuesday, November 24, 2026, 10:00\u202fAM.\n"
            "Please open this link at that time: {link}\n"
            "Or go to {landing} and enter the code {code}",
        ),
    ],
)
def test_ready_text_is_in_the_patients_language_and_names_nobody(
    held: Services, owner: FlaskClient, practitioner: Account, language: str, text: str
) -> None:
    made = make_consultation(held, practitioner, alias="Zeisig 31", language=language)

    page = owner.get(made.page).text

    shown = page.split('data-part="text">')[1].split("</textarea>")[0]
    assert shown == text.format(
        link=f"{PUBLIC_URL}/join/{made.token}", landing=PUBLIC_URL, code=made.code
    )
    assert f'lang="{language}" data-part="text"' in page
    for secret in ("Zeisig 31", "Weber", "Praxis am Park"):
        assert secret in page
        assert secret not in shown


def test_withdrawn_invitation_is_shown_no_more_and_can_be_renewed(
    held: Services, owner: FlaskClient, client: FlaskClient, consultation: Made
) -> None:
    answer = send(owner, f"{consultation.page}/revoke")
    withdrawn = owner.get(consultation.page).text
    refused = client.get(f"/join/{consultation.token}").status_code

    send(owner, f"{consultation.page}/renew")

    renewed = stored(held, consultation.id)
    assert renewed is not None
    assert answer.location == f"{consultation.page}?done=invitation-revoked"
    assert (consultation.code in withdrawn, consultation.token in withdrawn) == (False, False)
    assert refused == 410
    assert renewed.code in owner.get(consultation.page).text
    assert client.get(f"/join/{renewed.token}").status_code == 200
    assert client.get(f"/join/{consultation.token}").status_code == 410
    assert client.post("/code", data={"code": consultation.code}).status_code == 404


def test_withdrawing_and_renewing_throw_nobody_out(
    held: Services, owner: FlaskClient, consultation: Made
) -> None:
    patient = come(held, consultation)

    send(owner, f"{consultation.page}/renew")
    send(owner, f"{consultation.page}/revoke")

    assert patient.closed == []
    assert held.bus.presence(seat_address(consultation.seat)) is not None


@pytest.mark.parametrize("deed", ["end", "delete"])
def test_ending_or_deleting_disconnects_who_is_there(
    held: Services, owner: FlaskClient, client: FlaskClient, consultation: Made, deed: str
) -> None:
    patient = come(held, consultation)

    answer = send(owner, f"{consultation.page}/{deed}")

    assert answer.status_code == 303
    assert patient.closed == [Refusal.ENDED]
    assert held.bus.presence(seat_address(consultation.seat)) is None
    status = client.get(f"/join/{consultation.token}").status_code
    assert (status, ids(held)) == {"end": (410, [consultation.id]), "delete": (404, [])}[deed]


def test_ended_consultation_offers_nothing_but_deletion(
    owner: FlaskClient, consultation: Made
) -> None:
    before = Markup.of(owner.get(consultation.page).text)
    send(owner, f"{consultation.page}/end")

    after = Markup.of(owner.get(consultation.page).text)

    def deeds(page: Markup) -> list[str | None]:
        forms = page.all("form", method="post")
        return [
            form["action"] for form in forms if (form["action"] or "").startswith(consultation.page)
        ]

    assert deeds(before) == [
        f"{consultation.page}/{deed}" for deed in ("renew", "revoke", "end", "delete")
    ]
    assert deeds(after) == [f"{consultation.page}/delete"]
    assert "Diese Sprechstunde ist beendet." in after.text


# Whose it is, and how it is asked


@pytest.mark.parametrize("deed", DEEDS)
def test_deed_of_the_owner_and_of_staff_is_done(
    held: Services, sign_in: SignIn, practitioner: Account, staff: Account, deed: str
) -> None:
    for account in (practitioner, staff):
        made = make_consultation(held, practitioner)

        answer = send(sign_in(account), f"{made.page}/{deed}")

        assert answer.status_code == 303
        assert is_untouched(held, made) is False


@pytest.mark.parametrize("deed", DEEDS)
def test_deed_of_a_colleague_is_answered_like_one_on_nothing(
    held: Services, sign_in: SignIn, colleague: Account, consultation: Made, deed: str
) -> None:
    browser = sign_in(colleague)

    others = send(browser, f"{consultation.page}/{deed}")
    nothing = send(browser, f"/practice/consultations/nothing/{deed}")

    assert (others.status_code, nothing.status_code) == (404, 404)
    assert others.text == nothing.text
    assert is_untouched(held, consultation)


def test_page_of_a_colleagues_consultation_is_not_found(
    sign_in: SignIn, colleague: Account, owner: FlaskClient, consultation: Made
) -> None:
    assert sign_in(colleague).get(consultation.page).status_code == 404
    assert owner.get("/practice/consultations/nothing").status_code == 404
    assert owner.get(consultation.page).status_code == 200


@pytest.mark.parametrize("deed", DEEDS)
def test_deed_of_a_stranger_is_not_done(
    held: Services, client: FlaskClient, consultation: Made, deed: str
) -> None:
    answer = client.post(f"{consultation.page}/{deed}")

    assert answer.status_code in {303, 400}
    assert is_untouched(held, consultation)


@pytest.mark.parametrize("deed", DEEDS)
def test_deed_by_get_without_token_or_from_elsewhere_is_not_done(
    held: Services, owner: FlaskClient, consultation: Made, deed: str
) -> None:
    address = f"{consultation.page}/{deed}"

    by_get = owner.get(address)
    without_token = owner.post(address)
    foreign = owner.post(address, headers={"Origin": "https://evil.example"})

    assert (by_get.status_code, without_token.status_code, foreign.status_code) == (405, 400, 403)
    assert is_untouched(held, consultation)


def test_looking_at_pages_changes_nothing(
    held: Services, owner: FlaskClient, consultation: Made
) -> None:
    for page in ("/practice/", NEW, consultation.page):
        owner.get(page)
        owner.head(page)

    assert ids(held) == [consultation.id]
    assert is_untouched(held, consultation)


def test_deeds_are_written_down_without_anything_about_the_patient(
    held: Services, owner: FlaskClient, practitioner: Account
) -> None:
    send(owner, NEW, **FORM)
    (identifier,) = ids(held)
    for deed in DEEDS:
        send(owner, f"/practice/consultations/{identifier}/{deed}")

    with held.database.transaction() as session:
        events = session.query(AuditEvent).order_by(AuditEvent.id).all()
        assert [(event.kind, event.user_id, event.consultation_id) for event in events] == [
            ("consultation-planned", practitioner.id, None),
            ("invitation-revoked", practitioner.id, None),
            ("invitation-renewed", practitioner.id, None),
            ("consultation-ended", practitioner.id, None),
            ("consultation-deleted", practitioner.id, None),
        ]


def is_untouched(held: Services, made: Made) -> bool:
    """Tell whether a consultation is as it was made."""
    with held.database.transaction() as session:
        found = session.get(Consultation, made.id)
        if found is None:
            return False
        (invitation,) = found.invitations
        state = (found.ended_at, invitation.revoked_at, invitation.version)
    return state == (None, None, 1)


# Both languages


@pytest.mark.parametrize("language", ["de", "en"])
def test_pages_are_valid_html_in_both_languages(
    held: Services,
    sign_in: SignIn,
    make_account: MakeAccount,
    tmp_path: Path,
    language: str,
) -> None:
    account = make_account(
        "berg@praxis.example",
        "Dr. Berg",
        RoleName.PRACTITIONER,
        RoleName.STAFF,
        language=language,
    )
    browser = sign_in(account)
    empty = browser.get("/practice/").text
    open_one = make_consultation(held, account, alias="Offen 11")
    revoked = make_consultation(held, account, alias="Weg 12")
    ended = make_consultation(held, account, alias="Aus 13")
    send(browser, f"{revoked.page}/revoke")
    send(browser, f"{ended.page}/end")

    pages = {
        "empty": empty,
        "day": browser.get("/practice/?done=consultation-deleted").text,
        "new": browser.get(NEW).text,
        "wrong": send(browser, NEW).text,
        "open": browser.get(f"{open_one.page}?done=consultation-planned").text,
        "revoked": browser.get(revoked.page).text,
        "ended": browser.get(ended.page).text,
    }

    folder = tmp_path / "pages"
    folder.mkdir()
    assert {f'<html lang="{language}">' in page for page in pages.values()} == {True}
    assert validate(pages, folder) == ""
