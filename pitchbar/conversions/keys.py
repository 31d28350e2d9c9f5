"""Whose pixel calls: from a key in its address to a workspace, from a cache in the process.

With the database down, known keys are known still; of an unknown one nobody can tell.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, Engine, bindparam, text

from pitchbar.core.bus import Bus

log = logging.getLogger(__name__)
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
_FRESH_SECONDS = 30.0
_UNKNOWN_FRESH_SECONDS = 5.0
_WAIT_SECONDS = 0.5
# While the database is down, only one call in this many seconds waits to find out.
_RETRY_SECONDS = 2.0
_CAPACITY = 20_000


class Owner(NamedTuple):
    workspace_id: int
    time_zone: str


class Unavailable(Exception):
    """The key is not in the cache and the database does not answer."""


def read_owners(connection: Connection, keys: Iterable[str]) -> dict[str, Owner]:
    """By key, present ones and those that were replaced; a key that nobody has is left out."""
    wanted = list(keys)
    found = connection.execute(_QUERY, {"keys": wanted}).all() if wanted else []
    return {key: Owner(workspace_id, zone) for key, workspace_id, zone in found}


class _Lookup:
    """A question to the database, for all calls that wait for it."""

    def __init__(self) -> None:
        self.is_complete = False
        self.owner: Owner | None = None
        self.done = threading.Event()


class PixelKeys:
    """`find(key)` gives the owner, or None when nobody has the key.

    Args:
        engine: asked in a thread, because a database that hangs must not hold up the calls of known
            keys.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._entries: OrderedDict[str, tuple[float, Owner | None]] = OrderedDict()
        self._lookups: dict[str, _Lookup] = {}
        self._lock = threading.Lock()
        self._retry_at = 0.0

    def listen(self, bus: Bus) -> None:
        """Forgets a key as soon as the bus says that it was made or removed."""
        bus.subscribe(TOPIC, lambda message: self.forget(str(message["key"])))

    def forget(self, key: str) -> None:
        with self._lock:
            self._lookups.pop(key, None)
            self._entries.pop(key, None)

    def reset_after_fork(self) -> None:
        """In a forked child: the parent's threads are gone, and with them their answers."""
        self._lock = threading.Lock()
        self._lookups = {}

    def find(self, key: str) -> Owner | None:
        """Raises Unavailable."""
        known = self._entries.get(key)
        now = time.monotonic()
        if known and now < known[0]:
            return known[1]
        if now >= self._retry_at:
            lookup = self._start_lookup(key)
            lookup.done.wait(_WAIT_SECONDS)
            if lookup.is_complete:
                return lookup.owner
            self._retry_at = time.monotonic() + _RETRY_SECONDS
        if known and known[1]:
            return known[1]
        raise Unavailable

    def _start_lookup(self, key: str) -> _Lookup:
        with self._lock:
            lookup = self._lookups.get(key)
            if lookup is None:
                lookup = self._lookups[key] = _Lookup()
                arguments = (key, lookup)
                threading.Thread(target=self._run, args=arguments, daemon=True, name="keys").start()
            return lookup

    def _run(self, key: str, lookup: _Lookup) -> None:
        asked_at = time.monotonic()
        try:
            with self._engine.connect() as connection:
                lookup.owner = read_owners(connection, [key]).get(key)
            lookup.is_complete = True
        except Exception as error:
            log.error("the database does not tell whose a pixel key is: %s", error)
        with self._lock:
            # Not when the key was told to have changed meanwhile.
            if self._lookups.pop(key, None) is lookup and lookup.is_complete:
                self._remember(key, asked_at, lookup.owner)
        lookup.done.set()

    def _remember(self, key: str, asked_at: float, owner: Owner | None) -> None:
        until = asked_at + (_FRESH_SECONDS if owner else _UNKNOWN_FRESH_SECONDS)
        self._entries[key] = (until, owner)
        self._entries.move_to_end(key)
        while len(self._entries) > _CAPACITY:
            self._entries.popitem(last=False)
