from typing import Any
from zoneinfo import available_timezones

from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length, Regexp

from pitchbar.forms import Form, SelectChoice, name_field, strip


def time_zones() -> list[Any]:
    """Names a person can choose: "UTC" first, then by region, without the historic aliases."""
    regions = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/")
    named = sorted(
        zone for zone in available_timezones() if zone.startswith((*regions, "Pacific/"))
    )
    return [SelectChoice(zone, zone.replace("_", " ")) for zone in ("UTC", *named)]


class WorkspaceForm(Form):
    name = name_field("Workspace name", "Give the workspace a name.")
    time_zone = SelectField("Time zone", default="UTC", choices=time_zones)


class SettingsForm(WorkspaceForm):
    slug = StringField(
        "Address",
        filters=[strip, lambda value: value and value.lower()],
        validators=[
            DataRequired("Give the workspace an address."),
            Length(max=40, message="Use at most 40 characters."),
            Regexp(
                r"^[a-z0-9]+(-[a-z0-9]+)*$",
                message="Use letters a to z, digits, and single hyphens between them.",
            ),
        ],
    )


class ConfirmationForm(Form):
    """For acts that take the workspace's name typed."""

    confirmation = StringField("Name of the workspace")
