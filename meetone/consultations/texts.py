"""The sentences about consultations that people read, where a rule only gives a value."""

from flask_babel import LazyString, force_locale, format_date, format_time, gettext, ngettext
from flask_babel import lazy_gettext as _l

from meetone.consultations.agenda import Attendance, Entry
from meetone.consultations.audit import AuditKind
from meetone.consultations.models import ALIAS_CHARACTERS, Consultation
from meetone.consultations.planning import MAX_MINUTES, MIN_MINUTES, Problem
from meetone.signalling.refusals import Refusal

PROBLEMS: dict[Problem, LazyString] = {
    Problem.PRACTITIONER_UNKNOWN: _l("Please choose who holds the consultation."),
    Problem.DATE_UNREADABLE: _l("Please choose a day."),
    Problem.DATE_TOO_FAR: _l("Please choose a day within the next two years."),
    Problem.TIME_UNREADABLE: _l("Please enter a time, such as 10:30."),
    Problem.MINUTES_OUT_OF_RANGE: _l(
        "Please enter %(least)s to %(most)s minutes.", least=MIN_MINUTES, most=MAX_MINUTES
    ),
    Problem.LANGUAGE_UNKNOWN: _l("Please choose a language."),
    Problem.ALIAS_MISSING: _l("Please enter an alias."),
    Problem.ALIAS_TOO_LONG: _l(
        "An alias has at most %(most)s characters, so that no name fits in.", most=ALIAS_CHARACTERS
    ),
    Problem.ALIAS_UNFIT: _l(
        "Please use letters, digits, blanks and dots only. An e-mail address does not belong here."
    ),
}

CODE_MISSING = _l("Please enter the code of nine characters from your invitation.")
CODES_REFUSED: dict[Refusal, LazyString] = {
    Refusal.UNKNOWN_INVITATION: _l(
        "We do not know this code. Please check every character. "
        "The letters I and O and the digits 0 and 1 are never part of a code."
    ),
    Refusal.REVOKED: _l("The practice has withdrawn this code. Please ask for a new one."),
    Refusal.EXPIRED: _l("This code has expired. Please ask the practice for a new appointment."),
    Refusal.ENDED: _l("The consultation that this code was for has ended."),
}

DONE: dict[str, LazyString] = {
    AuditKind.PLANNED: _l("The consultation is planned. Now send the invitation."),
    AuditKind.REVOKED: _l("The invitation is withdrawn."),
    AuditKind.RENEWED: _l("There is a new link with a new code. The old ones no longer work."),
    AuditKind.ENDED: _l("The consultation has ended."),
    AuditKind.DELETED: _l("The consultation is deleted."),
}


def attendance_sentence(entry: Entry) -> str:
    """Say how a consultation stands."""
    since = "" if entry.since is None else format_time(entry.since, "short")
    sentences = {
        Attendance.NOT_YET: _l("not yet there"),
        Attendance.WAITING: _l("waiting since %(time)s", time=since),
        Attendance.AWAY: _l("away since %(time)s", time=since),
        Attendance.IN_CONSULTATION: _l("in consultation since %(time)s", time=since),
        Attendance.OVER: _l("over"),
    }
    return str(sentences[entry.attendance])


def wait_sentence(minutes: int) -> str:
    """Say that too many wrong codes came from here, and when to try again."""
    return str(
        ngettext(
            "There were too many wrong codes. Please try again in %(num)s minute.",
            "There were too many wrong codes. Please try again in %(num)s minutes.",
            minutes,
        )
    )


def ready_text(consultation: Consultation, link: str, landing: str, code: str) -> str:
    """Write the message that the practice sends, in the patient's language.

    It names neither patient nor alias nor practice and has no word about health: the screen of a
    locked phone shows it to whoever passes.
    """
    with force_locale(consultation.language):
        text = gettext(
            "Your video appointment: %(date)s, %(time)s.\n"
            "Please open this link at that time: %(link)s\n"
            "Or go to %(landing)s and enter the code %(code)s",
            date=format_date(consultation.starts_at, "full"),
            time=format_time(consultation.starts_at, "short"),
            link=link,
            landing=landing,
            code=code,
        )
        return str(text)
