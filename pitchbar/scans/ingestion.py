"""From accepted lines to stored scans and their sums, in one transaction for each batch.

A batch may arrive twice, whole or in part: only rows that were really inserted are counted.
"""

import logging
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy import select as sa_select
from sqlalchemy.exc import DataError, IntegrityError, StatementError

from pitchbar.core.bus import Bus
from pitchbar.scans.counting import count_scans
from pitchbar.scans.enrichment import Enriched, Enrichment
from pitchbar.scans.models import Scan
from pitchbar.scans.partitions import ensure_partitions
from pitchbar.scans.records import AcceptedScan, read_line
from pitchbar.scans.statements import insert_ignoring
from pitchbar.scans.visitors import Salts, StoredSalts

log = logging.getLogger(__name__)
TOPIC = "scans"
BATCH = 500


class Ingestion:
    """Stores lines. One object for each thread or process that ingests.

    Args:
        engine: where scans go; each batch is one transaction.
        bus: hears which workspaces and codes have new scans, after the commit.
        enrichment: what is made of a line.
        rejected: a file for lines that can never be stored; they are kept for a person to look at.
    """

    def __init__(
        self,
        engine: Engine,
        bus: Bus,
        enrichment: Enrichment,
        *,
        rejected: Path,
        salts: Salts | None = None,
    ) -> None:
        self._engine = engine
        self._bus = bus
        self._enrichment = enrichment
        self._rejected = rejected
        self._salts = salts or StoredSalts()

    def ingest_scans(self, lines: bytes) -> int:
        """Stores whole lines; returns how many scans are new.

        Raises OperationalError when the database is away: the same lines may then come again.
        """
        stored = 0
        accepted = list(self._read(lines))
        for start in range(0, len(accepted), BATCH):
            stored += self._ingest_or_sort_out(accepted[start : start + BATCH])
        return stored

    def _read(self, lines: bytes) -> Iterator[AcceptedScan]:
        for line in lines.splitlines():
            try:
                yield read_line(line)
            except ValueError as error:
                self._reject(line, error)

    def _ingest_or_sort_out(self, scans: list[AcceptedScan]) -> int:
        try:
            return self._ingest(scans)
        except (DataError, IntegrityError, StatementError) as error:
            if getattr(error, "connection_invalidated", False) or _is_transient(error):
                raise
            if len(scans) == 1:
                self._reject(repr(scans[0]).encode(), error)
                return 0
            # One bad row must not hold up the others.
            return sum(self._ingest_or_sort_out([scan]) for scan in scans)

    def _ingest(self, scans: list[AcceptedScan]) -> int:
        try:
            with self._engine.begin() as connection:
                if connection.dialect.name == "sqlite":
                    # Take the write lock first: a read that turns into a write could not wait.
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                inserted = self._store(connection, scans)
        except BaseException:
            self._salts.forget()
            raise
        if inserted:
            self._bus.publish(
                TOPIC,
                {
                    "workspaces": sorted({scan.workspace_id for scan in inserted}),
                    "codes": sorted({scan.code_id for scan in inserted}),
                },
            )
        return len(inserted)

    def _store(self, connection: Connection, scans: list[AcceptedScan]) -> list[Enriched]:
        unseen = _without_known(connection, scans)
        if not unseen:
            return []
        ensure_partitions(connection, (scan.at for scan in unseen))
        enriched = self._enrichment.enrich(connection, unseen, self._salts)
        rows = [one.row for one in enriched]
        result = connection.execute(insert_ignoring(connection, Scan).returning(Scan.id), rows)
        stored = set(result.scalars())
        inserted = [one for one in enriched if one.id in stored]
        count_scans(connection, inserted)
        return inserted

    def _reject(self, line: bytes, error: Exception) -> None:
        log.error("a line cannot be stored and is set aside in %s: %s", self._rejected, error)
        self._rejected.parent.mkdir(parents=True, exist_ok=True)
        with self._rejected.open("ab") as file:
            file.write(line.rstrip(b"\n") + b"\n")


def _is_transient(error: Exception) -> bool:
    from sqlalchemy.exc import OperationalError

    return isinstance(error, OperationalError)


def _without_known(connection: Connection, scans: list[AcceptedScan]) -> list[AcceptedScan]:
    """Leaves out what an earlier delivery stored, and repeats within the batch itself."""
    by_id = {scan.id: scan for scan in scans}
    times = [scan.at for scan in scans]
    known = connection.execute(
        sa_select(Scan.id).where(
            Scan.scanned_at.between(min(times), max(times)), Scan.id.in_(by_id)
        )
    ).scalars()
    for scan_id in known:
        del by_id[scan_id]
    return sorted(by_id.values(), key=lambda scan: scan.at)
