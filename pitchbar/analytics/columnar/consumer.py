"""Brings what was stored to ClickHouse: entries of the feed in their order, then history.

Nobody waits for it. While ClickHouse is away, entries wait in the database; when they are too many,
the days they are of are remembered in their place, and copied later.
"""

import logging
import time
from collections.abc import Sequence

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from pitchbar.analytics.columnar.copying import Copier, plan_days
from pitchbar.analytics.columnar.feed import CONVERSIONS, SCANS
from pitchbar.analytics.columnar.models import FeedEntry
from pitchbar.analytics.columnar.schema import upgrade_schema
from pitchbar.analytics.columnar.turns import Turn
from pitchbar.analytics.columnar.writing import Touched, Writer, times_of
from pitchbar.clients.scan_store import ScanStore, ScanStoreUnavailable
from pitchbar.core import clock
from pitchbar.core.bus import Bus

log = logging.getLogger(__name__)
# So many rows go at once: ClickHouse likes few and large inserts.
_MOST_ROWS = 20_000
_MOST_ENTRIES = 400
_LOOK_EVERY_SECONDS = 0.15
_RETRY_SECONDS = 2.0
# Of rows that wait, in bytes of ids.
_BYTES_OF_ID = 16


class Consumer:
    """Args:
    bus: hears which workspaces and codes ClickHouse has news of.
    most_waiting: so many rows wait in the feed at most while ClickHouse is away.
    """

    def __init__(self, engine: Engine, store: ScanStore, bus: Bus, most_waiting: int) -> None:
        self._engine = engine
        self._store = store
        self._bus = bus
        self._most_waiting = most_waiting
        self._turn = Turn(engine)
        self._writer = Writer(engine, store)
        self._copier = Copier(engine, self._writer)
        self._has_schema = False

    def run(self, seconds: float, linger: float) -> int:
        """Works until nothing came for `linger` seconds; returns the entries done."""
        until = time.monotonic() + seconds
        quiet_until, done = time.monotonic() + linger, 0
        try:
            while time.monotonic() < min(until, quiet_until) and self._turn.take():
                count = self._step()
                done += max(0, count)
                if count > 0:
                    quiet_until = time.monotonic() + linger
                else:
                    time.sleep(_LOOK_EVERY_SECONDS if count == 0 else _RETRY_SECONDS)
        finally:
            self._turn.give_back()
        return done

    def _step(self) -> int:
        """How many entries or stretches of history were done; -1 when ClickHouse did not take
        them.
        """
        try:
            if not self._has_schema:
                upgrade_schema(self._store)
                self._has_schema = True
            return self.drain_once() or self.copy_once()
        except ScanStoreUnavailable:
            self._has_schema = False
            self.bound_waiting()
            return -1

    def drain_once(self) -> int:
        """The next entries; raises ScanStoreUnavailable and leaves them."""
        entries = self._next_entries()
        if not entries:
            return 0
        touched = self._writer.write(entries)
        with self._engine.begin() as connection:
            ids = [entry.id for entry in entries]
            connection.execute(delete(FeedEntry).where(FeedEntry.id.in_(ids)))
        self._wake_pages(entries[0].kind, touched)
        return len(entries)

    def copy_once(self) -> int:
        """The next batch of history; 0 when there is none. Raises ScanStoreUnavailable."""
        return self._copier.copy_once()

    def _next_entries(self) -> Sequence[FeedEntry]:
        """As many of one kind as go together."""
        due = FeedEntry.due_at <= clock.now()
        query = select(FeedEntry).where(due).order_by(FeedEntry.id).limit(_MOST_ENTRIES)
        with Session(self._engine) as session:
            waiting = session.scalars(query).all()
            session.expunge_all()
        taken: list[FeedEntry] = []
        rows = 0
        for entry in waiting:
            rows += len(entry.ids) // _BYTES_OF_ID
            if taken and (entry.kind != taken[0].kind or rows > _MOST_ROWS):
                break
            taken.append(entry)
        return taken

    def _wake_pages(self, kind: str, touched: Touched) -> None:
        workspaces, codes = touched
        topic = CONVERSIONS if kind == CONVERSIONS else SCANS
        if workspaces:
            self._bus.publish(topic, {"workspaces": sorted(workspaces), "codes": sorted(codes)})

    def bound_waiting(self) -> int:
        """Replaces the oldest entries of rows by the days they are of, where too many wait;
        returns how many rows that were.
        """
        of_rows = FeedEntry.kind.in_((SCANS, CONVERSIONS))
        size = func.coalesce(func.sum(func.length(FeedEntry.ids)), 0)
        with Session(self._engine) as session, session.begin():
            waiting = int(session.scalar(select(size).where(of_rows)) or 0) // _BYTES_OF_ID
            if waiting <= self._most_waiting:
                return 0
            gone = 0
            oldest = select(FeedEntry).where(of_rows).order_by(FeedEntry.id)
            for entry in session.scalars(oldest.execution_options(yield_per=500)):
                if waiting - gone <= self._most_waiting // 2:
                    break
                plan_days(session, entry.kind, *times_of(entry))
                gone += len(entry.ids) // _BYTES_OF_ID
                session.execute(delete(FeedEntry).where(FeedEntry.id == entry.id))
        log.warning("ClickHouse is away: %d rows are copied later, by their days", gone)
        return gone
