from decimal import Decimal
from typing import Any

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DecimalRangeField,
    Field,
    IntegerRangeField,
    RadioField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import Length, NumberRange, Optional

from pitchbar.forms import Form, NoControlCharacters, SelectChoice, name_field, strip
from pitchbar.symbols.design import MOST_FRAME_TEXT, Design

CHOICES: dict[str, list[tuple[str, str]]] = {
    "module_shape": [
        ("square", "Square"),
        ("rounded", "Rounded"),
        ("dot", "Dots"),
        ("connected", "Connected"),
        ("diamond", "Diamonds"),
        ("bars", "Bars"),
    ],
    "eye_frame_shape": [
        ("square", "Square"),
        ("rounded", "Rounded"),
        ("circle", "Round"),
        ("leaf", "Leaf"),
    ],
    "eye_ball_shape": [
        ("square", "Square"),
        ("rounded", "Rounded"),
        ("circle", "Circle"),
        ("leaf", "Leaf"),
        ("diamond", "Diamond"),
    ],
    "gradient": [("none", "One colour"), ("linear", "Linear"), ("radial", "Radial")],
    "logo_backdrop": [("square", "Square"), ("circle", "Round"), ("none", "None")],
    "frame": [
        ("none", "None"),
        ("label", "Label below"),
        ("label_above", "Label above"),
        ("box", "Box"),
        ("bubble", "Bubble"),
    ],
    "error_correction": [("L", "L, 7 %"), ("M", "M, 15 %"), ("Q", "Q, 25 %"), ("H", "H, 30 %")],
}
# Colours that may also be "as the modules", or transparent: None in a design.
_OPTIONAL_COLOURS = ("background", "eye_frame_colour", "eye_ball_colour", "frame_colour")


def read_colour(typed: str | None) -> str | None:
    """`#0B7` and `0b7a5c` are what they look like; None for what is no colour."""
    digits = (typed or "").strip().lower().removeprefix("#")
    if len(digits) == 3:
        digits = "".join(sign * 2 for sign in digits)
    if len(digits) == 6 and all(sign in "0123456789abcdef" for sign in digits):
        return f"#{digits}"
    return None


class IsColour:
    def __call__(self, form: Form, field: Field) -> None:
        if read_colour(field.data) is None:
            raise ValidationError("Write a colour as six digits and letters a to f: #0b7a5c.")


def _colour(label: str, usual: str) -> StringField:
    return StringField(label, default=usual, filters=[strip], validators=[IsColour()])


def _choice(label: str, name: str) -> RadioField:
    choices = [SelectChoice(value, words) for value, words in CHOICES[name]]
    return RadioField(label, choices=choices, default=Design.model_fields[name].default)


def _whole(label: str, least: int, most: int, usual: int) -> IntegerRangeField:
    words = f"Use a whole number from {least} to {most}."
    return IntegerRangeField(
        label,
        default=usual,
        validators=[NumberRange(least, most, words)],
        render_kw={"min": least, "max": most, "step": 1},
    )


def _part(label: str, least: float, most: float, usual: str, step: float) -> DecimalRangeField:
    words = f"Use a number from {least:g} to {most:g}."
    return DecimalRangeField(
        label,
        default=Decimal(usual),
        validators=[NumberRange(least, most, words)],
        render_kw={"min": least, "max": most, "step": step},
    )


class DesignForm(Form):
    foreground = _colour("Modules", "#000000")
    gradient = _choice("Fill", "gradient")
    gradient_end = _colour("Fades into", "#000000")
    gradient_angle = _whole("Direction in degrees", 0, 359, 45)
    background = _colour("Background", "#ffffff")
    background_none = BooleanField("Transparent background")
    module_shape = _choice("Shape of the modules", "module_shape")
    eye_frame_shape = _choice("Frame of the eyes", "eye_frame_shape")
    eye_ball_shape = _choice("Centre of the eyes", "eye_ball_shape")
    eye_frame_colour = _colour("Frame of the eyes", "#000000")
    eye_frame_colour_none = BooleanField("As the modules", default=True)
    eye_ball_colour = _colour("Centre of the eyes", "#000000")
    eye_ball_colour_none = BooleanField("As the modules", default=True)
    quiet_zone = _whole("Quiet zone in modules", 0, 12, 4)
    error_correction = _choice("Error correction", "error_correction")
    logo = StringField("Logo", default="", validators=[Optional(), Length(max=64)])
    logo_share = _part("Size of the logo", 0.1, 0.35, "0.22", 0.01)
    logo_padding = _part("Space around it, in modules", 0, 3, "0.5", 0.25)
    logo_backdrop = _choice("Cleared area", "logo_backdrop")
    frame = _choice("Frame", "frame")
    frame_text = StringField(
        "Call to action",
        default="",
        filters=[strip],
        validators=[
            Length(max=MOST_FRAME_TEXT, message=f"Use at most {MOST_FRAME_TEXT} characters."),
            NoControlCharacters(),
        ],
    )
    frame_colour = _colour("Colour of the frame", "#000000")
    frame_colour_none = BooleanField("As the modules", default=True)
    frame_text_colour = _colour("Colour of the text", "#ffffff")

    def design(self) -> Design:
        """What was typed; of a field with an error, its usual value. For a valid form all of it."""
        return self._read(Design())

    def design_over(self, present: Design) -> Design:
        """For a preview of what is half typed: fields that are wrong stay as they are."""
        if not self.errors:
            self.validate()
        return self._read(present)

    def _read(self, present: Design) -> Design:
        values: dict[str, Any] = present.model_dump()
        for name in Design.model_fields:
            field = self._fields[name]
            if name in _OPTIONAL_COLOURS and self._fields[f"{name}_none"].data:
                values[name] = None
            elif not field.errors and field.data is not None:
                values[name] = _clean(name, field.data)
        return Design.read(values)


def _clean(name: str, value: Any) -> Any:
    if name == "logo":
        return value or None
    if name in ("foreground", "gradient_end", "frame_text_colour", *_OPTIONAL_COLOURS):
        return read_colour(value)
    return float(value) if name in ("logo_share", "logo_padding") else value


def form_values(design: Design) -> dict[str, Any]:
    """A design as the form's fields."""
    values = design.model_dump()
    for name in _OPTIONAL_COLOURS:
        values[f"{name}_none"] = values[name] is None
        if values[name] is None:
            values[name] = "#ffffff" if name == "background" else design.foreground
    return {**values, "logo": design.logo or ""}


class LogoForm(Form):
    file = FileField("Logo")


class TemplateForm(DesignForm):
    template_name = name_field("Name", "Give the template a name.")


class RenamingForm(Form):
    name = name_field("Name", "Give the template a name.")


class BrandForm(Form):
    colours = TextAreaField("Colours", filters=[strip])

    def validate_colours(self, field: Field) -> None:
        words = (field.data or "").replace(",", " ").split()
        wrong = [f"“{word[:40]}”" for word in words if read_colour(word) is None]
        if len(wrong) == 1:
            raise ValidationError(f"{wrong[0]} is no colour. Write each as #0b7a5c.")
        if wrong:
            named = f"{', '.join(wrong[:5])}{' and others' if len(wrong) > 5 else ''}"
            raise ValidationError(f"{named} are no colours. Write each as #0b7a5c.")
        if len(words) > 12:
            raise ValidationError("Use at most 12 colours.")

    def chosen(self) -> list[str]:
        words = (self.colours.data or "").replace(",", " ").split()
        return [colour for colour in map(read_colour, words) if colour]


class ApplyForm(Form):
    keep_text = BooleanField("Keep each code's own call to action", default=True)
    keep_logo = BooleanField("Keep each code's own logo")
