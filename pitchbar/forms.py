"""What all forms share."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, ValidationError
from wtforms.fields import choices

from pitchbar.errors import DomainError

# Newer than the library's stubs.
SelectChoice: Any = choices.SelectChoice  # type: ignore[attr-defined]


class Form(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A form whose fields can also show the errors that a service found."""

    def entered(self) -> dict[str, Any]:
        """What was typed, by field, without the token against forgery."""
        return {name: value for name, value in self.data.items() if name != "csrf_token"}

    def take_errors(self, error: DomainError) -> None:
        """Puts each sentence at its field; those that belong to no field on top of the form."""
        for name, sentence in error.fields.items():
            if name in self._fields:
                self._fields[name].errors = [*self._fields[name].errors, sentence]
        if not error.fields:
            self.form_errors.append(error.message)


def strip(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


class NoControlCharacters:
    """Refuses what no keyboard types and PostgreSQL cannot store."""

    def __call__(self, form: Form, field: Field) -> None:
        if any(ord(char) < 32 and char not in "\r\n\t" for char in field.data or ""):
            raise ValidationError("This contains characters that cannot be stored.")
