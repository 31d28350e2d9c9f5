from typing import Any

from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length, Regexp

from pitchbar.core import clock
from pitchbar.core.time_zones import UTC, is_time_zone, list_time_zones
from pitchbar.forms import Form, SelectChoice, name_field, strip


def _time_zones() -> list[Any]:
    """By region, each with its offset of today and what else it is searched by."""
    now = clock.now()
    return [
        SelectChoice(
            zone.name,
            zone.city if zone.name == UTC else f"{zone.city} ({zone.offset(now)})",
            {"data-words": zone.words, "data-retired": " ".join(zone.retired)},
            zone.region or "Everywhere",
        )
        for zone in list_time_zones()
    ]


class TimeZoneField(SelectField):
    """A workspace keeps the zone that it has, also under a name that is not offered any more."""

    def process(self, *args: Any, **kwargs: Any) -> None:
        super().process(*args, **kwargs)
        offered = _time_zones()
        is_offered = self.data in {choice.value for choice in offered}
        if not is_offered and is_time_zone(self.data or ""):
            offered.insert(0, SelectChoice(self.data, self.data, {}, "As before"))
        self.choices = offered


class WorkspaceForm(Form):
    name = name_field("Workspace name", "Give the workspace a name.")
    time_zone = TimeZoneField("Time zone", default=UTC, choices=_time_zones)


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


class AccountDeletionForm(Form):
    confirmation = StringField("E-mail address", filters=[strip])
