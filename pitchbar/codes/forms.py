from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    Field,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.validators import DataRequired, Length

from pitchbar.codes.address_forms import domain_field
from pitchbar.codes.destinations import MAX_LENGTH
from pitchbar.codes.life_forms import LifeForm
from pitchbar.codes.offered_destinations import Offered
from pitchbar.core.utm import UTM_COLUMNS, UTM_NAMES
from pitchbar.forms import Form, NoControlCharacters, SelectChoice, strip


def _text(
    label: str, most: int = 255, needed: str = "", kind: type[StringField] = StringField
) -> StringField:
    validators = [
        Length(max=most, message=f"Use at most {most} characters."),
        NoControlCharacters(),
    ]
    if needed:
        validators.insert(0, DataRequired(needed))
    return kind(label, filters=[strip], default="", validators=validators)


def _error_correction(label: str) -> SelectField:
    return SelectField(
        label,
        default="M",
        choices=[
            SelectChoice("L", "L: survives 7 % damage, smallest symbol"),
            SelectChoice("M", "M: survives 15 % damage"),
            SelectChoice("Q", "Q: survives 25 % damage"),
            SelectChoice("H", "H: survives 30 % damage, largest symbol"),
        ],
    )


class UtmForm(Form):
    """A field for each UTM value."""

    @property
    def utm_fields(self) -> list[Field]:
        return [self[name] for name in UTM_COLUMNS]


for _tag in UTM_NAMES:
    setattr(UtmForm, f"utm_{_tag}", _text(_tag.capitalize()))


ADDRESS, AGENT = "address", "agent"


class CodeForm(UtmForm, LifeForm):
    """Whoever chooses an agent has its page as the destination, and is told what came of it."""

    name = _text("Name", 200, "Give the code a name.")
    leads_to = RadioField(
        "Where it leads",
        default=ADDRESS,
        validate_choice=False,
        choices=[SelectChoice(ADDRESS, "An address"), SelectChoice(AGENT, "An agent")],
    )
    agent = SelectField("Agent", default="", validate_choice=False, choices=[])
    destination_url = _text(
        "Destination", MAX_LENGTH, "Enter the address that the code should open.", URLField
    )
    forward_parameters = BooleanField("Pass other parameters of the scanned address on")
    error_correction = _error_correction("Error correction")
    notes = _text("Notes", 5000, kind=TextAreaField)

    def offer(self, offered: Sequence[Offered], chosen: str = "") -> None:
        """Args:
        chosen: the key of the one that is chosen at first.
        """
        self.agent.choices = [SelectChoice(one.key, one.label) for one in offered]
        by_url = {one.url: one.key for one in offered}
        key = chosen or by_url.get(self.destination_url.data or "", "")
        if not self.is_submitted() and key in by_url.values():
            self.leads_to.data, self.agent.data = AGENT, key
        urls = {one.key: one.url for one in offered}
        if self.leads_to.data == AGENT and self.agent.data in urls:
            self.destination_url.data = urls[self.agent.data]
            self.destination_url.raw_data = [urls[self.agent.data]]
            self.attribution.data = True

    def entered(self) -> dict[str, Any]:
        values = super().entered()
        if values.pop("leads_to") == AGENT and values.pop("agent", ""):
            values["attribution"] = True
        values.pop("agent", None)
        return values


class NewCodeForm(CodeForm):
    domain = domain_field()
    short_code = _text("Short code", 64)


class DeleteCodeForm(Form):
    confirmation = StringField("Name of the code")


class CodeSettingsForm(Form):
    """What the workspace sets for all its codes."""

    default_utm_source = _text("Source")
    default_utm_medium = _text("Medium")
    default_error_correction = _error_correction("Error correction")
    fallback_url = _text("Fallback address", MAX_LENGTH, kind=URLField)
