from wtforms import BooleanField, Field, SelectField, StringField, TextAreaField, URLField
from wtforms.validators import DataRequired, Length

from pitchbar.codes.address_forms import domain_field
from pitchbar.codes.destinations import MAX_LENGTH
from pitchbar.codes.life_forms import LifeForm
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


class CodeForm(UtmForm, LifeForm):
    name = _text("Name", 200, "Give the code a name.")
    destination_url = _text(
        "Destination", MAX_LENGTH, "Enter the address that the code should open.", URLField
    )
    forward_parameters = BooleanField("Pass other parameters of the scanned address on")
    error_correction = _error_correction("Error correction")
    notes = _text("Notes", 5000, kind=TextAreaField)


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
