"""The rows that tell of ticks: the one that runs, and the last 200."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import delete, insert, select, update

from pitchbar.core import clock
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.ticks.models import Tick

KEPT = 200
COUNTS = ("done", "failed", "retried", "released", "left")

_DIED = "Its process died, or was cut off from the database."


def begin_tick(ledger: LedgerConnection, started_by: str) -> int:
    """Returns the new row's id. Only the holder of the lease may call it: whatever else seems to
    run has died.
    """
    at = clock.now()
    unfinished = update(Tick).where(Tick.finished_at.is_(None))
    ledger.execute(unfinished.values(finished_at=at, error=_DIED))
    row = {"started_at": at, "started_by": started_by, "seconds": 0.0, "by_queue": {}}
    row |= dict.fromkeys(COUNTS, 0)
    tick_id: int = ledger.execute(insert(Tick).returning(Tick.id), row).scalar_one()
    return tick_id


def end_tick(
    ledger: LedgerConnection,
    tick_id: int,
    by_queue: Mapping[str, Mapping[str, int]],
    seconds: float,
) -> dict[str, Any]:
    """Writes what the pass has done, and returns it as its caller is told."""
    totals = {name: sum(counts[name] for counts in by_queue.values()) for name in COUNTS}
    values = {**totals, "seconds": round(seconds, 3), "by_queue": by_queue}
    ended = update(Tick).where(Tick.id == tick_id)
    ledger.execute(ended.values(**values, finished_at=clock.now(), error=None))
    newest = select(Tick.id).order_by(Tick.id.desc()).limit(KEPT)
    ledger.execute(delete(Tick).where(Tick.id.not_in(newest.scalar_subquery())))
    return {
        "skipped": False,
        "tick": tick_id,
        **totals,
        "seconds": values["seconds"],
        "queues": by_queue,
    }


def skipped_answer(execute: Callable[[Any], Any]) -> dict[str, Any]:
    """What the caller of a second tick is told; `execute` runs a statement."""
    running = select(Tick.started_at).where(Tick.finished_at.is_(None)).order_by(Tick.id.desc())
    since = execute(running.limit(1)).scalar()
    return {
        "skipped": True,
        "reason": "Another tick is running.",
        "since": since.isoformat(timespec="seconds") if since else None,
    }


def list_ticks(count: int = KEPT) -> list[Tick]:
    """The latest first, for the dashboard."""
    from pitchbar.extensions import db

    latest = select(Tick).order_by(Tick.id.desc()).limit(count)
    return list(db.session.scalars(latest))
