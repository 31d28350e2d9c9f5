"""Consumers as threads of the web process: the embedded shape.

A thread cannot be killed. A job that is late is ended in the ledger, its thread is left to itself
and replaced; `check_deadline()` lets tasks end in time by themselves.
"""

import logging
import sys
import threading
import traceback
from collections.abc import Sequence

from flask import Flask

from pitchbar.jobs.ledger import heartbeats, sweeping
from pitchbar.jobs.ledger.connection import Ledger
from pitchbar.jobs.ledger.endings import fail_attempt
from pitchbar.jobs.ledger.sweeping import dead_worker_error
from pitchbar.jobs.queues import QUEUES
from pitchbar.jobs.workers.consumer import Consumer, Gate
from pitchbar.jobs.workers.current_job import InHand
from pitchbar.jobs.workers.logs import JobLogHandler
from pitchbar.jobs.workers.maintenance import Steward
from pitchbar.jobs.workers.scheduler import Scheduler
from pitchbar.settings import Settings

log = logging.getLogger(__name__)
_LATE_GRACE_SECONDS = 1.0


class EmbeddedConsumers:
    """One thread for each queue, one for the schedule, and the steward's."""

    def __init__(
        self, database_url: str, app: Flask, queues: Sequence[str], scheduler: Scheduler | None
    ) -> None:
        self._app = app
        self._gate = Gate()
        self._ledger = Ledger(database_url, threads=len(queues) + 2)
        self._scheduler = scheduler
        self._handler = JobLogHandler()
        self._replaced = 0
        self._threads: list[threading.Thread] = []
        self._consumers: list[Consumer] = []
        self._steward = Steward(self._consumers, queues, self._ledger, self._gate, self._watch)
        for queue in queues:
            self._add(queue, heartbeats.worker_name(queue))

    def start(self) -> None:
        self._end_predecessors()
        logging.getLogger().addHandler(self._handler)
        for consumer in self._consumers:
            self._start_thread(consumer)
        self._steward.start()
        if self._scheduler is not None:
            self._scheduler.start()

    def stop(self, seconds: float = 4.0) -> None:
        """Lets running jobs end for so long, then gives them back."""
        self._gate.stop.set()
        if self._scheduler is not None:
            self._scheduler.stop()
        for thread in self._threads:
            thread.join(seconds / len(self._threads))
        self._gate.give_up.set()
        try:
            self._steward.release_all("The process stopped.")
        except Exception as error:
            log.warning("jobs in hand are left to the sweep: %s", error)
        self._steward.close()
        self._ledger.close()
        logging.getLogger().removeHandler(self._handler)

    def _end_predecessors(self) -> None:
        """What a killed process had in hand runs again at once. The sweep does it otherwise."""
        if self._ledger.engine.dialect.name != "sqlite":
            return
        try:
            sweeping.end_lost_here(self._ledger)
        except Exception as error:
            log.warning("jobs of the process before wait for their leases: %s", error)

    def _add(self, queue: str, name: str) -> Consumer:
        consumer = Consumer(name, queue, self._app, self._ledger, self._gate, InHand())
        self._consumers.append(consumer)
        return consumer

    def _start_thread(self, consumer: Consumer) -> None:
        thread = threading.Thread(target=consumer.run, daemon=True, name=f"jobs-{consumer.queue}")
        self._threads.append(thread)
        thread.start()

    def _watch(self) -> None:
        for consumer in tuple(self._consumers):
            if consumer.in_hand.is_late(_LATE_GRACE_SECONDS):
                self._replace(consumer)

    def _replace(self, late: Consumer) -> None:
        """Writes that the job is late, leaves its thread alone, and goes on with a new one."""
        held = late.in_hand.get()
        if held is None or late.is_abandoned:
            return
        log.warning("a job on %s is past its time: its thread is left to itself", late.queue)
        late.is_abandoned = True
        self._consumers.remove(late)
        if not self._gate.stop.is_set():
            self._replaced += 1
            name = f"{heartbeats.worker_name(late.queue)}-{self._replaced}"
            self._start_thread(self._add(late.queue, name))
        self._write_late(late, held)

    def _write_late(self, late: Consumer, held: tuple[int, int]) -> None:
        """When the database is away, the lease lapses and the sweep writes it."""
        job_id, attempt = held
        error = dead_worker_error(
            job_id,
            late.name,
            late.timeout_seconds,
            is_overdue=True,
            traceback=_stack_of(late.thread_id),
        )
        with self._ledger.session() as session:
            fail_attempt(session, attempt, error, worker=late.name)
        heartbeats.forget_worker(self._ledger, late.name)


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
