from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import DataRequired, Email, Length

from pitchbar.accounts.forms import PASSWORD_MIN
from pitchbar.forms import Form, NoControlCharacters, strip


def _new_password(label: str) -> PasswordField:
    return PasswordField(
        label,
        validators=[
            DataRequired("Choose a password."),
            Length(min=PASSWORD_MIN, message=f"Use at least {PASSWORD_MIN} characters."),
            Length(max=200, message="Use at most 200 characters."),
        ],
    )


def _password(label: str) -> PasswordField:
    return PasswordField(
        label,
        validators=[
            DataRequired("Enter your password."),
            Length(max=200, message="Use at most 200 characters."),
        ],
    )


def _email(label: str) -> EmailField:
    return EmailField(
        label,
        filters=[strip],
        validators=[
            DataRequired("Enter an e-mail address."),
            Length(max=254, message="Use at most 254 characters."),
            Email("This is not an e-mail address."),
        ],
    )


class NameForm(Form):
    name = StringField(
        "Name",
        filters=[strip],
        validators=[
            DataRequired("Enter your name."),
            Length(max=100, message="Use at most 100 characters."),
            NoControlCharacters(),
        ],
    )


class PasswordChangeForm(Form):
    current_password = _password("Current password")
    password = _new_password("New password")


class ForgottenForm(Form):
    email = _email("E-mail")


class ResetForm(Form):
    password = _new_password("New password")


class EmailChangeForm(Form):
    email = _email("New e-mail address")


class ReauthenticationForm(Form):
    password = _password("Password")


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
