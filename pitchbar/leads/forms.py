from flask import request
from wtforms import TextAreaField

from pitchbar.core.database import MAX_ID
from pitchbar.forms import Form

# In one act.
MOST_CHOSEN = 200


class NoteForm(Form):
    """The service says what is wrong with what was typed."""

    text = TextAreaField("Note", default="")


def chosen_ids() -> list[int]:
    """Of the boxes that are ticked."""
    given = request.values.getlist("lead_id", type=int)
    return sorted({number for number in given if 0 < number <= MAX_ID})[:MOST_CHOSEN]


def typed_owner() -> int | None:
    """None for nobody, -1 for what is nobody's id."""
    text = request.form.get("owner", "")
    if text == "none":
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else -1
