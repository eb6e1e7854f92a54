"""The join page, the consulting room, and the words for both."""

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_security import current_user

from meetone.accounts.access import practitioner_required
from meetone.consultations.invitations import (
    InvitationRefused,
    code_of,
    find_by_token,
    link_of,
    show_code,
)
from meetone.i18n import prefer_language
from meetone.rooms.phrases import phrases_in
from meetone.services import services
from meetone.signalling.refusals import Refusal

blueprint = Blueprint("rooms", __name__)

CONSENT_VERSION = "2026-11"
"""Version of the consent that the join page asks for; change it with the words of the consent."""

STATUS_OF_REFUSAL = {
    Refusal.UNKNOWN_INVITATION: 404,
    Refusal.REVOKED: 410,
    Refusal.EXPIRED: 410,
    Refusal.ENDED: 410,
}


@blueprint.get("/join/<token>")
def join(token: str) -> ResponseReturnValue:
    """Show the patient's way into the waiting room; opening it changes nothing (mail scanners do)."""
    known = services()
    try:
        invitation = find_by_token(
            known.database.session(),
            known.keys,
            token,
            known.now(),
            known.settings.invitation_hours,
        )
    except InvitationRefused as refused:
        page = render_template("rooms/refused.html", refusal=refused.refusal.error)
        return page, STATUS_OF_REFUSAL[refused.refusal]
    consultation = invitation.consultation
    prefer_language(consultation.language)
    return render_template(
        "rooms/join.html",
        consultation=consultation,
        practitioner=consultation.practitioner.name,
        token=token,
        link=link_of(known.settings.public_url, known.keys, invitation),
        code=show_code(code_of(known.keys, invitation)),
        consent_version=CONSENT_VERSION,
    )


@blueprint.get("/practice/room")
@practitioner_required
def consulting_room() -> ResponseReturnValue:
    """Show the practitioner's consulting room."""
    prefer_language(current_user.language)
    return render_template("rooms/consulting_room.html", practitioner=current_user.name)


@blueprint.get("/phrases/<lang>.json")
def phrases(lang: str) -> ResponseReturnValue:
    """Serve the words of the rooms in one language, for a page that stays open."""
    response = jsonify(phrases_in(lang))
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    response.add_etag()
    return response.make_conditional(request)
