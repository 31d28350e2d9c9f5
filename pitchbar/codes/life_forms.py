"""The fields of a code's form that say when, how often and for whom it leads on, and how it is
measured. What a form of before did not have yet, and so does not send, stays as it is.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from wtforms import BooleanField, Field, PasswordField, StringField, URLField, ValidationError
from wtforms.validators import Length
from wtforms.widgets import DateTimeLocalInput

from pitchbar.codes.destinations import MAX_LENGTH
from pitchbar.codes.errors import InvalidPassword, InvalidScanLimit
from pitchbar.codes.fields import EDITABLE
from pitchbar.codes.labels.models import Label
from pitchbar.codes.labels.names import check_names, split_names
from pitchbar.codes.limits_of_use import CAMPAIGN_LENGTH, MOST_SCANS, check_password, require_order
from pitchbar.codes.local_times import InvalidLocalTime, read_local_time, write_local_time
from pitchbar.codes.models import Code
from pitchbar.errors import DomainError
from pitchbar.forms import Form, NoControlCharacters, strip

# Three digits at a time, as people write large numbers.
_WHOLE_NUMBER = re.compile(r"\d{1,12}|\d{1,3}([ ,'\u2019\u00a0\u202f]\d{3}){1,3}")
_NOT_SENT_BACK = "Type it again: it is not sent back."


def form_values(code: Code, labels: Sequence[Label], zone: str) -> dict[str, Any]:
    """What the form for a code starts with; never a password."""
    return {
        **{name: getattr(code, name) for name in EDITABLE},
        "starts_at": write_local_time(code.starts_at, zone),
        "ends_at": write_local_time(code.ends_at, zone),
        "scan_limit": str(code.scan_limit or ""),
        "labels": ", ".join(label.name for label in labels),
    }


def read_scan_limit(text: str) -> int | None:
    """Raises InvalidScanLimit."""
    if not text:
        return None
    number = int(re.sub(r"\D", "", text)) if _WHOLE_NUMBER.fullmatch(text) else 0
    if not 1 <= number <= MOST_SCANS:
        raise InvalidScanLimit(MOST_SCANS)
    return number


class LifeForm(Form):
    """Args:
    zone: in which times are typed.
    code: the one that is changed; a time of it that stays as it was shown stays to the second.
    """

    starts_at = StringField("Starts", filters=[strip], widget=DateTimeLocalInput())
    ends_at = StringField("Ends", filters=[strip], widget=DateTimeLocalInput())
    scan_limit = StringField("Scan limit", filters=[strip])
    fallback_url = URLField(
        "Fallback address",
        filters=[strip],
        validators=[
            Length(max=MAX_LENGTH, message=f"Use at most {MAX_LENGTH} characters."),
            NoControlCharacters(),
        ],
    )
    password = PasswordField("Password")
    remove_password = BooleanField("Remove the password")
    campaign = StringField(
        "Campaign",
        filters=[strip],
        validators=[
            Length(max=CAMPAIGN_LENGTH, message=f"Use at most {CAMPAIGN_LENGTH} characters."),
            NoControlCharacters(),
        ],
    )
    labels = StringField("Labels", filters=[strip])
    attribution = BooleanField("Trace purchases to this code")

    def __init__(
        self, *args: Any, zone: str = "UTC", code: Code | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.zone, self.code = zone, code
        self.time_notes: list[str] = []
        self._times: dict[str, datetime | None] = {}

    @property
    def life_fields(self) -> list[Field]:
        names = ("starts_at", "ends_at", "scan_limit", "fallback_url", "password")
        return [self[name] for name in names]

    @property
    def measuring_fields(self) -> list[Field]:
        return [self[name] for name in ("campaign", "labels", "attribution")]

    @property
    def has_lost_password(self) -> bool:
        """Whether one was typed that the page does not show again."""
        return bool(self.password.data and not self.password.errors and self.errors)

    def validate_starts_at(self, field: Field) -> None:
        self._read_time(field)

    def validate_ends_at(self, field: Field) -> None:
        self._read_time(field)
        with_start = self._times.get("starts_at")
        check_or_say(lambda: require_order(with_start, self._times.get("ends_at")))

    def validate_scan_limit(self, field: Field) -> None:
        check_or_say(lambda: read_scan_limit(field.data or ""))

    def validate_labels(self, field: Field) -> None:
        check_or_say(lambda: check_names(split_names(field.data or "")))

    def validate_password(self, field: Field) -> None:
        if not field.data:
            return
        if self.remove_password.data:
            raise ValidationError(f"Remove it or type a new one, not both. {_NOT_SENT_BACK}")
        try:
            check_password(field.data)
        except InvalidPassword as error:
            raise ValidationError(f"{error.message} {_NOT_SENT_BACK}") from None

    def entered(self) -> dict[str, Any]:
        """As the services take it."""
        values = super().entered()
        has_removed = values.pop("remove_password")
        if not values["password"]:
            values.pop("password")
        if has_removed:
            values["password"] = None
        for name in ("starts_at", "ends_at"):
            values[name] = self._times.get(name)
        values["scan_limit"] = read_scan_limit(values["scan_limit"] or "")
        values["labels"] = split_names(values["labels"] or "")
        return {name: value for name, value in values.items() if self._was_sent(name)}

    def _was_sent(self, name: str) -> bool:
        # A box without its tick sends nothing; the text beside it does.
        name = "campaign" if name == "attribution" else name
        new = name in LifeForm.__dict__ and name != "password"
        return not new or bool(self[name].raw_data)

    def _read_time(self, field: Field) -> None:
        kept = getattr(self.code, field.name, None)
        if not field.data:
            self._times[field.name] = None
        elif kept and field.data == write_local_time(kept, self.zone):
            # Also the second of two hours of one name.
            self._times[field.name] = kept
        else:
            self._times[field.name] = self._read_new_time(field.data)

    def _read_new_time(self, text: str) -> datetime:
        try:
            read = read_local_time(text, self.zone)
        except InvalidLocalTime as error:
            raise ValidationError(str(error)) from None
        if read.note:
            self.time_notes.append(read.note)
        return read.at


def check_or_say(check: Any) -> None:
    """What the rules refuse, at the field."""
    try:
        check()
    except DomainError as error:
        raise ValidationError(error.message) from None
