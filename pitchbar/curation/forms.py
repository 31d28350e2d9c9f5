from typing import Any

from wtforms import BooleanField, RadioField, StringField, TextAreaField

from pitchbar.curation.models import ALWAYS, WHILE_CLOSED, WHILE_OPEN, CuratedAnswer
from pitchbar.forms import Form, SelectChoice, strip

GIVEN = {
    ALWAYS: "Always",
    WHILE_OPEN: "Within business hours",
    WHILE_CLOSED: "Beyond business hours",
}


def lines_of(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


class CuratedForm(Form):
    """The services say what is wrong with what was typed."""

    question = StringField("Question", filters=[strip], default="")
    answer = TextAreaField("Answer", default="")
    variants = TextAreaField("The same in other words", default="")
    patterns = TextAreaField("Patterns", default="")
    language = StringField("Language of the visitor", filters=[strip], default="")
    paths = TextAreaField("Only on these paths", default="")
    given = RadioField(
        "When",
        choices=[SelectChoice(value, words) for value, words in GIVEN.items()],
        default=ALWAYS,
    )
    of_all = BooleanField("For all agents of the workspace")
    is_active = BooleanField("It is given", default=True)

    def show(self, one: CuratedAnswer) -> None:
        for name in ("question", "answer", "language", "given", "is_active"):
            self[name].data = getattr(one, name)
        for name in ("variants", "patterns", "paths"):
            self[name].data = "\n".join(getattr(one, name))
        self.of_all.data = one.agent_id is None

    def values(self) -> dict[str, Any]:
        """For the service."""
        plain = ("question", "answer", "language", "given", "of_all", "is_active")
        values = {name: self[name].data for name in plain}
        lists = ("variants", "patterns", "paths")
        return values | {name: lines_of(self[name].data) for name in lists}
