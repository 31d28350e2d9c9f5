from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import DataRequired, Email, Length

from pitchbar.forms import Form, NoControlCharacters, strip

PASSWORD_MIN = 10


class SignUpForm(Form):
    name = StringField(
        "Your name",
        filters=[strip],
        validators=[
            DataRequired("Enter your name."),
            Length(max=100, message="Use at most 100 characters."),
            NoControlCharacters(),
        ],
    )
    email = EmailField(
        "Work e-mail",
        filters=[strip],
        validators=[
            DataRequired("Enter your e-mail address."),
            Length(max=254, message="Use at most 254 characters."),
            Email("This is not an e-mail address."),
        ],
    )
    password = PasswordField(
        "Password",
        validators=[
            DataRequired("Choose a password."),
            Length(min=PASSWORD_MIN, message=f"Use at least {PASSWORD_MIN} characters."),
            Length(max=200, message="Use at most 200 characters."),
        ],
    )


class SignInForm(Form):
    email = EmailField(
        "E-mail",
        filters=[strip],
        validators=[DataRequired("Enter your e-mail address."), NoControlCharacters()],
    )
    password = PasswordField("Password", validators=[DataRequired("Enter your password.")])
