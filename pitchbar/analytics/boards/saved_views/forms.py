from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from pitchbar.analytics.boards.saved_views.models import MOST_CHARACTERS
from pitchbar.forms import Form, NoControlCharacters, strip

# 200 filters of the longest values, as an address writes them, would be more; none is.
_MOST_OF_A_QUERY = 8_000


class NameForm(Form):
    name = StringField(
        "Name",
        filters=[strip],
        validators=[
            DataRequired("Give the view a name."),
            Length(max=MOST_CHARACTERS, message=f"Use at most {MOST_CHARACTERS} characters."),
            NoControlCharacters(),
        ],
    )


class SavedViewForm(NameForm):
    query = HiddenField(
        validators=[
            Length(
                max=_MOST_OF_A_QUERY,
                message="These are more filters than a view can keep. Take some away.",
            )
        ]
    )
