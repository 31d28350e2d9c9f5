"""Short code to destination, from a cache in the process.

An entry is looked up again when it is older than `max_stale` seconds, or at once when the bus says
that its code changed. When the database does not answer, a known code keeps redirecting.
"""

import logging
import re
import threading
import time
from collections import OrderedDict
from datetime import datetime
from typing import TypeVar
from urllib.parse import unquote

from sqlalchemy import Engine, text

from pitchbar.core.bus import Bus
from pitchbar.core.database import UtcDateTime
from pitchbar.core.tagging import set_utm
from pitchbar.core.utm import UTM_COLUMNS, Utm
from pitchbar.scans.accepted import NO_WAY, Way
from pitchbar.scans.code_rules import CodeRules, read_code_rules
from pitchbar.scans.gates import Gate
from pitchbar.scans.redirects import ResolvedCode, Special

log = logging.getLogger(__name__)
Value = TypeVar("Value")

_QUERY = text(
    f"""
    SELECT c.id, c.workspace_id, w.time_zone, w.name, c.status, c.destination_url,
           {", ".join(f"c.{name}" for name in UTM_COLUMNS)}, c.forward_parameters,
           coalesce(nullif(c.fallback_url, ''), w.fallback_url), c.campaign, c.starts_at, c.ends_at,
           c.routing
    FROM codes c JOIN workspaces w ON w.id = c.workspace_id
    WHERE c.short_code = :short_code AND c.deleted_at IS NULL
    """  # noqa: S608  # our own names, no input
).columns(starts_at=UtcDateTime, ends_at=UtcDateTime)
# Anything else was never given out, and is worth neither a query nor a place in the cache.
_LEADING = re.compile(r"[a-z0-9_-]*")
_WELL_FORMED = re.compile(r"[a-z0-9_-]{1,64}")
# How long a visitor waits for the database, with and without an old answer at hand.
_KNOWN_WAIT_SECONDS = 0.5
_UNKNOWN_WAIT_SECONDS = 3.0
# While the database is down, only one request in this many seconds waits to find out.
_RETRY_SECONDS = 2.0
# A look-up that hangs so long is followed by another.
_HOPELESS_SECONDS = 15.0
# A place of their own, so that guessing short codes pushes no real one out of the cache.
_UNKNOWN_CAPACITY = 10_000


class Unavailable(Exception):
    """The code is not in the cache and the database does not answer."""


class _Lookup:
    """A question to the database, asked once for all requests that wait for it."""

    def __init__(self) -> None:
        self.asked_at = time.monotonic()
        self.is_complete = False
        self.code: ResolvedCode | None = None
        self.done = threading.Event()


class Resolver:
    """`resolve(short_code)` gives the code, or None when there is none.

    Args:
        engine: read only, and only for codes that are not fresh in the cache. It is asked in a
            thread, because a database that hangs must not hold up the visitors of known codes.
        max_stale: seconds for which an entry is used unasked.
        capacity: entries kept; the one that was not asked for the longest goes first.
    """

    def __init__(self, engine: Engine, *, max_stale: float = 2.0, capacity: int = 100_000) -> None:
        self._engine = engine
        self._max_stale = max_stale
        self._capacity = capacity
        self._entries: OrderedDict[str, tuple[float, ResolvedCode]] = OrderedDict()
        self._unknown: OrderedDict[str, float] = OrderedDict()
        self._lookups: dict[str, _Lookup] = {}
        self._lock = threading.Lock()
        self._retry_at = 0.0

    def listen(self, bus: Bus) -> None:
        """Forgets a code as soon as the bus says that it changed."""
        bus.subscribe("codes", lambda message: self.invalidate(str(message["short_code"])))

    def invalidate(self, short_code: str) -> None:
        """The next scan looks again; the old entry stays in case the database is gone."""
        with self._lock:
            # An answer that is under way may be older than the change.
            self._lookups.pop(short_code, None)
            self._unknown.pop(short_code, None)
            entry = self._entries.get(short_code)
            if entry is not None:
                self._entries[short_code] = (-1e9, entry[1])

    def reset_after_fork(self) -> None:
        """In a forked child: the parent's threads are gone, and with them their answers."""
        self._lock = threading.Lock()
        self._lookups = {}

    def resolve(self, short_code: str) -> ResolvedCode | None:
        """Raises Unavailable when neither the cache nor the database knows."""
        entry = self._entries.get(short_code)
        now = time.monotonic()
        if entry is not None and now - entry[0] < self._max_stale:
            return entry[1]
        short_code = normalise_short_code(short_code)
        return self._look_up(short_code, now) if _WELL_FORMED.fullmatch(short_code) else None

    def is_fresh(self, short_code: str) -> bool:
        """Whether `resolve` answers without a look-up."""
        entry = self._entries.get(short_code)
        return entry is not None and time.monotonic() - entry[0] < self._max_stale

    def is_known(self, short_code: str) -> bool:
        """Whether the cache has it, however old: then it costs no look-up by itself."""
        return short_code in self._entries or normalise_short_code(short_code) in self._entries

    def _look_up(self, short_code: str, now: float) -> ResolvedCode | None:
        known_at, code = self._entries.get(short_code, (-1e9, None))
        known_at = max(known_at, self._unknown.get(short_code, -1e9))
        if now - known_at < self._max_stale:
            return code
        if now >= self._retry_at:
            lookup = self._start_lookup(short_code)
            lookup.done.wait(_KNOWN_WAIT_SECONDS if code else _UNKNOWN_WAIT_SECONDS)
            if lookup.is_complete:
                return lookup.code
            self._retry_at = time.monotonic() + _RETRY_SECONDS
        if code is None:
            raise Unavailable
        return code

    def _start_lookup(self, short_code: str) -> _Lookup:
        with self._lock:
            lookup = self._lookups.get(short_code)
            if lookup is None or time.monotonic() - lookup.asked_at > _HOPELESS_SECONDS:
                lookup = self._lookups[short_code] = _Lookup()
                self._start_thread(short_code, lookup)
            return lookup

    def _start_thread(self, short_code: str, lookup: _Lookup) -> None:
        """Called under the lock."""
        try:
            threading.Thread(
                target=self._run_lookup, args=(short_code, lookup), daemon=True, name="resolver"
            ).start()
        except (RuntimeError, MemoryError) as error:
            # The system has no thread for us: whoever comes next tries again.
            log.error("the resolver cannot ask the database: %s", error)
            del self._lookups[short_code]
            lookup.done.set()

    def _run_lookup(self, short_code: str, lookup: _Lookup) -> None:
        try:
            lookup.code = self._read(short_code)
            lookup.is_complete = True
        except Exception as error:
            log.error("the database does not answer the resolver: %s", error)
        with self._lock:
            if self._lookups.get(short_code) is lookup:
                del self._lookups[short_code]
                if lookup.is_complete:
                    self._cache_result(short_code, lookup)
        lookup.done.set()

    def _cache_result(self, short_code: str, lookup: _Lookup) -> None:
        # As old as the question: the answer may have changed since.
        if lookup.code is None:
            self._entries.pop(short_code, None)
            _put_newest(self._unknown, short_code, lookup.asked_at, _UNKNOWN_CAPACITY)
        else:
            self._unknown.pop(short_code, None)
            _put_newest(self._entries, short_code, (lookup.asked_at, lookup.code), self._capacity)

    def _read(self, short_code: str) -> ResolvedCode | None:
        with self._engine.connect() as connection:
            row = connection.execute(_QUERY, {"short_code": short_code}).one_or_none()
            if row is None:
                return None
            rules = read_code_rules(connection, row) if row.routing else None
        code_id, workspace_id, time_zone, workspace_name, status, destination, *rest = row
        *utm, forward, fallback, campaign, starts_at, ends_at, _ = rest
        defaults = Utm(*utm)
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
            Way(campaign=campaign) if campaign else NO_WAY,
            _read_special(starts_at, ends_at, rules),
        )


def _read_special(
    starts_at: datetime | None, ends_at: datetime | None, rules: CodeRules | None
) -> Special | None:
    gate = None
    if starts_at or ends_at:
        gate = Gate(_milliseconds(starts_at), _milliseconds(ends_at))
    return Special(gate, rules) if gate or rules else None


def _milliseconds(at: datetime | None) -> int:
    return round(at.timestamp() * 1000) if at else 0


def _put_newest(cache: OrderedDict[str, Value], key: str, value: Value, capacity: int) -> None:
    cache[key] = value
    cache.move_to_end(key)
    while len(cache) > capacity:
        cache.popitem(last=False)


def normalise_short_code(raw: str) -> str:
    """As people type and texts wrap it: any case, and ended by what no short code can contain, such
    as a full stop, a bracket or an invisible space. WSGI gives bytes as Latin-1.
    """
    return _LEADING.match(unquote(raw).lstrip("/").lower())[0]  # type: ignore[index]  # matches all
