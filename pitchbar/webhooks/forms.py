from typing import Any

from wtforms import SelectField, SelectMultipleField, StringField, URLField
from wtforms.validators import Length

from pitchbar.events.outward import list_outward
from pitchbar.forms import Form, NoControlCharacters, SelectChoice, strip

# Hours back; the log is not kept for ever.
SPANS = {
    "1": "the last hour",
    "24": "the last 24 hours",
    "72": "the last 3 days",
    "168": "the last 7 days",
    "720": "the last 30 days",
}


class EndpointForm(Form):
    """The service says what is wrong with the address and the choice."""

    url = URLField("Address", filters=[strip], validators=[NoControlCharacters()], default="")
    description = StringField(
        "Description",
        filters=[strip],
        validators=[Length(max=200, message="Use at most 200 characters."), NoControlCharacters()],
        default="",
    )
    events = SelectMultipleField("Events", validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.events.choices = [(one.name, one.label) for one in list_outward()]


class ReplayForm(Form):
    hours = SelectField(
        "What failed in",
        choices=[SelectChoice(hours, words) for hours, words in SPANS.items()],
        default="24",
    )
