"""What the page shows of a service: where each value comes from, and of a secret its end alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pitchbar.core.redaction import redact
from pitchbar.operations.services.catalogue import Entry, Service
from pitchbar.settings import Settings
from pitchbar.stored_settings.models import StoredSetting
from pitchbar.stored_settings.overlay import StoredSettings

ENVIRONMENT, STORED, NOTHING = "environment", "stored", ""


@dataclass(frozen=True)
class ShownEntry:
    """`source` is where the value in force comes from; `hint` ends a secret."""

    entry: Entry
    source: str
    text: str = ""
    hint: str = ""
    changed_at: datetime | None = None
    fault: str = ""
    # Stored, and the environment wins.
    is_hidden: bool = False


@dataclass(frozen=True)
class Shown:
    service: Service
    entries: list[ShownEntry]

    @property
    def is_set(self) -> bool:
        return any(one.source for one in self.entries)

    @property
    def has_fault(self) -> bool:
        return any(one.fault for one in self.entries)


def show_service(
    service: Service,
    known: StoredSettings,
    settings: Settings,
    rows: Mapping[str, StoredSetting],
) -> Shown:
    return Shown(
        service, [_show(one, known, settings, rows.get(one.name)) for one in service.entries]
    )


def _show(
    entry: Entry, known: StoredSettings, settings: Settings, row: StoredSetting | None
) -> ShownEntry:
    value = _value_of(settings, entry.name)
    if known.is_in_environment(entry.name):
        return ShownEntry(
            entry,
            ENVIRONMENT,
            "" if entry.is_secret else _as_text(value),
            is_hidden=row is not None,
        )
    if row is None:
        return ShownEntry(entry, NOTHING)
    text = "" if entry.is_secret else _as_text(value)
    fault = known.faults.get(entry.name, "")
    return ShownEntry(entry, STORED, text, row.hint, row.changed_at, fault)


def _value_of(settings: Settings, name: str) -> Any:
    kind = next(kind for kind in settings.groups() if name in kind.model_fields)
    return getattr(settings[kind], name)


def _as_text(value: Any) -> str:
    text = ", ".join(value) if isinstance(value, tuple) else str(value)
    # An address may carry a password.
    return redact(text)
