"""Counters over all jobs that ever ended, exact to the moment: what was counted before, plus the
ledger's rows since.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs.ledger.models import DONE, FAILED, Job
from pitchbar.operations.models import CountMark, JobTotal

BOUNDS_MS = (10, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000)
_SUMS = 0
# A transaction that began before may still commit an end that lies a little back.
_COMMIT_SLACK = timedelta(seconds=30)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Total:
    """A task's jobs. `waits` and `runs` count, by upper edge in ms, the jobs up to that edge."""

    done: int = 0
    failed: int = 0
    wait_ms: int = 0
    run_ms: int = 0
    waits: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    runs: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def count(self) -> int:
        return self.done + self.failed


Totals = dict[tuple[str, str], Total]


def load_totals() -> Totals:
    """By (queue, task)."""
    totals = _counted()
    _add_ledger(totals, _counted_until(), None)
    return totals


def count_finished() -> int:
    """Moves the mark forward; returns how many jobs were added to the totals."""
    since, until = _counted_until(), clock.now() - _COMMIT_SLACK
    fresh: Totals = defaultdict(Total)
    _add_ledger(fresh, since, until)
    totals = _counted()
    for key, total in fresh.items():
        _merge(totals[key], total)
        for row in _rows(key, totals[key]):
            db.session.merge(row)
    db.session.merge(CountMark(id=1, counted_until=until))
    return sum(total.count for total in fresh.values())


def _counted_until() -> datetime:
    mark = db.session.get(CountMark, 1)
    return mark.counted_until if mark else _BEGINNING


def _counted() -> Totals:
    totals: Totals = defaultdict(Total)
    for row in db.session.scalars(select(JobTotal)):
        total = totals[row.queue, row.task]
        if row.bound_ms == _SUMS:
            total.done, total.failed = row.done, row.failed
            total.wait_ms, total.run_ms = row.waits, row.runs
        else:
            total.waits[row.bound_ms], total.runs[row.bound_ms] = row.waits, row.runs
    return totals


def _add_ledger(totals: Totals, since: datetime, until: datetime | None) -> None:
    query = select(
        Job.queue,
        Job.task,
        func.sum(case((Job.state == DONE, 1), else_=0)),
        func.sum(case((Job.state == FAILED, 1), else_=0)),
        func.coalesce(func.sum(Job.wait_ms), 0),
        func.coalesce(func.sum(Job.run_ms), 0),
        *(func.sum(case((Job.wait_ms <= bound, 1), else_=0)) for bound in BOUNDS_MS),
        *(func.sum(case((Job.run_ms <= bound, 1), else_=0)) for bound in BOUNDS_MS),
    ).where(Job.finished_at > since)
    if until is not None:
        query = query.where(Job.finished_at <= until)
    for row in db.session.execute(query.group_by(Job.queue, Job.task)):
        _merge(totals[row[0], row[1]], _read(row[2:]))


def _read(values: Any) -> Total:
    numbers = [int(value) for value in values]
    size = len(BOUNDS_MS)
    waits, runs = numbers[4 : 4 + size], numbers[4 + size :]
    done, failed, wait_ms, run_ms = numbers[:4]
    return Total(
        done,
        failed,
        wait_ms,
        run_ms,
        waits=dict(zip(BOUNDS_MS, waits, strict=True)),
        runs=dict(zip(BOUNDS_MS, runs, strict=True)),
    )


def _merge(total: Total, more: Total) -> None:
    total.done += more.done
    total.failed += more.failed
    total.wait_ms += more.wait_ms
    total.run_ms += more.run_ms
    for bound in BOUNDS_MS:
        total.waits[bound] += more.waits.get(bound, 0)
        total.runs[bound] += more.runs.get(bound, 0)


def _rows(key: tuple[str, str], total: Total) -> Iterator[JobTotal]:
    queue, task = key
    yield JobTotal(
        queue=queue,
        task=task,
        bound_ms=_SUMS,
        waits=total.wait_ms,
        runs=total.run_ms,
        done=total.done,
        failed=total.failed,
    )
    for bound in BOUNDS_MS:
        yield JobTotal(
            queue=queue,
            task=task,
            bound_ms=bound,
            waits=total.waits[bound],
            runs=total.runs[bound],
            done=0,
            failed=0,
        )
