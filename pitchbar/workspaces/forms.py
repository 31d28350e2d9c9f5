from typing import Any
from zoneinfo import available_timezones

from wtforms import RadioField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from pitchbar.forms import Form, NoControlCharacters, SelectChoice, strip


def time_zones() -> list[Any]:
    """Names a person can choose: "UTC" first, then by region, without the historic aliases."""
    regions = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/")
    named = sorted(
        zone for zone in available_timezones() if zone.startswith((*regions, "Pacific/"))
    )
    return [SelectChoice(zone, zone.replace("_", " ")) for zone in ("UTC", *named)]


class WorkspaceForm(Form):
    name = StringField(
        "Workspace name",
        filters=[strip],
        validators=[
            DataRequired("Give the workspace a name."),
            Length(max=100, message="Use at most 100 characters."),
            NoControlCharacters(),
        ],
    )
    time_zone = SelectField("Time zone", default="UTC", choices=time_zones)


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
