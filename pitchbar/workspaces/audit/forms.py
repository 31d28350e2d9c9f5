from datetime import date

from wtforms import DateField, StringField
from wtforms.validators import Optional

from pitchbar.forms import Form, NoControlCharacters, strip


class AuditFilterForm(Form):
    """What the log shows, in the address: so it has no token."""

    class Meta:
        csrf = False

    action = StringField("Action", filters=[strip], validators=[NoControlCharacters()])
    actor = StringField("Person", filters=[strip], validators=[NoControlCharacters()])
    since = DateField("From", validators=[Optional()])
    until = DateField("To", validators=[Optional()])

    def text(self, name: str) -> str:
        field = self._fields[name]
        return "" if field.errors else (field.data or "")[:254]

    def day(self, name: str) -> date | None:
        """None when there is none, or nothing that a calendar could go on from."""
        day: date | None = self._fields[name].data
        return day if day and 1970 <= day.year <= 9000 else None
