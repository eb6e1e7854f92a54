"""The code on the landing page, and the pages on which the practice organises consultations."""

import logging
import time
from datetime import datetime, timedelta
from random import SystemRandom
from typing import cast
from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import format_time
from flask_security import current_user
from werkzeug.wrappers import Response as RedirectResponse

from meetone.accounts.access import practice_required
from meetone.accounts.models import User
from meetone.consultations import agenda, invitations, planning
from meetone.consultations.audit import AuditKind, record
from meetone.consultations.code_guard import MANY_WRONG_CODES, CodeGuard
from meetone.consultations.models import ALIAS_CHARACTERS, Consultation, Invitation, SeatRole
from meetone.consultations.planning import Draft, Field, Plan
from meetone.consultations.presentation import days_of, line_of, moment, sheet_of
from meetone.consultations.texts import CODE_MISSING, CODES_REFUSED, DONE, PROBLEMS, wait_sentence
from meetone.i18n import LANGUAGE_NAMES, LANGUAGES, current_language
from meetone.limits import client_network
from meetone.pages.views import render_landing
from meetone.services import services
from meetone.signalling.addresses import seat_address
from meetone.signalling.closing import end_consultation
from meetone.signalling.refusals import Refusal

logger = logging.getLogger(__name__)

CODE_GUARD = "meetone-code-guard"
QUARTER_MINUTES = 15
SECONDS_PER_MINUTE = 60

blueprint = Blueprint("consultations", __name__)


@blueprint.get("/code")
def reopen_code() -> RedirectResponse:
    """Lead whoever opens the address of the form, after a wrong code, back to the form."""
    return redirect(url_for("pages.landing", lang=current_language()), 303)


@blueprint.post("/code")
def enter_code() -> Response | RedirectResponse:
    """Lead from an access code to the join page; looking at that uses nothing up."""
    held, now = services(), services().now()
    typed = request.form.get("code", "")[: invitations.TYPED_MAX_CHARACTERS + 1]
    network = client_network(request.remote_addr)
    minutes = code_guard().wait_minutes(network, now)
    if minutes:
        # Also for a right code: an answer that tells it apart would let the guessing go on.
        response = render_landing(wait_sentence(minutes), typed, 429)
        response.headers["Retry-After"] = str(minutes * SECONDS_PER_MINUTE)
        return response
    if not typed.strip():
        return render_landing(str(CODE_MISSING), typed, 422)
    code = invitations.normalise_code(typed)
    try:
        if code is None:
            raise invitations.InvitationRefused(Refusal.UNKNOWN_INVITATION)
        invitation = invitations.find_by_code(
            held.database.session(), held.keys, code, now, held.settings.invitation_hours
        )
    except invitations.InvitationRefused as error:
        unknown = error.refusal is Refusal.UNKNOWN_INVITATION
        # A code that was right once is no guess; whoever holds it is told what became of it.
        if unknown:
            _count_wrong(network, now)
        sentence = str(CODES_REFUSED[error.refusal])
        return render_landing(sentence, typed, 404 if unknown else 410)
    token = invitations.token_of(held.keys, invitation)
    return redirect(url_for("rooms.join", token=token), 303)


def code_guard() -> CodeGuard:
    """Return the guard of the current application."""
    guard: CodeGuard = current_app.extensions[CODE_GUARD]
    return guard


def _count_wrong(network: str, now: datetime) -> None:
    """Count a wrong code; if there are many, hold its answer back, but nothing of the database."""
    answer = code_guard().count_wrong(network, now)
    if answer.alarm:
        logger.warning("more than %d wrong access codes within an hour", MANY_WRONG_CODES)
    if answer.late_seconds:
        services().database.session.remove()
        time.sleep(answer.late_seconds)


@blueprint.get("/practice/")
@practice_required
def day() -> str:
    """List today's and the coming consultations."""
    held, now, account = services(), services().now(), current_account()
    zone = practice_zone()
    consultations = agenda.listed(held.database.session(), account, now, zone)
    return render_template(
        "consultations/day.html",
        days=days_of(map(_entry, consultations), now, zone),
        as_of=format_time(now, "short"),
        may_hold=account.is_practitioner(),
        names_practitioners=agenda.organises_all(account),
        alarming=account.is_administrator() and code_guard().is_alarming(now),
        done=DONE.get(request.args.get("done", "")),
    )


@blueprint.get("/practice/consultations/new")
@practice_required
def new() -> str:
    """Show the form for a new consultation, filled in as far as anybody can guess."""
    session, account = services().database.session(), current_account()
    now = services().now().astimezone(practice_zone())
    start = now + timedelta(minutes=QUARTER_MINUTES - now.minute % QUARTER_MINUTES)
    taken = agenda.aliases_in_use(session, now)
    draft = Draft(
        practitioner=_own_choice(account),
        date=f"{start:%Y-%m-%d}",
        time=f"{start:%H:%M}",
        minutes=str(planning.DEFAULT_MINUTES),
        language=current_language(),
        alias=planning.suggest_alias(SystemRandom(), taken),
    )
    return _form(draft, _choice(account), {})


@blueprint.post("/practice/consultations/new")
@practice_required
def plan() -> RedirectResponse | tuple[str, int]:
    """Make a consultation, or show the form again with what is wrong beside each field."""
    held, now, account = services(), services().now(), current_account()
    session = held.database.session()
    sent = request.form
    draft = Draft(
        practitioner=sent.get(Field.PRACTITIONER) or _own_choice(account),
        date=sent.get(Field.DATE, ""),
        time=sent.get(Field.TIME, ""),
        minutes=sent.get(Field.MINUTES, ""),
        language=sent.get(Field.LANGUAGE, ""),
        alias=sent.get(Field.ALIAS, ""),
    )
    choice = _choice(account)
    planned = planning.read_draft(draft, choice, LANGUAGES, practice_zone(), now)
    if not isinstance(planned, Plan):
        errors = {problem.field.value: str(PROBLEMS[problem]) for problem in planned}
        return _form(draft, choice, errors), 422
    consultation = planning.make(session, held.keys, planned, now)
    record(session, AuditKind.PLANNED, account, now, consultation)
    session.commit()
    return _to_detail(consultation, AuditKind.PLANNED)


@blueprint.get("/practice/consultations/<consultation_id>")
@practice_required
def detail(consultation_id: str) -> str:
    """Show one consultation with what goes to the patient."""
    held, now = services(), services().now()
    consultation = _find(consultation_id)
    state, sheet = sheet_of(held.settings, held.keys, patient_invitation(consultation), now)
    return render_template(
        "consultations/detail.html",
        consultation=line_of(_entry(consultation)),
        start=moment(consultation.starts_at),
        state=state.name.lower(),
        sheet=sheet,
        may_hold=current_account().is_practitioner(),
        done=DONE.get(request.args.get("done", "")),
    )


@blueprint.post("/practice/consultations/<consultation_id>/revoke")
@practice_required
def revoke(consultation_id: str) -> RedirectResponse:
    """Make link and code worthless; who sits already stays."""
    consultation, now = _find(consultation_id), services().now()
    invitations.revoke(patient_invitation(consultation), now)
    return _done(consultation, AuditKind.REVOKED, now)


@blueprint.post("/practice/consultations/<consultation_id>/renew")
@practice_required
def renew(consultation_id: str) -> RedirectResponse:
    """Make a new link and code; the old ones are worthless from now on."""
    held, consultation = services(), _find(consultation_id)
    session = held.database.session()
    invitations.renew(session, held.keys, patient_invitation(consultation))
    return _done(consultation, AuditKind.RENEWED, held.now())


@blueprint.post("/practice/consultations/<consultation_id>/end")
@practice_required
def end(consultation_id: str) -> RedirectResponse:
    """End a consultation: everybody in it is disconnected, and nobody comes in any more."""
    consultation = _find(consultation_id)
    _end(consultation)
    return _done(consultation, AuditKind.ENDED, services().now())


@blueprint.post("/practice/consultations/<consultation_id>/delete")
@practice_required
def delete(consultation_id: str) -> RedirectResponse:
    """Delete a consultation with its seats and invitations; whoever is in it is disconnected."""
    consultation, session = _find(consultation_id), services().database.session()
    _end(consultation)
    session.delete(consultation)
    record(session, AuditKind.DELETED, current_account(), services().now())
    session.commit()
    return redirect(url_for(".day", done=AuditKind.DELETED), 303)


def current_account() -> User:
    """Return who is signed in; only for views that require it."""
    return cast("User", current_user)


def practice_zone() -> ZoneInfo:
    """Return the time zone in which the practice's clocks hang."""
    return ZoneInfo(str(current_app.config["BABEL_DEFAULT_TIMEZONE"]))


def patient_invitation(consultation: Consultation) -> Invitation:
    """Return the invitation to the patient's seat."""
    seat = consultation.seat_of(SeatRole.PATIENT)
    return next(each for each in consultation.invitations if each.seat_id == seat.id)


def _find(consultation_id: str) -> Consultation:
    """Find a consultation of this account's; somebody else's answers like none at all."""
    try:
        return agenda.find(services().database.session(), current_account(), consultation_id)
    except agenda.ConsultationUnknown:
        abort(404)


def _end(consultation: Consultation) -> None:
    """End in a transaction of its own, so that everybody is told what is already stored."""
    services().database.session.commit()
    end_consultation(services(), consultation.id)


def _entry(consultation: Consultation) -> agenda.Entry:
    held = services()
    presence = held.bus.presence(seat_address(consultation.seat_of(SeatRole.PATIENT).id))
    hours = held.settings.invitation_hours
    return agenda.attendance_of(consultation, presence, held.now(), hours)


def _own_choice(account: User) -> str:
    return str(account.id) if account.is_practitioner() else ""


def _choice(account: User) -> dict[str, User]:
    """Return whom this account may plan for, by what the field holds."""
    found = agenda.practitioners_for(services().database.session(), account)
    return {str(practitioner.id): practitioner for practitioner in found}


def _form(draft: Draft, choice: dict[str, User], errors: dict[str, str]) -> str:
    practitioners = [(key, practitioner.name) for key, practitioner in choice.items()]
    return render_template(
        "consultations/new.html",
        draft=draft,
        errors=errors,
        practitioners=practitioners if agenda.organises_all(current_account()) else [],
        language_choices=list(LANGUAGE_NAMES.items()),
        least_minutes=planning.MIN_MINUTES,
        most_minutes=planning.MAX_MINUTES,
        alias_characters=ALIAS_CHARACTERS,
    )


def _done(consultation: Consultation, kind: AuditKind, now: datetime) -> RedirectResponse:
    """Write down and commit what was done, and lead back to where it shows."""
    session = services().database.session()
    record(session, kind, current_account(), now, consultation)
    session.commit()
    return _to_detail(consultation, kind)


def _to_detail(consultation: Consultation, kind: AuditKind) -> RedirectResponse:
    return redirect(url_for(".detail", consultation_id=consultation.id, done=kind), 303)
