from wtforms import RadioField, StringField
from wtforms.validators import DataRequired, Length

from pitchbar.forms import Form, NoControlCharacters, strip


class TokenForm(Form):
    name = StringField(
        "Name",
        filters=[strip],
        validators=[
            DataRequired("Give the token a name."),
            Length(max=100, message="Use at most 100 characters."),
            NoControlCharacters(),
        ],
    )
    scope = RadioField(
        "Scope",
        default="read",
        choices={"read": "Read", "read-write": "Read and write"},
    )
