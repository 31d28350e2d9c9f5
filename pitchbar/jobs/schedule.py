"""Enqueues scheduled tasks when they are due, once, however many schedulers run."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from pitchbar.core import clock
from pitchbar.core.database import insert_into
from pitchbar.jobs.declaration import Task
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.ledger.enqueueing import enqueue
from pitchbar.jobs.ledger.models import ScheduleRun
from pitchbar.jobs.triggers import Trigger

log = logging.getLogger(__name__)
_MINUTE = timedelta(minutes=1)
# Clocks of two machines may differ by this much.
_SKEW = timedelta(minutes=2)
_LOOK_BACK = timedelta(days=31)


class Schedule:
    """Enqueues what is due. `tick` may be called as often as one likes, by anyone."""

    def __init__(self, ledger: LedgerConnection, tasks: Iterable[Task]) -> None:
        self._ledger = ledger
        self._tasks = [(task, task.trigger) for task in tasks if task.trigger is not None]
        self._checked_until: dict[str, datetime] = {}
        self._latest: datetime | None = None

    def tick(self, at: datetime | None = None) -> list[str]:
        """Returns the names of the tasks that this call has enqueued."""
        minute = (at or clock.now()).replace(second=0, microsecond=0)
        if self._latest is None or minute < self._latest - _SKEW:
            self._follow_clock_back(minute)
        self._latest = minute
        return [
            task.name
            for task, trigger in self._tasks
            if self._enqueue_if_due(task, trigger, minute)
        ]

    def _follow_clock_back(self, minute: datetime) -> None:
        """Minutes that were taken before the clock was set back come again, and are free again:
        better twice than not until the clock has caught up. At the start nobody knows what the
        clock did before; minutes that lie ahead tell.
        """
        ahead = select(ScheduleRun.name).where(ScheduleRun.minute_at > minute + _SKEW).limit(1)
        with self._ledger.session() as session:
            if session.execute(ahead).first() is not None:
                log.warning("the clock was set back: periodic tasks follow it")
                session.connection().execute(
                    delete(ScheduleRun).where(ScheduleRun.minute_at >= minute)
                )
        self._checked_until.clear()

    def _enqueue_if_due(self, task: Task, trigger: Trigger, minute: datetime) -> bool:
        with self._ledger.session() as session:
            due = self._find_due(session, task, trigger, minute)
            claimed = due is not None and _claim_minute(session, task.name, due)
            if claimed:
                enqueue_scheduled(task, session)
        self._checked_until[task.name] = minute
        return claimed

    def _find_due(
        self, session: Session, task: Task, trigger: Trigger, minute: datetime
    ) -> datetime | None:
        """The latest minute for which the task is to run now."""
        if trigger(minute):
            return minute
        if task.missed == "skip":
            return None
        since = self._checked_until.get(task.name) or _last_run(session, task.name)
        earlier = minute - _MINUTE
        # A task that never ran has missed nothing.
        while since is not None and earlier > max(since, minute - _LOOK_BACK):
            if trigger(earlier):
                return earlier
            earlier -= _MINUTE
        return None


def enqueue_scheduled(task: Task, on: Session) -> int | None:
    """The job's id, or None while one waits or runs, whoever enqueued it."""
    return enqueue(task, on=on, unique=f"periodic:{task.name}")


def _last_run(session: Session, name: str) -> datetime | None:
    return session.execute(
        select(func.max(ScheduleRun.minute_at)).where(ScheduleRun.name == name)
    ).scalar_one()


def _claim_minute(session: Session, name: str, minute: datetime) -> bool:
    """Only one scheduler gets True for a minute."""
    connection = session.connection()
    row = {"name": name, "minute_at": minute, "taken_at": clock.now()}
    claim = insert_into(connection, ScheduleRun).on_conflict_do_nothing()
    return connection.execute(claim.returning(ScheduleRun.name), row).first() is not None
