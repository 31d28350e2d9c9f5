import re

from wtforms import StringField
from wtforms.validators import Length, ValidationError

from pitchbar.core.personal_data import Whom
from pitchbar.forms import Form, NoControlCharacters, strip

# Of a scan, or of the chat: as an id, or as the visitor's browser keeps it.
_VISITOR = re.compile(r"([0-9a-f]{32})(?:\.[0-9a-f]{22})?")


class WhomForm(Form):
    """Whom a request is about: as an address, or by the visitor of a scan or a chat."""

    whom = StringField(
        "Visitor or e-mail address",
        filters=[strip],
        validators=[Length(max=254), NoControlCharacters()],
    )

    def validate_whom(self, field: StringField) -> None:
        if not field.data:
            raise ValidationError("Enter the visitor of a scan or a chat, or an e-mail address.")
        if not self.value():
            raise ValidationError(
                "This is neither a visitor (32 digits and letters from a to f) nor an e-mail "
                "address."
            )

    def value(self) -> Whom | None:
        typed = (self.whom.data or "").lower()
        if match := _VISITOR.fullmatch(typed.replace("-", "")):
            return Whom(visitor=match[1])
        name, at, domain = typed.rpartition("@")
        return Whom(email=typed) if name and at and "." in domain and " " not in typed else None
