"""How the queues are doing now, and how they did: the ledger's figures as the pages show them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import QUEUES
from pitchbar.jobs.ledger.figures import Figures, list_figures
from pitchbar.jobs.ledger.models import QUEUED, Job
from pitchbar.jobs.ledger.queries import (
    is_alive,
    list_paused_queues,
    list_snapshots,
    list_workers,
)

WINDOW = timedelta(minutes=5)
_SERIES = ("depth", "done", "failed", "oldest_wait_ms", "wait_p95_ms", "run_p95_ms")


@dataclass(frozen=True)
class QueueNow:
    """A queue at this moment. Rates are per minute over the last five; `clears_in` in seconds."""

    figures: Figures
    paused_at: datetime | None
    workers: int
    delayed: int

    @property
    def name(self) -> str:
        return self.figures.queue

    @property
    def per_minute(self) -> float:
        return (self.figures.done + self.figures.failed) / (WINDOW.total_seconds() / 60)

    @property
    def clears_in(self) -> float | None:
        """None when nothing moves, so that no time can be told."""
        return self.figures.seconds_to_clear(WINDOW.total_seconds())

    @property
    def state(self) -> str:
        if self.paused_at is not None:
            return "paused"
        return "running" if self.workers else "no worker"


def load_queues() -> list[QueueNow]:
    """Every queue, in the order of QUEUES."""
    return _as_queues(list_figures(db.session(), QUEUES, WINDOW))


def load_queue(name: str) -> tuple[QueueNow, list[Figures]]:
    """A queue, and its tasks that ended lately, the busiest first."""
    figures = list_figures(db.session(), QUEUES, WINDOW)
    queue = next(one for one in _as_queues(figures) if one.name == name)
    tasks = [one for (of, task), one in figures.items() if of == name and task]
    return queue, sorted(tasks, key=lambda one: (-(one.done + one.failed), one.task))


def _as_queues(figures: dict[tuple[str, str], Figures]) -> list[QueueNow]:
    paused = list_paused_queues(db.session())
    workers, delayed = _worker_counts(), _delayed_counts()
    return [
        QueueNow(figures[name, ""], paused.get(name), workers.get(name, 0), delayed.get(name, 0))
        for name in QUEUES
    ]


@dataclass(frozen=True)
class History:
    """A queue's snapshots as series by name, oldest first."""

    series: dict[str, list[int]]

    @property
    def is_empty(self) -> bool:
        return len(self.series["depth"]) < 2


def load_history(queue: str, hours: int) -> History:
    """Long spans show the highest value of each stretch, so that no peak is lost."""
    since = clock.now() - timedelta(hours=hours)
    snapshots = list_snapshots(db.session(), queue, since)
    stretch = max(1, hours // 24)
    return History(
        {
            name: [
                max(getattr(one, name) or 0 for one in snapshots[start : start + stretch])
                for start in range(0, len(snapshots), stretch)
            ]
            for name in _SERIES
        }
    )


def _delayed_counts() -> dict[str, int]:
    query = select(Job.queue, func.count()).where(Job.state == QUEUED, Job.due_at > clock.now())
    return {row[0]: row[1] for row in db.session.execute(query.group_by(Job.queue))}


def _worker_counts() -> dict[str, int]:
    counts: dict[str, int] = {}
    for worker in list_workers(db.session()):
        if is_alive(worker):
            for queue in worker.queues.split(","):
                counts[queue] = counts.get(queue, 0) + 1
    return counts
