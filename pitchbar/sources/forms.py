from typing import Any

from flask import request
from flask_wtf.file import FileField
from wtforms import IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from pitchbar.forms import Form, NoControlCharacters, SelectChoice, strip
from pitchbar.settings import Settings, current_settings
from pitchbar.sources.models import FILE, TEXT
from pitchbar.sources.settings import SourceSettings

# Beside the file: names, patterns, the frame of the form.
_FRAME_BYTES = 1024 * 1024
# Patterns and pages that are ticked; pasted text is longer.
_MOST_BYTES = 8 * 1024 * 1024

SCHEDULE_WORDS = {
    "off": "Only when somebody asks",
    "daily": "Every day",
    "weekly": "Every week",
}
ALL, CHOSEN = "all", "chosen"


def take_uploads(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before the form of a request is read: files and lists are long."""
    request.max_content_length = most_body(current_settings())
    request.max_form_memory_size = _MOST_BYTES
    request.max_form_parts = 20_000


def most_body(settings: Settings) -> int:
    """Bytes of a whole request with a file."""
    return settings[SourceSettings].max_upload_bytes + _FRAME_BYTES


def lines_of(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


class SourceForm(Form):
    """The services say what is wrong with what was typed."""

    name = StringField(
        "Name",
        filters=[strip],
        validators=[Length(max=120, message="Use at most 120 characters."), NoControlCharacters()],
        default="",
    )
    url = StringField("Address", filters=[strip], validators=[NoControlCharacters()], default="")
    text = TextAreaField("Text", default="")
    file = FileField("File")
    include = TextAreaField("Only these pages", default="")
    exclude = TextAreaField("Leave these out", default="")
    hosts = TextAreaField("Further hosts", default="")
    page_cap = IntegerField("Most pages", validators=[Optional()])
    schedule = RadioField(
        "Read again",
        choices=[SelectChoice(value, words) for value, words in SCHEDULE_WORDS.items()],
        default="weekly",
    )
    scope = RadioField(
        "Which pages",
        choices=[
            SelectChoice(ALL, "All of them, also those that come later"),
            SelectChoice(CHOSEN, "Only the pages that are ticked"),
        ],
        default=ALL,
    )

    def chosen(self) -> list[str]:
        """The pages that are ticked, where only these are wanted."""
        if self.scope.data != CHOSEN:
            return []
        return [url for url in request.form.getlist("chosen") if url and len(url) <= 2048]

    def values(self, kind: str) -> dict[str, Any]:
        """For the service, without the file."""
        found: dict[str, Any] = {"name": self.name.data or ""}
        if kind == TEXT:
            return found | {"text": self.text.data or ""}
        if kind == FILE:
            return found
        return found | {
            "url": self.url.data or "",
            "include": lines_of(self.include.data),
            "exclude": lines_of(self.exclude.data),
            "hosts": lines_of(self.hosts.data),
            "page_cap": self.page_cap.data,
            "chosen": self.chosen(),
            "schedule": self.schedule.data or "off",
        }
