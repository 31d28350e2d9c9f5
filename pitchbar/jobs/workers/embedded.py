"""Consumers as threads of the web process: the embedded shape.

A thread cannot be killed. A job that is overdue is ended in the ledger, its thread is left to
itself and replaced; `check_deadline()` lets tasks end in time by themselves.
"""

import logging
import sys
import threading
import traceback
from collections.abc import Sequence

from flask import Flask

from pitchbar.jobs.ledger import heartbeats, sweeping
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.ledger.endings import fail_attempt
from pitchbar.jobs.ledger.sweeping import dead_worker_error
from pitchbar.jobs.queues import QUEUES
from pitchbar.jobs.workers.consumer import Consumer, WorkerControl
from pitchbar.jobs.workers.current_job import CurrentJob
from pitchbar.jobs.workers.logs import JobLogHandler
from pitchbar.jobs.workers.maintenance import MaintenanceThread
from pitchbar.jobs.workers.scheduler import Scheduler
from pitchbar.settings import Settings

log = logging.getLogger(__name__)
_OVERDUE_GRACE_SECONDS = 1.0


class EmbeddedConsumers:
    """One thread for each queue, one for the schedule, and one for maintenance."""

    def __init__(
        self, database_url: str, app: Flask, queues: Sequence[str], scheduler: Scheduler | None
    ) -> None:
        self._app = app
        self._control = WorkerControl()
        self._ledger = LedgerConnection(database_url, threads=len(queues) + 2)
        self._scheduler = scheduler
        self._handler = JobLogHandler()
        self._replaced = 0
        self._threads: list[threading.Thread] = []
        self._consumers: list[Consumer] = []
        self._maintenance = MaintenanceThread(
            self._consumers, queues, self._ledger, self._control, self._replace_overdue
        )
        for queue in queues:
            self._add(queue, heartbeats.worker_name(queue))

    def start(self) -> None:
        self._end_attempts_of_predecessors()
        logging.getLogger().addHandler(self._handler)
        for consumer in self._consumers:
            self._start_thread(consumer)
        self._maintenance.start()
        if self._scheduler is not None:
            self._scheduler.start()

    def stop(self, seconds: float = 4.0) -> None:
        """Lets running jobs end for so long, then gives them back."""
        self._control.stop.set()
        if self._scheduler is not None:
            self._scheduler.stop()
        for thread in self._threads:
            thread.join(seconds / len(self._threads))
        self._control.aborted.set()
        try:
            self._maintenance.release_current_jobs("The process stopped.")
        except Exception as error:
            log.warning("jobs in hand are left to the sweep: %s", error)
        self._maintenance.close()
        self._ledger.close()
        logging.getLogger().removeHandler(self._handler)

    def _end_attempts_of_predecessors(self) -> None:
        """What a killed process had in hand runs again at once. The sweep does it otherwise."""
        if self._ledger.engine.dialect.name != "sqlite":
            return
        try:
            sweeping.end_attempts_of_dead_processes(self._ledger)
        except Exception as error:
            log.warning("jobs of the process before wait for their leases: %s", error)

    def _add(self, queue: str, name: str) -> Consumer:
        consumer = Consumer(name, queue, self._app, self._ledger, self._control, CurrentJob())
        self._consumers.append(consumer)
        return consumer

    def _start_thread(self, consumer: Consumer) -> None:
        thread = threading.Thread(target=consumer.run, daemon=True, name=f"jobs-{consumer.queue}")
        self._threads.append(thread)
        thread.start()

    def _replace_overdue(self) -> None:
        for consumer in tuple(self._consumers):
            if consumer.current_job.is_overdue(_OVERDUE_GRACE_SECONDS):
                self._replace_thread(consumer)

    def _replace_thread(self, overdue: Consumer) -> None:
        """Writes that the job is overdue, leaves its thread alone, and goes on with a new one."""
        held = overdue.current_job.get()
        if held is None or overdue.is_abandoned:
            return
        log.warning("a job on %s is past its time: its thread is left to itself", overdue.queue)
        overdue.is_abandoned = True
        self._consumers.remove(overdue)
        if not self._control.stop.is_set():
            self._replaced += 1
            name = f"{heartbeats.worker_name(overdue.queue)}-{self._replaced}"
            self._start_thread(self._add(overdue.queue, name))
        self._fail_overdue(overdue, held)

    def _fail_overdue(self, overdue: Consumer, held: tuple[int, int]) -> None:
        """When the database is away, the lease lapses and the sweep writes it."""
        job_id, attempt = held
        error = dead_worker_error(
            job_id,
            overdue.name,
            overdue.timeout_seconds,
            is_overdue=True,
            traceback=_stack_of(overdue.thread_id),
        )
        with self._ledger.session() as session:
            fail_attempt(session, attempt, error, worker=overdue.name)
        heartbeats.remove_worker(self._ledger, overdue.name)


def start_embedded_consumers(
    settings: Settings,
    app: Flask,
    queues: Sequence[str] = QUEUES,
    scheduler: Scheduler | None = None,
) -> EmbeddedConsumers:
    """Call it in the process that serves, after it was forked."""
    consumers = EmbeddedConsumers(settings.database_url, app, queues, scheduler)
    consumers.start()
    return consumers


def _stack_of(thread_id: int) -> str:
    frame = sys._current_frames().get(thread_id)
    return "".join(traceback.format_stack(frame)) if frame is not None else ""
