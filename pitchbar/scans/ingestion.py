"""From accepted lines to stored scans, one transaction for each batch and all who hear of it.

A batch may arrive twice, whole or in part: subscribers see only what was really inserted.
"""

import gc
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter

from sqlalchemy import Connection, Engine

from pitchbar.core.bus import Bus
from pitchbar.core.database import begin_synced
from pitchbar.core.figures import SCANS_STORED
from pitchbar.core.tracing import span
from pitchbar.scans import stored
from pitchbar.scans.accepted import AcceptedScan, read_line
from pitchbar.scans.bisecting import store_or_bisect
from pitchbar.scans.bulk_sql import insert_new
from pitchbar.scans.enriched import EnrichedScan
from pitchbar.scans.enrichment import Enrichment
from pitchbar.scans.erasure import forget_erased
from pitchbar.scans.models import Scan
from pitchbar.scans.partitions import ensure_partitions, forget_known_partitions
from pitchbar.scans.rejected import Rejected, RejectedLines
from pitchbar.scans.rejected_counts import note_rejected
from pitchbar.scans.visitors import Salts, StoredSalts

log = logging.getLogger(__name__)
TOPIC = "scans"
# How many go in one transaction. On SQLite everybody else who writes waits for it.
BATCH = 4000
_BATCH_ON_SQLITE = 500


class Ingestion:
    """Stores lines. One object for each thread or process that ingests.

    Args:
        engine: where scans go; each batch is one transaction.
        bus: hears which workspaces and codes have new scans, after the commit.
        enrichment: what is made of a line.
        rejected: keeps lines that can never be stored.
    """

    def __init__(
        self,
        engine: Engine,
        bus: Bus,
        enrichment: Enrichment,
        *,
        rejected: RejectedLines,
        salts: Salts | None = None,
    ) -> None:
        self._engine = engine
        self._most = _BATCH_ON_SQLITE if engine.dialect.name == "sqlite" else BATCH
        self._bus = bus
        self._enrichment = enrichment
        self._rejected = rejected
        self._salts = salts or StoredSalts()

    def ingest_scans(self, lines: bytes) -> int:
        """Stores whole lines; returns how many scans are new.

        Raises what the database raises when it is away: the same lines may then come again.
        """
        with _without_collector():
            return self._ingest_all(*_read(lines))

    def _ingest_all(self, accepted: list[AcceptedScan], rejected: Rejected) -> int:
        count = 0
        for start in range(0, len(accepted), self._most):
            batch = accepted[start : start + self._most]
            count += store_or_bisect(batch, self._ingest, rejected)
        # Last, because lines that come again would be set aside again.
        self._rejected.keep(rejected)
        note_rejected(self._engine, rejected)
        return count

    def _ingest(self, scans: Sequence[AcceptedScan]) -> int:
        try:
            with span("ingest", scans=len(scans)):
                ensure_partitions(self._engine, (scan.at for scan in scans))
                with self._engine.begin() as connection:
                    begin_synced(connection)
                    inserted = self._store(connection, scans)
        except BaseException:
            self._salts.discard()
            forget_known_partitions()
            raise
        if inserted:
            SCANS_STORED.add(len(inserted))
            self._wake_pages(inserted)
        return len(inserted)

    def _store(self, connection: Connection, scans: Sequence[AcceptedScan]) -> list[EnrichedScan]:
        enriched = self._enrichment.enrich(connection, _unique_by_time(scans), self._salts)
        forget_erased(connection, enriched)
        new = insert_new(connection, Scan, [one.row for one in enriched], ("id",))
        inserted = enriched
        if len(new) < len(enriched):
            new_ids = {row["id"] for row in new}
            inserted = [one for one in enriched if one.id in new_ids]
        if inserted:
            stored.publish(connection, inserted)
        return inserted

    def _wake_pages(self, inserted: list[EnrichedScan]) -> None:
        self._bus.publish(
            TOPIC,
            {
                "workspaces": sorted({scan.workspace_id for scan in inserted}),
                "codes": sorted({scan.code_id for scan in inserted}),
            },
        )


@contextmanager
def _without_collector() -> Iterator[None]:
    """A batch is some ten thousand small objects, and none of them is part of a circle: the garbage
    collector would look through them again and again, and find nothing.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _read(lines: bytes) -> tuple[list[AcceptedScan], Rejected]:
    accepted, rejected = [], Rejected()
    for line in lines.splitlines():
        if line:
            try:
                accepted.append(read_line(line))
            except ValueError as error:
                rejected.append((line, error))
    return accepted, rejected


def _unique_by_time(scans: Sequence[AcceptedScan]) -> list[AcceptedScan]:
    """By time, each id once; the id decides between equal times, so that two workers insert in
    the same order.
    """
    by_id = {scan.id: scan for scan in scans}
    return sorted(by_id.values(), key=attrgetter("at", "id"))
