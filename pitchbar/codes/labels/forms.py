from collections.abc import Sequence

from wtforms import RadioField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from pitchbar.codes.labels.models import COLOURS, Label
from pitchbar.codes.labels.names import MOST_CHARACTERS
from pitchbar.forms import Form, NoControlCharacters, SelectChoice, strip


class LabelForm(Form):
    name = StringField(
        "Name",
        filters=[strip],
        validators=[
            DataRequired("Give the label a name."),
            Length(max=MOST_CHARACTERS, message=f"Use at most {MOST_CHARACTERS} characters."),
            NoControlCharacters(),
        ],
    )
    colour = RadioField(
        "Colour",
        default=COLOURS[0],
        choices=[SelectChoice(name, name.capitalize()) for name in COLOURS],
    )


class MergeForm(Form):
    """Args:
    others: the labels that it can be merged into.
    """

    into = SelectField("Into", coerce=int)

    def __init__(self, others: Sequence[Label]) -> None:
        super().__init__()
        first = SelectChoice(0, "Choose a label")
        self.into.choices = [first, *(SelectChoice(one.id, one.name) for one in others)]
