"""What shall become of many codes: of each value, whether it stays, is set or cleared."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import Field, SelectField, StringField, ValidationError

from pitchbar.codes.bulk_plans import BulkEdit
from pitchbar.codes.fallbacks import clean_fallback
from pitchbar.codes.labels.models import Label
from pitchbar.codes.labels.names import check_names, key_of, split_names
from pitchbar.codes.life_forms import check_or_say
from pitchbar.codes.limits_of_use import clean_campaign, require_order
from pitchbar.codes.local_times import InvalidLocalTime, read_local_time
from pitchbar.codes.models import ACTIVE, ARCHIVED
from pitchbar.forms import Form, SelectChoice, strip
from pitchbar.settings import Settings

KEEP, SET, CLEAR = "", "set", "clear"


def _choice(label: str, **more: str) -> SelectField:
    choices = more or {SET: "Set to", CLEAR: "Clear"}
    return SelectField(
        label,
        default=KEEP,
        choices=[
            SelectChoice(KEEP, "Leave as it is"),
            *(SelectChoice(value, text) for value, text in choices.items()),
        ],
    )


def _value(label: str) -> StringField:
    return StringField(label, filters=[strip], default="")


class BulkEditForm(Form):
    """Args:
    zone: in which times are typed.
    labels: those of the workspace, of which some can be taken off.
    """

    add_labels = _value("Add labels")
    remove_labels = _value("Take labels off")
    campaign_act = _choice("Campaign")
    campaign = _value("Campaign to set")
    starts_at_act = _choice("Start")
    starts_at = _value("Start to set")
    ends_at_act = _choice("End")
    ends_at = _value("End to set")
    fallback_url_act = _choice("Fallback address")
    fallback_url = _value("Fallback address to set")
    attribution_act = _choice("Attribution", on="Switch on", off="Switch off")
    status_act = _choice("Use", **{ARCHIVED: "Archive", ACTIVE: "Restore"})

    settable = ("campaign", "starts_at", "ends_at", "fallback_url")

    def __init__(self, zone: str, labels: Sequence[Label], settings: Settings) -> None:
        super().__init__()
        self._zone, self._labels, self._settings = zone, labels, settings
        self._read: dict[str, Any] = {}
        self.time_notes: list[str] = []

    def edit(self) -> BulkEdit:
        """Of a form that is right."""
        values = {name: self._read[name] for name in self._read if name in self.settable}
        if self.attribution_act.data:
            values["attribution"] = self.attribution_act.data == "on"
        return BulkEdit(
            add=split_names(self.add_labels.data or ""),
            remove=split_names(self.remove_labels.data or ""),
            values=values,
            status=self.status_act.data or "",
        )

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        if not super().validate(*args, **kwargs):
            return False
        edit = self.edit()
        if not (edit.add or edit.remove or edit.values or edit.status):
            self.form_errors.append("Choose at least one change.")
        return not self.form_errors

    def validate_add_labels(self, field: Field) -> None:
        check_or_say(lambda: check_names(split_names(field.data or "")))

    def validate_remove_labels(self, field: Field) -> None:
        known = {label.name_key for label in self._labels}
        added = {key_of(name) for name in split_names(self.add_labels.data or "")}
        for name in split_names(field.data or ""):
            if key_of(name) not in known:
                raise ValidationError(f"There is no label “{name[:50]}”.")
            if key_of(name) in added:
                raise ValidationError(f"“{name[:50]}” cannot be added and taken off at once.")

    def validate_campaign(self, field: Field) -> None:
        if self._is_set(field, "Type the campaign."):
            check_or_say(lambda: self._keep(field, clean_campaign(field.data)))
        else:
            self._keep_cleared(field, "")

    def validate_fallback_url(self, field: Field) -> None:
        if self._is_set(field, "Type the address."):
            check_or_say(lambda: self._keep(field, clean_fallback(field.data, self._settings)))
        else:
            self._keep_cleared(field, "")

    def validate_starts_at(self, field: Field) -> None:
        self._read_time(field)

    def validate_ends_at(self, field: Field) -> None:
        self._read_time(field)
        starts_at, ends_at = self._read.get("starts_at"), self._read.get("ends_at")
        check_or_say(lambda: require_order(starts_at, ends_at))

    def sent(self) -> Mapping[str, str]:
        """All that was typed, to be sent once more."""
        return {name: value or "" for name, value in super().entered().items()}

    def _read_time(self, field: Field) -> None:
        if not self._is_set(field, "Choose a date and a time."):
            return self._keep_cleared(field, None)
        try:
            read = read_local_time(field.data, self._zone)
        except InvalidLocalTime as error:
            raise ValidationError(str(error)) from None
        if read.note:
            self.time_notes.append(read.note)
        return self._keep(field, read.at)

    def _is_set(self, field: Field, missing: str) -> bool:
        is_set = bool(self[f"{field.name}_act"].data == SET)
        if is_set and not field.data:
            raise ValidationError(missing)
        return is_set

    def _keep(self, field: Field, value: Any) -> None:
        self._read[field.name] = value

    def _keep_cleared(self, field: Field, nothing: str | None) -> None:
        if self[f"{field.name}_act"].data == CLEAR:
            self._keep(field, nothing)
