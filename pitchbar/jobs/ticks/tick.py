"""One bounded pass over queues that have no worker of their own.

It takes jobs from the ledger, not from messages, so it sees whatever is due. It runs in the main
thread of a process of its own, where a job that takes too long can be ended.
"""

import logging
import signal
import time
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask
from sqlalchemy import select

from pitchbar.core import clock
from pitchbar.jobs.attempts import error_from_exception
from pitchbar.jobs.declaration import Task
from pitchbar.jobs.ledger import heartbeats, sweeping
from pitchbar.jobs.ledger.claims import Claim, claim_job
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.ledger.endings import fail_attempt
from pitchbar.jobs.ledger.models import DONE, FAILED, RELEASED, TIMEOUT, Job
from pitchbar.jobs.queues import Queue
from pitchbar.jobs.schedule import Schedule
from pitchbar.jobs.ticks.due_jobs import count_due, drop_messages, find_due, is_scheduler_alive
from pitchbar.jobs.ticks.history import COUNTS, begin_tick, end_tick, skipped_answer
from pitchbar.jobs.ticks.lease import LeaseHeartbeat, acquire_lease, release_lease
from pitchbar.jobs.ticks.time_limit import TimeLimitExceeded, time_limit
from pitchbar.jobs.workers.logs import JobLogHandler, end_log
from pitchbar.jobs.workers.runner import Runner


@dataclass(frozen=True)
class TickLimits:
    """How much one pass may do.

    No job is started after `max_time` seconds; each may take its own time-out or `job_timeout`
    seconds, whichever is less. So a pass ends after `max_time + job_timeout` at the latest.
    """

    max_time: int = 55
    job_timeout: int = 120
    queues: tuple[Queue, ...] = (Queue.CRAWL, Queue.INDEX, Queue.DEFAULT)


def run_tick(
    app: Flask,
    limits: TickLimits,
    *,
    tasks: Iterable[Task] = (),
    started_by: str = "command",
) -> dict[str, Any]:
    """Runs a pass, unless another one is alive, and returns what its caller is told.

    Args:
        tasks: the scheduled ones, which are enqueued here when no scheduler is alive.
        started_by: "request" or "command".
    """
    ledger = LedgerConnection(app.config["SQLALCHEMY_DATABASE_URI"])
    schedule = Schedule(ledger, tasks)
    holder = uuid.uuid4().hex
    try:
        if not acquire_lease(ledger, holder):
            return skipped_answer(ledger.execute)
        try:
            return _TickRun(app, ledger, limits, holder, schedule).run(started_by)
        finally:
            release_lease(ledger, holder)
    finally:
        ledger.close()


class _TickRun:
    def __init__(
        self,
        app: Flask,
        ledger: LedgerConnection,
        limits: TickLimits,
        holder: str,
        schedule: Schedule,
    ) -> None:
        self._ledger = ledger
        self._limits = limits
        self._started = time.monotonic()
        self._stopped = False
        self._heartbeat = LeaseHeartbeat(ledger, holder, limits.queues)
        self._runner = Runner(app, ledger, self._must_stop)
        self._schedule = schedule
        self._scheduled_minute: object = None
        self._counts: dict[str, Counter[str]] = {queue: Counter() for queue in limits.queues}

    def run(self, started_by: str) -> dict[str, Any]:
        tick_id = begin_tick(self._ledger, started_by)
        handler = JobLogHandler()
        logging.getLogger().addHandler(handler)
        before = signal.signal(signal.SIGTERM, self._stop)
        self._heartbeat.start()
        try:
            sweeping.repair_clock_skew(self._ledger)
            sweeping.end_expired_leases(self._ledger)
            self._work()
        finally:
            self._heartbeat.close()
            signal.signal(signal.SIGTERM, before)
            logging.getLogger().removeHandler(handler)
        return self._end(tick_id)

    def _stop(self, *_: object) -> None:
        """On TERM the job in hand is the last."""
        self._stopped = True

    def _must_stop(self) -> bool:
        late = time.monotonic() - self._started >= self._limits.max_time
        return late or self._stopped or self._heartbeat.is_lost

    def _work(self) -> None:
        """Until a whole round over the queues finds nothing due. They take turns, one job each, so
        that a long one does not keep the others waiting.
        """
        found = True
        while found and not self._must_stop():
            self._enqueue_scheduled()
            paused = heartbeats.list_paused_queues(self._ledger)
            queues = [queue for queue in self._limits.queues if queue not in paused]
            found = sum(map(self._run_next, queues)) > 0

    def _enqueue_scheduled(self) -> None:
        """Once for each minute that the pass sees."""
        minute = clock.now().replace(second=0, microsecond=0)
        if minute != self._scheduled_minute and not is_scheduler_alive(self._ledger):
            self._schedule.tick(minute)
        self._scheduled_minute = minute

    def _run_next(self, queue: str) -> bool:
        """Whether the queue had a job due."""
        while not self._must_stop():
            due = find_due(self._ledger, queue)
            if due is None:
                return False
            claim = claim_job(self._ledger, due.id, due.attempt, self._heartbeat.worker)
            if claim is not None:
                self._counts[queue][self._run(claim)] += 1
                return True
        return False

    def _run(self, claim: Claim) -> str:
        """Returns under which count the attempt falls."""
        seconds = min(claim.timeout_seconds, self._limits.job_timeout)
        self._heartbeat.current_job = (claim.job_id, claim.attempt)
        try:
            with time_limit(seconds):
                outcome = self._runner.run(replace(claim, timeout_seconds=seconds))
        except TimeLimitExceeded as error:
            outcome = self._end_overdue(claim, seconds, error)
        finally:
            self._heartbeat.current_job = None
        if outcome in (DONE, RELEASED):
            return outcome
        state = self._ledger.execute(select(Job.state).where(Job.id == claim.job_id)).scalar()
        return "failed" if state == FAILED else "retried"

    def _end_overdue(self, claim: Claim, seconds: int, exception: TimeLimitExceeded) -> str:
        stack = error_from_exception(claim.job_id, exception, TIMEOUT).traceback
        error = sweeping.dead_worker_error(
            claim.job_id, claim.worker, seconds, is_overdue=True, traceback=stack
        )
        with self._ledger.session() as session:
            fail_attempt(session, claim.attempt, error, log=end_log())
        return TIMEOUT

    def _end(self, tick_id: int) -> dict[str, Any]:
        by_queue = {}
        for queue, counts in self._counts.items():
            counts["left"] = count_due(self._ledger, queue)
            by_queue[queue] = {name: counts[name] for name in COUNTS}
        drop_messages(self._ledger, self._limits.queues)
        heartbeats.remove_worker(self._ledger, self._heartbeat.worker)
        return end_tick(self._ledger, tick_id, by_queue, time.monotonic() - self._started)
