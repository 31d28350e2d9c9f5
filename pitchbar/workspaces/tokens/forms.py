from wtforms import RadioField

from pitchbar.forms import Form, name_field


class TokenForm(Form):
    name = name_field("Name", "Give the token a name.")
    scope = RadioField(
        "Scope",
        default="read",
        choices={"read": "Read", "read-write": "Read and write"},
    )
