"""The forms of a person's account."""

from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import PasswordInput

from pitchbar.forms import Form, NoControlCharacters, email_field, name_field, strip

PASSWORD_MIN = 10
_PASSWORD_MAX = Length(max=200, message="Use at most 200 characters.")


def _new_password_field(label: str) -> PasswordField:
    """What was typed stands in the page that refuses it, which is kept nowhere (`no-store`)."""
    at_least = f"Use at least {PASSWORD_MIN} characters."
    return PasswordField(
        label,
        widget=PasswordInput(hide_value=False),
        validators=[
            DataRequired("Choose a password."),
            Length(min=PASSWORD_MIN, message=at_least),
            _PASSWORD_MAX,
        ],
    )


def _password_field(label: str) -> PasswordField:
    return PasswordField(label, validators=[DataRequired("Enter your password."), _PASSWORD_MAX])


class SignUpForm(Form):
    name = name_field("Your name", "Enter your name.")
    email = email_field("Work e-mail", "Enter your e-mail address.")
    password = _new_password_field("Password")


class SignInForm(Form):
    """Takes whatever may have been an address or a password once."""

    email = EmailField(
        "E-mail",
        filters=[strip],
        validators=[DataRequired("Enter your e-mail address."), NoControlCharacters()],
    )
    password = PasswordField(
        "Password",
        widget=PasswordInput(hide_value=False),
        validators=[DataRequired("Enter your password.")],
    )


class NameForm(Form):
    name = name_field("Name", "Enter your name.")


class PasswordChangeForm(Form):
    current_password = _password_field("Current password")
    password = _new_password_field("New password")


class ForgottenForm(Form):
    email = email_field("E-mail")


class ResetForm(Form):
    password = _new_password_field("New password")


class EmailChangeForm(Form):
    email = email_field("New e-mail address")


class AddressCorrectionForm(Form):
    email = email_field("E-mail address")


class ReauthenticationForm(Form):
    password = _password_field("Password")


class CodeForm(Form):
    code = StringField(
        "Code",
        filters=[strip],
        validators=[
            DataRequired("Enter the code."),
            Length(max=40, message="A code is shorter than this."),
            NoControlCharacters(),
        ],
    )
