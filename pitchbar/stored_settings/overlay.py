"""The settings of a process: those of the environment, and stored ones where it names none.

The database is never needed to reach the database: a process starts with its environment, and looks
for stored settings once it serves. It looks again before a request or a job when the last look is
five seconds old, so a change is in force everywhere within that time.
"""

import logging
import time
from collections.abc import Mapping

from flask import Flask, current_app
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from pitchbar.core.encryption import Unreadable, decrypt
from pitchbar.core.environment import SettingsError
from pitchbar.core.setting_types import SettingsGroup, explain
from pitchbar.core.weak_secrets import refuse_weak_secrets
from pitchbar.extensions import db
from pitchbar.settings import Settings
from pitchbar.stored_settings.models import StoredSetting

log = logging.getLogger(__name__)
LOOK_SECONDS = 5.0


class SettingsRefused(Exception):
    """Values that do not fit. `fields` has a sentence for each, `""` for what concerns several."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(fields.values()))
        self.fields = dict(fields)


class StoredSettings:
    """Of one application. `faults` says, by setting, why a stored value is not in force."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._app = app
        self.environment = settings
        self.faults: dict[str, str] = {}
        self._known: dict[str, str] = {}
        self._look_at = 0.0

    def look(self, *, at_once: bool = False) -> None:
        """Takes over what was changed. Without the database all stays as it is."""
        now = time.monotonic()
        if now < self._look_at and not at_once:
            return
        self._look_at = now + LOOK_SECONDS
        try:
            with db.engine.connect() as connection:
                rows = connection.execute(select(StoredSetting.name, StoredSetting.encrypted))
                found = {row.name: row.encrypted for row in rows}
        except SQLAlchemyError as error:
            log.debug("stored settings stay as they are: %s", error)
            return
        if found != self._known:
            self._take(found)

    def is_in_environment(self, name: str) -> bool:
        return name in _group_of(self.environment, name).model_fields_set

    def _take(self, found: dict[str, str]) -> None:
        self._known, self.faults = found, {}
        values: dict[str, str] = {}
        for name, encrypted in found.items():
            try:
                values[name] = decrypt(encrypted, self.environment.app_keys)
            except Unreadable:
                self.faults[name] = "It was encrypted under another APP_KEY. Enter it again."
        settings, faults = self.environment, self.faults
        for kind in _groups_of(self.environment, values):
            own = {name: text for name, text in values.items() if name in kind.model_fields}
            try:
                settings = with_stored(settings, self.environment, own)
            except SettingsRefused as refused:
                faults |= dict.fromkeys(own, str(refused))
                log.error("stored settings are not in force: %s", refused)
        self._app.extensions["settings"] = settings


def with_stored(settings: Settings, environment: Settings, values: Mapping[str, str]) -> Settings:
    """`settings` with those of `values` that the environment does not name; all of a group that
    has one come from `values` and the environment alone.

    Raises:
        SettingsRefused
    """
    groups = {}
    for kind in _groups_of(environment, values):
        group = environment[kind]
        own = {name: getattr(group, name) for name in group.model_fields_set}
        own |= {
            name: text
            for name, text in values.items()
            if name in kind.model_fields and name not in own
        }
        groups[kind] = _read(kind, own, environment)
    return settings.with_groups(groups)


def _read(
    kind: type[SettingsGroup], values: Mapping[str, object], environment: Settings
) -> SettingsGroup:
    try:
        read = kind.model_validate(values).with_defaults_in(environment.data_dir)
        if not environment.is_development:
            read.refuse_in(environment.app_env)
            refuse_weak_secrets(read, environment.app_env)
    except ValidationError as error:
        raise SettingsRefused(explain(error)) from None
    except SettingsError as error:
        # Its sentence begins with the variable that is wrong.
        name = str(error).partition(" ")[0].lower()
        raise SettingsRefused({name if name in kind.model_fields else "": str(error)}) from None
    return read


def _groups_of(settings: Settings, names: Mapping[str, str]) -> list[type[SettingsGroup]]:
    return [kind for kind in settings.groups() if not names.keys().isdisjoint(kind.model_fields)]


def _group_of(settings: Settings, name: str) -> SettingsGroup:
    return next(settings[kind] for kind in settings.groups() if name in kind.model_fields)


def stored_settings() -> StoredSettings:
    """Of the application that is at work."""
    found: StoredSettings = current_app.extensions["stored_settings"]
    return found


def take_over_changes() -> None:
    """Before a request or a job."""
    stored_settings().look()
