"""How safe the scans are that are not stored yet: the spools of all processes, and Redis."""

import time
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app

from pitchbar.core.redis_client import Breaker, connect_redis, find_weaknesses
from pitchbar.scans.settings import ScanSettings
from pitchbar.scans.spool_figures import SpoolFigures, list_local, list_spools
from pitchbar.settings import Settings, current_settings

_FRESH_SECONDS = 15.0
_TIMEOUT_SECONDS = 0.25


@dataclass(frozen=True)
class ScanHealth:
    """`redis` is "ok", "at risk" or "down", empty where there is none; `notes` say why, a sentence
    each. `spools` are those that told something lately.
    """

    redis: str = ""
    notes: list[str] = field(default_factory=list)
    spools: list[SpoolFigures] = field(default_factory=list)

    @property
    def late(self) -> list[SpoolFigures]:
        """Spools that wait too long, or hold scans in memory."""
        limit = current_settings()[ScanSettings].spool_wait_alert
        return [one for one in self.spools if one.is_at_risk or one.wait_seconds > limit]

    @property
    def spool(self) -> str:
        """The worst of all: "ok", "waiting", "in memory" or "full"."""
        if any(one.is_full for one in self.spools):
            return "full"
        if any(one.is_at_risk for one in self.spools):
            return "in memory"
        return "waiting" if self.late else "ok"

    @property
    def cannot_keep_scans(self) -> bool:
        """Whether this process drops what it accepts."""
        return any(one.is_full for one in list_local())


class _Watch:
    """Of one application: asks Redis now and then, however often somebody asks here."""

    def __init__(self, settings: Settings) -> None:
        url = settings.redis_url
        self._redis: Any = connect_redis(url, _TIMEOUT_SECONDS) if url else None
        self._breaker = Breaker("reading how the scans do", _FRESH_SECONDS)
        self._notes: tuple[float, list[str]] = (float("-inf"), [])

    def look(self) -> ScanHealth:
        if self._redis is None:
            return ScanHealth(spools=list_spools())
        down = ScanHealth("down", ["Redis does not answer; scans wait on disk."], list_local())
        return self._breaker.call(self._ask, down)

    def _ask(self) -> ScanHealth:
        asked_at, notes = self._notes
        if time.monotonic() - asked_at > _FRESH_SECONDS:
            notes = find_weaknesses(self._redis)
            self._notes = (time.monotonic(), notes)
        return ScanHealth("at risk" if notes else "ok", notes, list_spools(self._redis))


def find_scan_health() -> ScanHealth:
    return _watch_of(current_app).look()


def _watch_of(app: Flask) -> _Watch:
    found: _Watch = app.extensions.setdefault("scan_health", None) or _Watch(current_settings())
    app.extensions["scan_health"] = found
    return found
