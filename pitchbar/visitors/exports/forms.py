from datetime import date
from typing import Any

from wtforms import DateField, RadioField, SelectField
from wtforms.validators import Optional

from pitchbar.forms import Form, SelectChoice
from pitchbar.visitors.exports.selection import STATUSES, Selection

_KINDS = {
    "csv": "CSV, a row for each message",
    "json": "JSON, each conversation with its messages",
}


class ConversationExportForm(Form):
    agent = SelectField("Agent", default="")
    first = DateField("Begun from", validators=[Optional()])
    last = DateField("Begun until", validators=[Optional()])
    status = SelectField("Which", choices=[SelectChoice(*one) for one in STATUSES.items()])
    kind = RadioField(
        "Kind of file", choices=[SelectChoice(*one) for one in _KINDS.items()], default="csv"
    )

    def __init__(self, agents: dict[int, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        named = [SelectChoice(str(key), name) for key, name in agents.items()]
        self.agent.choices = [SelectChoice("", "All agents"), *named]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        is_valid = bool(super().validate(*args, **kwargs))
        first, last = self.first.data, self.last.data
        if isinstance(first, date) and isinstance(last, date) and first > last:
            self.last.errors = [*self.last.errors, "This is before the first day."]
            return False
        return is_valid

    def selection(self) -> Selection:
        values = {
            "agent": self.agent.data or "",
            "from": self.first.data.isoformat() if self.first.data else "",
            "to": self.last.data.isoformat() if self.last.data else "",
            "status": self.status.data or "",
        }
        return Selection.of(values)
