"""How many scans were accepted in each hour, told beside the scans themselves: what is stored must
come to the same.

Each process counts the lines of its own spool, in the shipper's thread, when they are on disk, and
scans that it led on without a line. About once a second it writes the whole of what it counted: a
row for each workspace and hour, written again and again, so that nothing counts twice. A process
that is killed takes up to a second of its counts with it, and no scan: then more is stored than
was counted.
"""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import Engine

from pitchbar.core.figures import SCANS_ACCEPTED
from pitchbar.scans.bulk_sql import insert_or_replace_older
from pitchbar.scans.models import AcceptedHour

log = logging.getLogger(__name__)
_EVERY_SECONDS = 1.0
_ANEW_SECONDS = 86_400.0
_HOUR_MS = 3_600_000
# Of the year 8000.
_LAST = 52_850_000
RECORDED, UNRECORDED = "recorded", "unrecorded"
# kind, workspace, hours since 1970
_Key = tuple[str, int, int]


class HourCounts:
    """Args:
    engine: written to in a thread, as a database that hangs must not hold up the shipper.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.reset_after_fork()

    def reset_after_fork(self) -> None:
        """In a forked child: what was counted is the parent's."""
        self._begin_anew()
        self._lock = threading.Lock()
        self._flush_at = 0.0
        self._thread: threading.Thread | None = None

    def _begin_anew(self) -> None:
        self._process = uuid4().hex
        self._anew_at = time.monotonic() + _ANEW_SECONDS
        self._counts: defaultdict[_Key, int] = defaultdict(int)
        self._written: dict[_Key, int] = {}

    def add_lines(self, lines: Iterable[bytes]) -> None:
        """Of the spool; what is no scan is in no hour."""
        found = [key for line in lines if (key := hour_of_line(line))]
        with self._lock:
            for workspace_id, hour in found:
                self._counts[RECORDED, workspace_id, hour] += 1
        if found:
            SCANS_ACCEPTED.add(len(found), RECORDED)

    def add_unrecorded(self, workspace_id: int, milliseconds: int) -> None:
        with self._lock:
            self._counts[UNRECORDED, workspace_id, milliseconds // _HOUR_MS] += 1
        SCANS_ACCEPTED.add(1, UNRECORDED)

    def flush(self, *, is_last: bool = False) -> None:
        """Begins to write what is new; called often."""
        if self._thread and self._thread.is_alive():
            if not is_last:
                return
            self._thread.join(2.0)
        now = time.monotonic()
        if now < self._flush_at and not is_last:
            return
        with self._lock:
            new = {key: n for key, n in self._counts.items() if self._written.get(key) != n}
            if not new and now > self._anew_at:
                # All is written: rows of a new name begin, and hours of long ago are forgotten.
                self._begin_anew()
        if not new:
            return
        self._flush_at = now + _EVERY_SECONDS
        try:
            self._thread = threading.Thread(
                target=self._write, args=(new,), daemon=True, name="hour-counts"
            )
            self._thread.start()
        except (RuntimeError, MemoryError) as error:
            # The system has no thread for us: the next call tries again.
            log.error("accepted scans are counted later: %s", error)
            return
        if is_last:
            self._thread.join(2.0)

    def _write(self, new: dict[_Key, int]) -> None:
        rows = [
            {
                "process": self._process,
                "kind": kind,
                "workspace_id": workspace_id,
                "hour_at": datetime.fromtimestamp(hour * 3600, UTC),
                "scans": scans,
            }
            for (kind, workspace_id, hour), scans in sorted(new.items())
        ]
        try:
            with self._engine.begin() as connection:
                insert_or_replace_older(connection, AcceptedHour, rows, "scans")
        except Exception as error:
            log.warning("accepted scans are counted later: %s", error)
            return
        self._written |= new


def hour_of_line(line: bytes) -> tuple[int, int] | None:
    """Workspace and hours since 1970, read as cheaply as can be; None for what is no scan."""
    parts = line.split(b",", 4)
    try:
        workspace_id, hour = int(parts[3]), int(parts[1]) // _HOUR_MS
    except (IndexError, ValueError):
        return None
    # Ids and times that no database takes are of no scan.
    return (workspace_id, hour) if 0 < workspace_id < 1 << 63 and 0 <= hour < _LAST else None
