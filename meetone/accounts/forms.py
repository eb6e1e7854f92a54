"""The forms of sign-in and first set-up."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security.forms import LoginForm
from flask_security.utils import validate_redirect_url
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from meetone.accounts.models import NAME_CHARACTERS
from meetone.accounts.passwords import normalise_password, password_problem
from meetone.accounts.registry import InvalidEmail, find_account, normalise_email
from meetone.accounts.texts import PROBLEM_TEXTS
from meetone.services import services


def _strip(text: str | None) -> str | None:
    return text.strip() if text else text


class SignInForm(LoginForm):
    """Flask-Security's form with our words, one answer for every failure, and no "remember me"."""

    email = EmailField(
        _l("E-mail address"),
        filters=[_strip],
        validators=[InputRequired(_l("Please enter your e-mail address."))],
    )
    password = PasswordField(
        _l("Password"), validators=[InputRequired(_l("Please enter your password."))]
    )
    remember = None

    def validate_email(self, field: EmailField) -> None:
        """Find the account, and give the database connection back before the slow hashing."""
        self.ifield = field
        session = services().database.session
        try:
            self.user = find_account(session(), normalise_email(field.data))
        except InvalidEmail:
            self.user = None
        session.commit()

    def validate_next(self, field: StringField) -> None:
        """Forget a way back that leads elsewhere; signing in goes on (no open redirect)."""
        if field.data and not validate_redirect_url(field.data):
            field.data = ""

    def validate(self, **kwargs: object) -> bool:
        """Check everything; never tell whether it was the address, the password or the account."""
        if super().validate(**kwargs):
            return True
        if self.email.data and self.password.data:
            self.email.errors = []
            self.password.errors = []
            self.form_errors = [_("E-mail address and password do not match. Please check both.")]
        return False


class SetupForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Who the first practitioner is."""

    name = StringField(
        _l("Your name, as patients read it"),
        filters=[_strip],
        validators=[
            DataRequired(_l("Please enter your name.")),
            Length(max=NAME_CHARACTERS, message=_l("Please shorten your name to 80 characters.")),
        ],
    )
    email = EmailField(
        _l("E-mail address"),
        filters=[_strip],
        validators=[InputRequired(_l("Please enter your e-mail address."))],
    )
    password = PasswordField(
        _l("Password"), validators=[InputRequired(_l("Please choose a password."))]
    )

    def validate_email(self, field: EmailField) -> None:
        """Accept what is an e-mail address, in the form in which it is stored."""
        try:
            field.data = normalise_email(field.data)
        except InvalidEmail as error:
            raise ValidationError(
                _("This is not an e-mail address. It needs a name, an @ and a domain.")
            ) from error

    def validate_password(self, field: PasswordField) -> None:
        """Refuse what is short or easy to guess."""
        own = (self.name.data or "", self.email.data or "")
        problem = password_problem(normalise_password(field.data), own)
        if problem is not None:
            raise ValidationError(PROBLEM_TEXTS[problem])
