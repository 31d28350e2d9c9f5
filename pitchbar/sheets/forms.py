from typing import Any

from wtforms import (
    BooleanField,
    DecimalField,
    Field,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
    widgets,
)
from wtforms.validators import InputRequired, Length

from pitchbar.forms import Form, NoControlCharacters, SelectChoice, strip
from pitchbar.sheets.options import SheetOptions
from pitchbar.studio.forms import IsColour, read_colour

_KINDS = [("labels", "Labels"), ("tents", "Table tents"), ("posters", "Posters")]
_LABELS = [
    ("L7160", "Avery L7160, 21 of 63.5 by 38.1 mm"),
    ("L7651", "Avery L7651, 65 of 38.1 by 21.2 mm"),
    ("L4731", "Avery L4731, 189 of 25.4 by 10 mm"),
    ("own", "Own size"),
]
_PAPERS = [(one, one) for one in ("A4", "Letter", "A2", "A3", "A5", "A6")] + [
    ("own", "Own size, for labels")
]
_CAPTIONS = [
    ("name", "Name"),
    ("short_link", "Short link"),
    ("campaign", "Campaign"),
    ("notes", "Notes"),
    ("number", "Number"),
]
_OWN_PAPER = ("paper_width", "paper_height")
_OWN_SIZES = (
    "columns",
    "rows",
    "label_width",
    "label_height",
    "margin_left",
    "margin_top",
    "gap_x",
    "gap_y",
)


def _select(label: str, choices: list[tuple[str, str]]) -> SelectField:
    return SelectField(label, choices=[SelectChoice(*one) for one in choices])


def _number(label: str, name: str) -> Field:
    usual = SheetOptions.model_fields[name].default
    words = "Enter a number."
    if isinstance(usual, int):
        return IntegerField(label, default=usual, validators=[InputRequired(words)])
    return DecimalField(label, default=usual, places=None, validators=[InputRequired(words)])


class SheetForm(Form):
    kind = _select("What to print", _KINDS)
    label = _select("Labels", _LABELS)
    paper = _select("Paper", _PAPERS)
    paper_width = _number("Width of the paper in mm", "paper_width")
    paper_height = _number("Height of the paper in mm", "paper_height")
    columns = _number("Across", "columns")
    rows = _number("Down", "rows")
    label_width = _number("Width in mm", "label_width")
    label_height = _number("Height in mm", "label_height")
    margin_left = _number("Left margin in mm", "margin_left")
    margin_top = _number("Top margin in mm", "margin_top")
    gap_x = _number("Gap across in mm", "gap_x")
    gap_y = _number("Gap down in mm", "gap_y")
    bleed = _number("Bleed in mm", "bleed")
    crop_marks = BooleanField("Crop marks")
    captions = SelectMultipleField(
        "Beside each code",
        choices=[SelectChoice(*one) for one in _CAPTIONS],
        default=["name", "short_link"],
        option_widget=widgets.CheckboxInput(),
        widget=widgets.ListWidget(prefix_label=False),
    )
    caption_colour = StringField(
        "Colour of the words",
        default="#000000",
        filters=[read_colour],
        validators=[IsColour()],
        widget=widgets.ColorInput(),
    )
    headline = StringField(
        "Headline", filters=[strip], validators=[Length(max=255), NoControlCharacters()]
    )
    copies = _number("Of each code", "copies")
    start_position = _number("Begin at label", "start_position")
    number_start = _number("Numbers begin with", "number_start")
    number_prefix = StringField(
        "Before each number", validators=[Length(max=40), NoControlCharacters()]
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """What another choice has put out of sight is not looked at: nobody could mend it."""
        super().validate(extra_validators)
        for name in self._unused():
            self._fields[name].errors = []
        return not self.errors

    def values(self) -> dict[str, Any]:
        """For `SheetOptions`; fields that are wrong by themselves are left out."""
        unused = self._unused()
        names = [name for name in SheetOptions.model_fields if name in self._fields]
        given = {
            name: self._fields[name].data
            for name in names
            if name not in unused
            and not self._fields[name].errors
            and self._fields[name].data is not None
        }
        return {n: float(v) if hasattr(v, "as_tuple") else v for n, v in given.items()}

    def problems(self) -> list[str]:
        """What is wrong, each with its field's name, for beside the picture."""
        said = [
            f"{self._fields[name].label.text}: {sentence}"
            for name, sentences in self.errors.items()
            if name in self._fields
            for sentence in sentences
        ]
        return said + list(self.form_errors)

    def _unused(self) -> set[str]:
        unused: set[str] = set()
        if self.kind.data == "labels":
            unused |= {"headline"}
        else:
            unused |= {"label", "start_position"}
        if self.kind.data != "labels" or self.label.data != "own":
            unused |= {*_OWN_SIZES, *_OWN_PAPER}
            unused |= {"paper"} if self.kind.data == "labels" else set()
        elif self.paper.data != "own":
            unused |= set(_OWN_PAPER)
        if "number" not in (self.captions.data or ()):
            unused |= {"number_prefix", "number_start"}
        return unused

    def validate_captions(self, field: Field) -> None:
        known = {value for value, _ in _CAPTIONS}
        if set(field.data or ()) - known:
            raise ValidationError("Choose among those that are offered.")
