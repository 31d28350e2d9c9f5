from wtforms import StringField, URLField
from wtforms.validators import DataRequired, Length

from pitchbar.forms import Form, NoControlCharacters, strip


def _target(label: str) -> URLField:
    return URLField(
        label,
        filters=[strip],
        default="",
        validators=[
            Length(max=2048, message="Use at most 2048 characters."),
            NoControlCharacters(),
        ],
    )


class TargetsForm(Form):
    """Where the bare host and unknown codes lead."""

    root_url = _target("Bare address")
    unknown_url = _target("Unknown codes")


class NewDomainForm(TargetsForm):
    host = StringField(
        "Domain",
        filters=[strip],
        validators=[
            DataRequired("Enter the name of a domain, such as go.brand.example."),
            Length(max=2048, message="This name is too long."),
            NoControlCharacters(),
        ],
    )


class RemovalForm(Form):
    confirmation = StringField("Name of the domain", filters=[strip])
