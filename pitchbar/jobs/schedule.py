"""Periodic tasks: what runs when, and the loop that enqueues it once, however many loops run."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from pitchbar.core import clock
from pitchbar.jobs.declaration import Task
from pitchbar.jobs.ledger import heartbeats, sweeping
from pitchbar.jobs.ledger.connection import Ledger
from pitchbar.jobs.ledger.enqueueing import enqueue
from pitchbar.jobs.ledger.models import ScheduleRun
from pitchbar.jobs.queues import QUEUES
from pitchbar.jobs.triggers import Rule
from pitchbar.jobs.workers.stop_flag import StopFlag

log = logging.getLogger(__name__)
_MINUTE = timedelta(minutes=1)
_LOOK_BACK = timedelta(days=31)
_RETRY_SECONDS = 2.0


@dataclass(frozen=True)
class Periodic:
    """A task that runs by itself, without arguments.

    `missed` says what becomes of minutes at which no scheduler ran: "once" runs the task once for
    all of them, "skip" lets them go.
    """

    task: Task
    rule: Rule
    missed: Literal["once", "skip"] = "once"

    @property
    def name(self) -> str:
        return self.task.name


class Schedule:
    """Enqueues what is due. `tick` may be called as often as one likes, by anyone."""

    def __init__(self, ledger: Ledger, entries: Sequence[Periodic]) -> None:
        self._ledger = ledger
        self._entries = tuple(entries)
        self._looked_until: dict[str, datetime] = {}

    def tick(self, at: datetime | None = None) -> list[str]:
        """Returns the names of the tasks that this call has enqueued."""
        minute = (at or clock.now()).replace(second=0, microsecond=0)
        return [entry.name for entry in self._entries if self._take(entry, minute)]

    def _take(self, entry: Periodic, minute: datetime) -> bool:
        with self._ledger.session() as session:
            due = self._find_due(session, entry, minute)
            taken = due is not None and _take_minute(session, entry.name, due)
            if taken:
                enqueue(entry.task, on=session, unique=f"periodic:{entry.name}")
        self._looked_until[entry.name] = minute
        return taken

    def _find_due(self, session: Session, entry: Periodic, minute: datetime) -> datetime | None:
        """The latest minute for which the task is to run now."""
        if entry.rule(minute):
            return minute
        if entry.missed == "skip":
            return None
        since = self._looked_until.get(entry.name) or _last_run(session, entry.name)
        earlier = minute - _MINUTE
        # A task that never ran has missed nothing.
        while since is not None and earlier > max(since, minute - _LOOK_BACK):
            if entry.rule(earlier):
                return earlier
            earlier -= _MINUTE
        return None


def _last_run(session: Session, name: str) -> datetime | None:
    return session.execute(
        select(func.max(ScheduleRun.minute_at)).where(ScheduleRun.name == name)
    ).scalar_one()


def _take_minute(session: Session, name: str, minute: datetime) -> bool:
    """Only one scheduler gets True for a minute."""
    connection = session.connection()
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = {"name": name, "minute_at": minute, "taken_at": clock.now()}
    taken = dialect.insert(ScheduleRun).on_conflict_do_nothing().returning(ScheduleRun.name)
    return connection.execute(taken, row).first() is not None


class Scheduler:
    """The loop of `pitchbar schedule`: each minute the schedule, and the sweep with it."""

    def __init__(self, database_url: str, entries: Sequence[Periodic]) -> None:
        self._ledger = Ledger(database_url)
        self._schedule = Schedule(self._ledger, entries)
        self._stopped = StopFlag()
        self._name = heartbeats.worker_name("schedule")
        self._started_at = clock.now()

    def start(self) -> None:
        """As a thread, embedded."""
        threading.Thread(target=self.run, daemon=True, name="schedule").start()

    def stop(self) -> None:
        self._stopped.set()

    def run(self) -> None:
        """Until `stop()`."""
        while not self._stopped.is_set():
            # A step that fails does not keep the others from being done.
            done = [self._try(step) for step in (self._beat, self._tick, self._sweep)]
            # When the database was away the minute is tried again, while it lasts.
            left = _seconds_to_next_minute()
            self._stopped.wait(left if all(done) else min(left, _RETRY_SECONDS))
        self._try(lambda: heartbeats.forget_worker(self._ledger, self._name))
        self._ledger.close()

    def _try(self, step: Callable[[], object]) -> bool:
        try:
            step()
        except Exception as error:
            log.warning("schedule: %s", error)
            return False
        return True

    def _tick(self) -> None:
        self._schedule.tick()

    def _beat(self) -> None:
        heartbeats.beat(self._ledger, self._name, "schedule", self._started_at, None)

    def _sweep(self) -> None:
        sweeping.send_due(self._ledger, QUEUES)
        sweeping.send_again(self._ledger, QUEUES)
        sweeping.end_lost(self._ledger)


def _seconds_to_next_minute() -> float:
    return 60.0 - time.time() % 60.0 + 0.05
