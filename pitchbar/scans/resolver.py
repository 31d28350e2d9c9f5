"""Short code to destination, from a cache in the process.

An entry is looked up again when it is older than `max_stale` seconds, or at once when the bus says
that its code changed. When the database does not answer, a known code keeps redirecting.
"""

import logging
import threading
import time
from collections import OrderedDict
from urllib.parse import unquote

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from pitchbar.core.bus import Bus
from pitchbar.scans.redirects import ResolvedCode, set_utm

log = logging.getLogger(__name__)

_QUERY = text(
    """
    SELECT c.id, c.workspace_id, w.time_zone, w.name, c.status, c.destination_url,
           c.utm_source, c.utm_medium, c.utm_campaign, c.utm_term, c.utm_content,
           c.forward_parameters, w.fallback_url
    FROM codes c JOIN workspaces w ON w.id = c.workspace_id
    WHERE c.short_code = :short_code AND c.deleted_at IS NULL
    """
)
# While the database is down, only one request in this many seconds waits to find out.
_RETRY_SECONDS = 2.0


class Unavailable(Exception):
    """The code is not in the cache and the database does not answer."""


class Resolver:
    """`resolve(short_code)` gives the code, or None when there is none.

    Args:
        engine: read only, and only for codes that are not fresh in the cache.
        max_stale: seconds for which an entry is used unasked.
        capacity: entries kept; the least recently used one goes first.
    """

    def __init__(self, engine: Engine, *, max_stale: float = 2.0, capacity: int = 100_000) -> None:
        self._engine = engine
        self._max_stale = max_stale
        self._capacity = capacity
        self._entries: OrderedDict[str, tuple[float, ResolvedCode | None]] = OrderedDict()
        self._lock = threading.Lock()
        self._ask_again_at = 0.0

    def listen(self, bus: Bus) -> None:
        """Forgets a code as soon as the bus says that it changed."""
        bus.subscribe("codes", lambda message: self.forget(str(message["short_code"])))

    def forget(self, short_code: str) -> None:
        """The next scan looks again; the old entry stays in case the database is gone."""
        with self._lock:
            entry = self._entries.get(short_code)
            if entry is not None:
                self._entries[short_code] = (-1e9, entry[1])

    def resolve(self, short_code: str) -> ResolvedCode | None:
        """Raises Unavailable when neither the cache nor the database knows."""
        entry = self._entries.get(short_code)
        now = time.monotonic()
        if entry is not None and now - entry[0] < self._max_stale:
            return entry[1]
        return self._look_up(normalise_short_code(short_code), now)

    def _look_up(self, short_code: str, now: float) -> ResolvedCode | None:
        entry = self._entries.get(short_code)
        if entry is not None and now - entry[0] < self._max_stale:
            return entry[1]
        if now >= self._ask_again_at:
            try:
                return self._remember(short_code, self._read(short_code))
            except SQLAlchemyError as error:
                self._ask_again_at = time.monotonic() + _RETRY_SECONDS
                log.error("the database does not answer the resolver: %s", error)
        if entry is None or entry[1] is None:
            raise Unavailable
        return entry[1]

    def _remember(self, short_code: str, code: ResolvedCode | None) -> ResolvedCode | None:
        with self._lock:
            self._entries[short_code] = (time.monotonic(), code)
            self._entries.move_to_end(short_code)
            while len(self._entries) > self._capacity:
                self._entries.popitem(last=False)
        return code

    def _read(self, short_code: str) -> ResolvedCode | None:
        if not short_code or len(short_code) > 64:
            return None
        with self._engine.connect() as connection:
            row = connection.execute(_QUERY, {"short_code": short_code}).one_or_none()
        if row is None:
            return None
        code_id, workspace_id, time_zone, workspace_name, status, destination, *rest = row
        *utm, forward, fallback = rest
        source, medium, campaign, term, content = utm
        defaults = (source, medium, campaign, term, content)
        location, values = set_utm(destination, defaults, [])
        return ResolvedCode(
            code_id,
            workspace_id,
            time_zone,
            workspace_name,
            status == "active",
            destination,
            defaults,
            bool(forward),
            location,
            values,
            fallback,
        )


def normalise_short_code(raw: str) -> str:
    """As people type it: any case, perhaps with a slash behind. WSGI gives bytes as Latin-1."""
    return unquote(raw).strip("/").lower().replace("\x00", "")
