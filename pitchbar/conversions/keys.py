"""Whose pixel calls: from a key in its address to a workspace, from a cache in the process.

With the database down, known keys are known still; of an unknown one nobody can tell.
"""

import time
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, Engine, bindparam, text

from pitchbar.core.bus import Bus
from pitchbar.scans.known_answers import KnownAnswers

TOPIC = "pixel_keys"
# As text: the process that redirects alone loads no models of workspaces.
_QUERY = text(
    """
    SELECT pixel_key, id, time_zone FROM workspaces WHERE pixel_key IN :keys
    UNION ALL
    SELECT o.key, w.id, w.time_zone FROM old_pixel_keys o JOIN workspaces w ON w.id = o.workspace_id
    WHERE o.key IN :keys
    """
).bindparams(bindparam("keys", expanding=True))
# A removed key is told by the bus; without the message, it ends after this time.
_MAX_STALE_SECONDS = 15.0
_CAPACITY = 20_000


class Owner(NamedTuple):
    workspace_id: int
    time_zone: str


def read_owners(connection: Connection, keys: Iterable[str]) -> dict[str, Owner]:
    """By key, present ones and those that were replaced; a key that nobody has is left out."""
    wanted = list(keys)
    found = connection.execute(_QUERY, {"keys": wanted}).all() if wanted else []
    return {key: Owner(workspace_id, zone) for key, workspace_id, zone in found}


class PixelKeys(KnownAnswers[Owner]):
    """`find(key)` gives the owner, or None when nobody has the key."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(max_stale=_MAX_STALE_SECONDS, capacity=_CAPACITY, name="pixel's keys")
        self._engine = engine

    def listen(self, bus: Bus) -> None:
        """Asks again as soon as the bus says that a key was made or removed."""
        bus.subscribe(TOPIC, lambda message: self.invalidate(str(message["key"])))

    def find(self, key: str) -> Owner | None:
        """Raises Unavailable."""
        return self._look_up(key, time.monotonic())

    def _read(self, key: str) -> Owner | None:
        with self._engine.connect() as connection:
            return read_owners(connection, [key]).get(key)
