from collections.abc import Sequence

from wtforms import DateField, SelectField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from pitchbar.analytics.boards.annotations.models import MOST_CHARACTERS
from pitchbar.forms import Form, NoControlCharacters, SelectChoice, strip

_YEARS = range(1970, 9001)


def _read_id(text: object) -> int:
    """-1 for what is none; the field says so itself."""
    plain = str(text)
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 19 else -1


class AnnotationForm(Form):
    """Args:
    codes: id and name of those that a note can be of.
    """

    day = DateField("Day", validators=[DataRequired("Choose a day. Write it like 2026-11-01.")])
    text = StringField(
        "Note",
        filters=[strip],
        validators=[
            DataRequired("Write what happened."),
            Length(max=MOST_CHARACTERS, message=f"Use at most {MOST_CHARACTERS} characters."),
            NoControlCharacters(),
        ],
    )
    code_id = SelectField("Shown on", coerce=_read_id, validate_choice=False)

    def __init__(self, codes: Sequence[tuple[int, str]], **kwargs: object) -> None:
        super().__init__(**kwargs)
        everywhere = SelectChoice(0, "The overview and every code")
        self.code_id.choices = [everywhere, *(SelectChoice(*code) for code in codes)]
        self._known = {0, *(code_id for code_id, _ in codes)}

    def validate_code_id(self, field: SelectField) -> None:
        if field.data not in self._known:
            raise ValidationError("This code is not here any more. Choose another.")

    def validate_day(self, field: DateField) -> None:
        if field.data and field.data.year not in _YEARS:
            raise ValidationError("Choose a day that people remember.")
