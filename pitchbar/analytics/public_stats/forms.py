from typing import Any

from wtforms import BooleanField, PasswordField, ValidationError
from wtforms.validators import Length

from pitchbar.analytics.public_stats.models import SHOWABLE
from pitchbar.codes.errors import InvalidPassword
from pitchbar.codes.limits_of_use import check_password
from pitchbar.forms import Form


class PublicStatsForm(Form):
    """A checkbox for each of `SHOWABLE`, and the password, which is never sent back."""

    password = PasswordField("Password", validators=[Length(max=200)])
    drops_password = BooleanField("Take the password away")

    def validate_password(self, field: PasswordField) -> None:
        if field.data:
            try:
                check_password(field.data)
            except InvalidPassword as error:
                raise ValidationError(error.message) from None

    def shows(self) -> list[str]:
        return [key for key in SHOWABLE if self._fields[f"shows_{key}"].data]

    def new_password(self) -> str | None:
        """None: it stays as it is."""
        if self.drops_password.data:
            return ""
        return self.password.data or None


for _key, _label in SHOWABLE.items():
    setattr(PublicStatsForm, f"shows_{_key}", BooleanField(_label))


def form_of(shows: Any, **options: Any) -> PublicStatsForm:
    return PublicStatsForm(data={f"shows_{key}": key in shows for key in SHOWABLE}, **options)
