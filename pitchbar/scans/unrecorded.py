"""Scans that were led on and not recorded, because the plan records no more of them this month.

Each process counts its own and writes the whole of it about once a second: a row for each code and
month, which it writes again and again. So nothing counts twice, and a process that is killed takes
a second with it at the most.
"""

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine

from pitchbar.scans.bulk_sql import insert_or_replace_older
from pitchbar.scans.hour_counts import HourCounts
from pitchbar.scans.models import UnrecordedScans

log = logging.getLogger(__name__)
_EVERY_SECONDS = 1.0
# code, month
_Key = tuple[int, date]


@dataclass(slots=True)
class _Count:
    workspace_id: int
    first_ms: int
    last_ms: int
    scans: int = 0
    written: int = 0


class Unrecorded:
    """Args:
    engine: written to in a thread, as a database that hangs must not hold up the shipper.
    hours: counts them by the hour, too.
    """

    def __init__(self, engine: Engine, hours: HourCounts | None = None) -> None:
        self._engine = engine
        self._hours = hours
        self._start_anew()

    def _start_anew(self) -> None:
        self._process = uuid4().hex
        self._lock = threading.Lock()
        self._counts: dict[_Key, _Count] = {}
        self._flush_at = 0.0
        self._is_changed = False
        self._thread: threading.Thread | None = None

    def reset_after_fork(self) -> None:
        """In a forked child: what was counted is the parent's."""
        self._start_anew()

    def add(self, workspace_id: int, code_id: int, month: date, milliseconds: int) -> None:
        with self._lock:
            count = self._counts.get((code_id, month))
            if count is None:
                count = _Count(workspace_id, milliseconds, milliseconds)
                self._counts[code_id, month] = count
            count.scans += 1
            count.last_ms = max(count.last_ms, milliseconds)
            self._is_changed = True
        if self._hours is not None:
            self._hours.add_unrecorded(workspace_id, milliseconds)

    def flush(self, *, is_last: bool = False) -> None:
        """Begins to write what is new; called often."""
        if not self._is_changed or (self._thread and self._thread.is_alive()):
            return
        now = time.monotonic()
        if now < self._flush_at and not is_last:
            return
        self._flush_at = now + _EVERY_SECONDS
        try:
            self._thread = threading.Thread(target=self._write, daemon=True, name="unrecorded")
            self._thread.start()
        except (RuntimeError, MemoryError) as error:
            # The system has no thread for us: the next call tries again.
            log.error("scans that are not recorded are counted later: %s", error)
            return
        if is_last:
            self._thread.join(2.0)

    def _write(self) -> None:
        with self._lock:
            self._is_changed = False
            new = [(key, one, one.scans) for key, one in self._counts.items()
                   if one.scans != one.written]  # fmt: skip
            rows = [self._row(key, one) for key, one, _ in new]
        try:
            self._store(rows)
        except Exception as error:
            self._is_changed = True
            log.warning("scans that are not recorded are counted later: %s", error)
            return
        for _, one, written in new:
            one.written = written

    def _store(self, rows: Sequence[dict[str, Any]]) -> None:
        if rows:
            with self._engine.begin() as connection:
                insert_or_replace_older(connection, UnrecordedScans, rows, "scans")

    def _row(self, key: _Key, count: _Count) -> dict[str, Any]:
        code_id, month = key
        return {
            "process": self._process,
            "code_id": code_id,
            "month": month,
            "workspace_id": count.workspace_id,
            "scans": count.scans,
            "first_at": datetime.fromtimestamp(count.first_ms / 1000, UTC),
            "last_at": datetime.fromtimestamp(count.last_ms / 1000, UTC),
        }
