"""The form of one service: a field for each setting that the environment does not name."""

from typing import Any

from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import Length

from pitchbar.forms import Form, NoControlCharacters, strip
from pitchbar.operations.services.catalogue import Entry, Service
from pitchbar.stored_settings.overlay import StoredSettings

_LONGEST = 2_000
REMOVE = "remove_"


def make_form(service: Service, known: StoredSettings, values: dict[str, str]) -> Form:
    """`values` are those that are stored; secret ones are never filled in."""
    fields: dict[str, Any] = {}
    for entry in service.entries:
        if known.is_in_environment(entry.name):
            continue
        fields[entry.name] = _field(entry)
        if entry.is_secret and entry.name in values:
            fields[REMOVE + entry.name] = BooleanField(f"Remove the {entry.label.lower()}")
    kind = type("ServiceForm", (Form,), fields)
    shown = {name: text for name, text in values.items() if name not in service.secret_names}
    form: Form = kind(data=shown)
    return form


def _field(entry: Entry) -> Any:
    kind = PasswordField if entry.is_secret else StringField
    checks = [Length(max=_LONGEST, message=f"Use at most {_LONGEST} characters.")]
    return kind(entry.label, filters=[strip], validators=[*checks, NoControlCharacters()])


def changes_of(form: Form, service: Service, values: dict[str, str]) -> dict[str, str | None]:
    """What the form wants changed: a new text, or None for what is to go. A secret that was left
    empty stays.
    """
    entered, changes = form.entered(), dict[str, str | None]()
    for entry in service.entries:
        if entry.name not in entered:
            continue
        text = entered[entry.name] or ""
        if entered.get(REMOVE + entry.name) and not text:
            changes[entry.name] = None
        elif text:
            changes[entry.name] = text
        elif not entry.is_secret and entry.name in values:
            changes[entry.name] = None
    return changes
