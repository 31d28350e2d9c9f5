"""Figures of queues and tasks over the last minutes: depth, waits, run times, failures."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from pitchbar.core import clock
from pitchbar.jobs.ledger.models import FAILED, IS_QUEUED, IS_RUNNING, Job

_MOST = 1_000_000
_SAMPLE = 20_000
"""Percentiles are over the newest so many finished jobs of the window, exact below that."""


@dataclass
class Figures:
    """`queue` as a whole when `task` is empty. Times in ms; percentiles None without samples."""

    queue: str
    task: str = ""
    depth: int = 0
    running: int = 0
    oldest_wait_ms: int = 0
    done: int = 0
    failed: int = 0
    waits: list[int] = field(default_factory=list)
    runs: list[int] = field(default_factory=list)

    @property
    def failure_rate(self) -> float | None:
        """Failed of finished, 0 to 1."""
        finished = self.done + self.failed
        return self.failed / finished if finished else None

    def wait_ms(self, share: float) -> int | None:
        return percentile(self.waits, share)

    def run_ms(self, share: float) -> int | None:
        return percentile(self.runs, share)

    def seconds_to_clear(self, window_seconds: float) -> float | None:
        """At the pace of the window; None when nothing was finished in it."""
        finished = self.done + self.failed
        return self.depth * window_seconds / finished if finished else None


def percentile(values: Sequence[int], share: float) -> int | None:
    """Nearest-rank: the smallest value that at least `share` of the values do not exceed."""
    if not values:
        return None
    rank = -(-len(values) * round(share * 1000) // 1000)
    return sorted(values)[max(1, rank) - 1]


def list_figures(
    on: Session | Connection, queues: Sequence[str], window: timedelta
) -> dict[tuple[str, str], Figures]:
    """By (queue, task), and (queue, "") for each queue as a whole."""
    at = clock.now()
    found = {(queue, ""): Figures(queue) for queue in queues}
    _add_waiting(on, found, at)
    _add_running(on, found)
    _add_finished(on, found, at - window)
    return found


def _add_waiting(
    on: Session | Connection, found: dict[tuple[str, str], Figures], at: datetime
) -> None:
    """Depth counts what is due; a delayed job waits for nobody."""
    waiting = select(Job.queue, func.count(), func.min(Job.due_at)).where(
        IS_QUEUED, Job.due_at <= at
    )
    for queue, depth, oldest in on.execute(waiting.group_by(Job.queue)):
        figures = found.setdefault((queue, ""), Figures(queue))
        figures.depth = depth
        figures.oldest_wait_ms = round((at - oldest).total_seconds() * 1000)


def _add_running(on: Session | Connection, found: dict[tuple[str, str], Figures]) -> None:
    running = select(Job.queue, func.count()).where(IS_RUNNING, Job.lease_until.is_not(None))
    for queue, count in on.execute(running.group_by(Job.queue)):
        found.setdefault((queue, ""), Figures(queue)).running = count


def _add_finished(
    on: Session | Connection, found: dict[tuple[str, str], Figures], since: datetime
) -> None:
    # The order and the limit make SQLite take the index of the time, not walk another in groups.
    ended = (
        select(Job.queue, Job.task, Job.state)
        .where(Job.finished_at >= since)
        .order_by(Job.finished_at)
        .limit(_MOST)
        .subquery()
    )
    kinds = (ended.c.queue, ended.c.task, ended.c.state)
    totals = select(*kinds, func.count()).group_by(*kinds)
    for queue, task, state, count in on.execute(totals):
        for key in ((queue, ""), (queue, task)):
            figures = found.setdefault(key, Figures(*key))
            if state == FAILED:
                figures.failed += count
            else:
                figures.done += count
    _add_samples(on, found, since)


def _add_samples(
    on: Session | Connection, found: dict[tuple[str, str], Figures], since: datetime
) -> None:
    newest = (
        select(Job.queue, Job.task, Job.wait_ms, Job.run_ms)
        .where(Job.finished_at >= since, Job.wait_ms.is_not(None))
        .order_by(Job.finished_at.desc())
        .limit(_SAMPLE)
    )
    samples: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for queue, task, wait_ms, run_ms in on.execute(newest):
        for key in ((queue, ""), (queue, task)):
            samples[key].append((wait_ms or 0, run_ms or 0))
    for key, pairs in samples.items():
        figures = found.setdefault(key, Figures(*key))
        figures.waits = [wait for wait, _ in pairs]
        figures.runs = [run for _, run in pairs]
