"""What is done in ClickHouse for one entry of the feed, or several of one kind. Done twice, it is
as done once.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, insert

from pitchbar.analytics.columnar import deletions
from pitchbar.analytics.columnar.feed import CONVERSIONS, SCANS, entry_values, ids_of
from pitchbar.analytics.columnar.models import FeedEntry
from pitchbar.analytics.columnar.rows import (
    CONVERSION_NAMES,
    NOBODY,
    SCAN_NAMES,
    Rows,
    as_columns,
    read_conversions,
    read_scans,
    visitor_id,
)
from pitchbar.analytics.columnar.schema import WORDS
from pitchbar.clients.scan_store import ScanStore
from pitchbar.core import clock

# When a conversion is looked at again whose scan was not there: it may have been late.
_AGAIN = (timedelta(minutes=10), timedelta(hours=24))
# What a conversion has when nothing is known of its scan.
_BLANK = {
    "visitor": f"toUUID('{NOBODY}')",
    "domain_id": "0",
    **dict.fromkeys(WORDS, "''"),
}
# Waits until the rows are gone from the disk, too.
_DONE = "SETTINGS mutations_sync = 1"
# Workspaces and codes, of which pages show figures.
Touched = tuple[set[int], set[int]]


class Writer:
    """Args:
    engine: where the rows are read.
    """

    def __init__(self, engine: Engine, store: ScanStore) -> None:
        self._engine = engine
        self._store = store

    def write(self, entries: Sequence[FeedEntry]) -> Touched:
        """Entries of one kind. Raises ScanStoreUnavailable."""
        kinds: dict[str, Callable[[Sequence[FeedEntry]], Touched]] = {
            SCANS: self._write_scans,
            CONVERSIONS: self._write_conversions,
            deletions.VISITOR: self._delete_visitors,
            deletions.WORKSPACE: self._delete_workspaces,
            deletions.BEFORE: self._delete_before,
            deletions.CLEAR + SCANS: lambda each: self._clear("scans", "scanned_at", each),
            deletions.CLEAR + CONVERSIONS: lambda each: self._clear(
                "conversions", "occurred_at", each
            ),
        }
        return kinds[entries[0].kind](entries)

    def insert_scans(self, rows: Rows) -> None:
        if rows:
            self._store.insert("scans", *as_columns(SCAN_NAMES, rows))

    def insert_conversions(self, rows: Rows) -> None:
        if rows:
            self._store.insert("conversions", *as_columns(CONVERSION_NAMES, rows))

    def _write_scans(self, entries: Sequence[FeedEntry]) -> Touched:
        firsts, lasts = zip(*map(times_of, entries), strict=True)
        with self._engine.connect() as connection:
            rows = read_scans(connection, _ids(entries), min(firsts), max(lasts))
        self.insert_scans(rows)
        return _touched(rows)

    def _write_conversions(self, entries: Sequence[FeedEntry]) -> Touched:
        with self._engine.begin() as connection:
            rows = read_conversions(connection, _ids(entries))
            for entry in entries:
                mine = set(ids_of(entry.ids))
                self._look_again(connection, entry, [row for row in rows if row[3] in mine])
        self.insert_conversions(rows)
        return _touched(rows)

    def _look_again(self, connection: Connection, entry: FeedEntry, rows: Rows) -> None:
        waited = entry.due_at - entry.made_at
        later = next((delay for delay in _AGAIN if delay > waited), None)
        orphans = [(row[3], row[2]) for row in rows if row[-1] is None]
        if orphans and later:
            values = entry_values(CONVERSIONS, orphans, clock.now() + later)
            connection.execute(insert(FeedEntry).values(values))

    def _delete_visitors(self, entries: Sequence[FeedEntry]) -> Touched:
        """What the database has of these rows now is written first, and takes their place; then
        what was there before goes. In that order, nothing is missed by a worker that dies.
        """
        for entry in entries:
            named = {"workspace": entry.workspace_id, "visitor": str(visitor_id(entry.visitor))}
            theirs = "workspace_id = {workspace:Int64} AND visitor = {visitor:UUID}"
            scans = self._find("SELECT DISTINCT id, scanned_at FROM scans", theirs, named)
            told = self._find("SELECT DISTINCT id FROM conversions", theirs, named)
            with self._engine.connect() as connection:
                if scans:
                    ids, times = zip(*scans, strict=True)
                    self.insert_scans(read_scans(connection, ids, min(times), max(times)))
                self.insert_conversions(read_conversions(connection, [row[0] for row in told]))
            for table in ("scans", "conversions"):
                self._store.command(f"ALTER TABLE {table} DELETE WHERE {theirs} {_DONE}", named)
        return {entry.workspace_id or 0 for entry in entries}, set()

    def _find(self, select: str, where: str, named: dict[str, Any]) -> Sequence[Sequence[Any]]:
        return self._store.query(f"{select} WHERE {where}", named)

    def _delete_workspaces(self, entries: Sequence[FeedEntry]) -> Touched:
        named = {"workspaces": [entry.workspace_id for entry in entries]}
        for table in ("scans", "conversions"):
            theirs = "workspace_id IN {workspaces:Array(Int64)}"
            self._store.command(f"ALTER TABLE {table} DELETE WHERE {theirs} {_DONE}", named)
        return set(), set()

    def _delete_before(self, entries: Sequence[FeedEntry]) -> Touched:
        for entry in entries:
            assert entry.last_at is not None  # noqa: S101  # by construction
            old = f"scanned_at < {_moment(entry.last_at)}"
            if entry.workspace_id is not None:
                old = f"workspace_id = {entry.workspace_id} AND {old}"
            self._store.command(f"ALTER TABLE scans DELETE WHERE {old} {_DONE}")
            blanks = ", ".join(f"{name} = {value}" for name, value in _BLANK.items())
            known = " OR ".join(f"{name} != {value}" for name, value in _BLANK.items())
            self._store.command(
                f"ALTER TABLE conversions UPDATE {blanks} WHERE {old} AND ({known}) {_DONE}"
            )
        return set(), set()

    def _clear(self, table: str, at: str, entries: Sequence[FeedEntry]) -> Touched:
        for first, last in map(times_of, entries):
            within = f"{at} >= {_moment(first)} AND {at} < {_moment(last)}"
            self._store.command(f"ALTER TABLE {table} DELETE WHERE {within} {_DONE}")
        return set(), set()


def times_of(entry: FeedEntry) -> tuple[datetime, datetime]:
    """Of its rows, both included."""
    assert entry.first_at is not None  # noqa: S101  # rows have times
    assert entry.last_at is not None  # noqa: S101  # the same
    return entry.first_at, entry.last_at


def _ids(entries: Sequence[FeedEntry]) -> list[UUID]:
    return [one for entry in entries for one in ids_of(entry.ids)]


def _moment(at: datetime) -> str:
    return f"fromUnixTimestamp64Micro({int(at.timestamp() * 1_000_000)}, 'UTC')"


def _touched(rows: Rows) -> Touched:
    return {row[0] for row in rows}, {row[1] for row in rows}
