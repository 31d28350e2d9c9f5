from typing import Any

from wtforms import Field, RadioField, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, Length, Regexp

from pitchbar.core import clock
from pitchbar.core.time_zones import UTC, is_time_zone, list_time_zones
from pitchbar.forms import Form, SelectChoice, name_field, strip
from pitchbar.workspaces.colours import OURS, PALETTE, InvalidColour, clean_colour
from pitchbar.workspaces.models import Workspace

# Chosen where the colour is none of the palette.
OWN = "own"


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

    colour = RadioField(
        "Colour",
        default="",
        choices=[
            SelectChoice("", "Green, as Pitchbar has it"),
            *(SelectChoice(value, name) for value, name in PALETTE.items()),
            SelectChoice(OWN, "Another"),
        ],
    )
    own_colour = StringField("Another colour", filters=[strip], default="")

    @classmethod
    def of(cls, workspace: Workspace) -> "SettingsForm":
        """With what is stored."""
        is_own = workspace.colour not in ("", *PALETTE)
        values = {name: getattr(workspace, name) for name in ("name", "time_zone", "slug")}
        values["colour"] = OWN if is_own else workspace.colour
        return cls(data={**values, "own_colour": workspace.colour if is_own else ""})

    @property
    def shown_colour(self) -> str:
        """What the picture shows; ours while what is typed is no colour."""
        try:
            return self._read_colour() or OURS
        except InvalidColour:
            return OURS

    def validate_own_colour(self, field: Field) -> None:
        try:
            colour = self._read_colour()
        except InvalidColour as error:
            raise ValidationError(error.message) from None
        if self.colour.data == OWN and not colour:
            raise ValidationError("Write the colour, or choose one above.")

    def entered(self) -> dict[str, Any]:
        """A form of before does not send the colour, and so leaves it as it is."""
        values = super().entered()
        was_sent = bool(self.colour.raw_data)
        values.pop("own_colour")
        return {**values, "colour": self._read_colour() if was_sent else None}

    def _read_colour(self) -> str:
        typed = self.own_colour.data if self.colour.data == OWN else self.colour.data
        return clean_colour(typed or "")


class ConfirmationForm(Form):
    """For acts that take the workspace's name typed."""

    confirmation = StringField("Name of the workspace")


class AccountDeletionForm(Form):
    confirmation = StringField("E-mail address", filters=[strip])
