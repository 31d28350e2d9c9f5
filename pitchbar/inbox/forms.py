from wtforms import StringField, TextAreaField

from pitchbar.forms import Form, strip


class CannedForm(Form):
    """What is wrong with it, the service tells, all at once."""

    shortcut = StringField(
        "Shortcut", filters=[strip], description="Typed behind a slash, such as /hours."
    )
    text = TextAreaField("What it says", filters=[strip])
