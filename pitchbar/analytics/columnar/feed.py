"""What ClickHouse is still to be told: an entry for each stored batch, written by its transaction.

ClickHouse gets what the database stored, with the same repeats and visitors, so nothing is found
out twice. An entry names the rows and does not hold them: what was deleted meanwhile never goes.
"""

import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert

from pitchbar.analytics.columnar.models import FeedEntry
from pitchbar.core import clock
from pitchbar.jobs import Task, enqueue
from pitchbar.scans.enriched import EnrichedScan

SCANS = "scans"
CONVERSIONS = "conversions"
_CALL_EVERY_SECONDS = 1.0


class Feed:
    """Off unless `CLICKHOUSE_URL` is set; one for the process."""

    def __init__(self) -> None:
        self.is_on = False
        # Reads the entries.
        self.job: Task | None = None
        self._called_at = 0.0

    def add_scans(self, connection: Connection, scans: Sequence[EnrichedScan]) -> None:
        """Hears of stored scans, in their transaction."""
        if self.is_on and scans:
            self._add(connection, SCANS, [(scan.id, scan.at) for scan in scans])

    def add_conversions(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """Hears of stored conversions, in their transaction."""
        if self.is_on and rows:
            self._add(connection, CONVERSIONS, [(row["id"], row["occurred_at"]) for row in rows])

    def _add(self, connection: Connection, kind: str, rows: list[tuple[UUID, datetime]]) -> None:
        connection.execute(insert(FeedEntry).values(entry_values(kind, rows)))
        self.call(connection)

    def call(self, connection: Connection) -> None:
        """Calls for the job that reads the entries, if this transaction commits; one that runs
        already sees them by itself.
        """
        now = time.monotonic()
        if self.job and now - self._called_at >= _CALL_EVERY_SECONDS:
            self._called_at = now
            enqueue(self.job, on=connection, unique=self.job.name)


feed = Feed()


def entry_values(
    kind: str, rows: Iterable[tuple[UUID, datetime]], due_at: datetime | None = None
) -> dict[str, Any]:
    """The columns of an entry."""
    ids, times = zip(*rows, strict=True)
    now = clock.now()
    return {
        "kind": kind,
        "made_at": now,
        "due_at": due_at or now,
        "first_at": min(times),
        "last_at": max(times),
        "ids": b"".join(one.bytes for one in ids),
    }


def ids_of(packed: bytes) -> list[UUID]:
    return [UUID(bytes=packed[start : start + 16]) for start in range(0, len(packed), 16)]
