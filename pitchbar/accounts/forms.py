from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import DataRequired, Email, Length

from pitchbar.forms import Form, NoControlCharacters, strip

PASSWORD_MIN = 10


class SignUpForm(Form):
    name = StringField(
        "Your name",
        filters=[strip],
        validators=[DataRequired("Enter your name."), Length(max=100), NoControlCharacters()],
    )
    email = EmailField(
        "Work e-mail",
        filters=[strip],
        validators=[
            DataRequired("Enter your e-mail address."),
            Length(max=254),
            Email("This is not an e-mail address."),
        ],
    )
    password = PasswordField(
        "Password",
        validators=[
            DataRequired("Choose a password."),
            Length(PASSWORD_MIN, 200, f"Use at least {PASSWORD_MIN} characters."),
        ],
    )


class SignInForm(Form):
    email = EmailField(
        "E-mail", filters=[strip], validators=[DataRequired("Enter your e-mail address.")]
    )
    password = PasswordField("Password", validators=[DataRequired("Enter your password.")])
