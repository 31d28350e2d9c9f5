"""The values of a code that its form and the API set: cleaned, checked, and as the audit log
compares them.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pitchbar.codes.destinations import clean_destination
from pitchbar.codes.fallbacks import clean_fallback
from pitchbar.codes.limits_of_use import (
    check_scan_limit,
    check_time,
    clean_campaign,
    make_password_hash,
    require_order,
)
from pitchbar.codes.models import Code
from pitchbar.core.utm import UTM_COLUMNS
from pitchbar.settings import Settings

EDITABLE = (
    "name",
    "destination_url",
    *UTM_COLUMNS,
    "forward_parameters",
    "error_correction",
    "notes",
    "campaign",
    "starts_at",
    "ends_at",
    "scan_limit",
    "fallback_url",
    "attribution",
)
_CLEANERS: Mapping[str, Callable[[Any, Settings], Any]] = {
    "destination_url": clean_destination,
    "fallback_url": clean_fallback,
    "campaign": lambda value, _settings: clean_campaign(value),
    "starts_at": lambda value, _settings: check_time("starts_at", value),
    "ends_at": lambda value, _settings: check_time("ends_at", value),
    "scan_limit": lambda value, _settings: check_scan_limit(value),
}


def assign(code: Code, fields: Mapping[str, Any], settings: Settings) -> None:
    """Sets the named values; `password` is stored as its hash, and None or empty removes it.

    Raises:
        InvalidDestination, InvalidFallback, InvalidTimes, InvalidScanLimit, InvalidPassword,
        InvalidCampaign: and then nothing was set.
    """
    values = check_values(fields, settings)
    if values.keys() & {"starts_at", "ends_at"}:
        require_order(values.get("starts_at", code.starts_at), values.get("ends_at", code.ends_at))
    if "password" in fields:
        values["password_hash"] = make_password_hash(fields["password"])
    for name, value in values.items():
        setattr(code, name, value)


def check_values(fields: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """Those of the fields that are columns, each as it is stored. Raises what `assign` does."""
    values = {name: fields[name] for name in EDITABLE if name in fields}
    for name, clean in _CLEANERS.items():
        if name in values:
            values[name] = clean(values[name], settings)
    return values


def snapshot(code: Code) -> dict[str, Any]:
    """What the audit log compares, by `told`; nothing of a code that is deleted."""
    if code.deleted_at:
        return {}
    address = {
        "short_code": code.present_short_code,
        "domain": code.domain.host if code.domain else "",
    }
    names = ("status", *EDITABLE, "password_hash")
    return {**address, **{name: _written(getattr(code, name)) for name in names}}


def told(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two snapshots as others may read them: of a password, only what became of it."""
    before, after = dict(before), dict(after)
    old, new = before.pop("password_hash", None), after.pop("password_hash", None)
    if old != new:
        before["password"] = "set" if old else ""
        after["password"] = ("changed" if old else "set") if new else "removed"
    return before, after


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
