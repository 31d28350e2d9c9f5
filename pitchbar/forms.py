"""What all forms share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask_wtf import FlaskForm
from wtforms import EmailField, Field, StringField, ValidationError
from wtforms.fields import choices
from wtforms.validators import DataRequired, Email, Length

from pitchbar.core.text import has_control_characters
from pitchbar.errors import DomainError
from pitchbar.extensions import db

# Newer than the library's stubs.
SelectChoice: Any = choices.SelectChoice  # type: ignore[attr-defined]


class Form(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A form whose fields can also show the errors that a service found."""

    # Of the page that shows the form again.
    http_status = 422

    def entered(self) -> dict[str, Any]:
        """What was typed, by field, without the token against forgery."""
        return {name: value for name, value in self.data.items() if name != "csrf_token"}

    def is_accepted(self, **checks: Callable[[], object]) -> bool:
        """Whether every field is right and passes the check of its name. A check is what a service
        would refuse later; asked here, all that is wrong is said at once. It writes nothing, and is
        left out where its field is wrong by itself.

        form.is_accepted(email=lambda: require_free_address(form.email.data))
        """
        self.validate()
        for name, check in checks.items():
            if not self._fields[name].errors:
                with form_errors(self):
                    check()
        return not self.errors

    def take_errors(self, error: DomainError) -> None:
        """Puts each sentence at its field; those that belong to none of them on top of the form."""
        for name, sentence in error.fields.items():
            if name in self._fields:
                self._fields[name].errors = [*self._fields[name].errors, sentence]
            else:
                self.form_errors.append(sentence)
        if not error.fields:
            self.form_errors.append(error.message)
        self.http_status = error.status


@contextmanager
def form_errors(form: Form) -> Iterator[None]:
    """Around a service: what it refuses is undone, and said at the fields. Look at them after:

    with form_errors(form):
        create_code(workspace, current_actor(), **form.entered())
    if form.errors:
        return render("codes/new.html", form=form, http_status=form.http_status)
    """
    try:
        yield
    except DomainError as error:
        db.session.rollback()
        form.take_errors(error)


def strip(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


class NoControlCharacters:
    """For a field: refuses what could not be stored."""

    def __call__(self, form: Form, field: Field) -> None:
        if has_control_characters(field.data or ""):
            raise ValidationError("This contains characters that cannot be stored.")


def name_field(label: str, missing: str) -> StringField:
    """The name of a person or a thing; `missing` is said when there is none."""
    return StringField(
        label,
        filters=[strip],
        validators=[
            DataRequired(missing),
            Length(max=100, message="Use at most 100 characters."),
            NoControlCharacters(),
        ],
    )


# Says what is wrong with an address that no message can be sent to; empty: nothing.
AddressCheck = Callable[[str], str]
_address_checks: list[AddressCheck] = []


def add_address_check(check: AddressCheck) -> None:
    """For who sends the messages, and stands above."""
    if check not in _address_checks:
        _address_checks.append(check)


class SendableAddress:
    """For a field: refuses an address for which nobody could ever get what is sent there."""

    def __call__(self, form: Form, field: Field) -> None:
        for check in _address_checks:
            if sentence := check(field.data or ""):
                raise ValidationError(sentence)


def email_field(label: str, missing: str = "Enter an e-mail address.") -> EmailField:
    return EmailField(
        label,
        filters=[strip],
        validators=[
            DataRequired(missing),
            Length(max=254, message="Use at most 254 characters."),
            Email("This is not an e-mail address."),
            SendableAddress(),
        ],
    )
