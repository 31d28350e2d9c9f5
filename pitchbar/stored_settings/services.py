"""Writing stored settings; what is written fits, or nothing is."""

from collections.abc import Mapping

from sqlalchemy import select

from pitchbar.core import clock
from pitchbar.core.encryption import Unreadable, decrypt, encrypt
from pitchbar.extensions import db
from pitchbar.settings import Settings
from pitchbar.stored_settings.models import StoredSetting
from pitchbar.stored_settings.overlay import with_stored

# Of a shorter secret its end would tell too much.
_SHORTEST_WITH_HINT = 16


def list_stored() -> dict[str, StoredSetting]:
    return {row.name: row for row in db.session.scalars(select(StoredSetting))}


def stored_values(environment: Settings) -> dict[str, str]:
    """Those that can be read."""
    values = {}
    for row in list_stored().values():
        try:
            values[row.name] = decrypt(row.encrypted, environment.app_keys)
        except Unreadable:
            continue
    return values


def change_settings(
    environment: Settings, changes: Mapping[str, str | None], secret: frozenset[str]
) -> tuple[list[str], Settings]:
    """Sets what has a value and removes what has none, None. Returns the names that differ now,
    and the settings as they will be.

    Raises:
        SettingsRefused: together with what is stored and in the environment they do not fit.
    """
    known = stored_values(environment)
    wanted = {name: text for name, text in {**known, **changes}.items() if text is not None}
    settings = with_stored(environment, environment, wanted)
    differing = [name for name in changes if changes[name] != known.get(name)]
    rows = list_stored()
    for name in changes:
        text, row = changes[name], rows.get(name)
        if text is None:
            if row is not None:
                db.session.delete(row)
                differing += [] if name in differing else [name]
        elif name in differing:
            row = row or StoredSetting(name=name)
            row.encrypted = encrypt(text, environment.app_keys)
            is_long = name in secret and len(text) >= _SHORTEST_WITH_HINT
            row.hint = text[-4:] if is_long else ""
            row.changed_at = clock.now()
            db.session.add(row)
    db.session.flush()
    return sorted(differing), settings
