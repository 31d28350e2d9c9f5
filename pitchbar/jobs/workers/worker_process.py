"""What runs in a worker process: one consumer, its maintenance thread, and an orderly end."""

import faulthandler
import logging
import os
import signal
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any

from flask import Flask

from pitchbar.core import clock
from pitchbar.jobs.ledger import heartbeats, sweeping
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.ledger.outages import retry_until_stored
from pitchbar.jobs.workers.consumer import Consumer, WorkerControl
from pitchbar.jobs.workers.current_job import CurrentJob
from pitchbar.jobs.workers.logs import JobLogHandler
from pitchbar.jobs.workers.maintenance import MaintenanceThread
from pitchbar.observability.starting import start_watching_app

log = logging.getLogger(__name__)

STOP_SIGNALS = {signal.SIGTERM, signal.SIGINT}


@dataclass(frozen=True)
class WorkerOptions:
    """How worker processes behave.

    Attributes:
        processes: for each queue.
        drain_seconds: how long a running job may go on after TERM; then it is given back.
        memory_mb: a worker above this ends after its job and is replaced; 0 is no limit.
    """

    processes: int = 1
    drain_seconds: float = 25.0
    memory_mb: int = 512


@dataclass(frozen=True)
class KilledWorker:
    """A killed predecessor, whose jobs its successor ends; `overdue` is the (job id, attempt) for
    which it was killed.
    """

    worker: str
    overdue: tuple[int, int] | None
    traceback: str


class WorkerProcess:
    """Made and run in the forked process."""

    def __init__(
        self,
        app: Flask,
        database_url: str,
        queue: str,
        options: WorkerOptions,
        current_job: CurrentJob,
    ) -> None:
        self._app = app
        self._options = options
        self._control = WorkerControl()
        self._ledger = LedgerConnection(database_url)
        self._parent = os.getppid()
        self._drain_until = float("inf")
        name = heartbeats.worker_name(queue)
        self._consumer = Consumer(name, queue, app, self._ledger, self._control, current_job)
        self._maintenance = MaintenanceThread(
            [self._consumer], [queue], self._ledger, self._control, self._check_process
        )

    def run(self, killed_workers: Sequence[KilledWorker], stacks: IO[Any]) -> None:
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        faulthandler.register(signal.SIGUSR1, file=stacks, all_threads=True)
        logging.getLogger().addHandler(JobLogHandler())
        threading.current_thread().name = self._consumer.name
        start_watching_app(self._app, f"worker-{self._consumer.queue}")
        self._maintenance.start()
        for killed in killed_workers:
            self._try_to_end_attempts_of(killed)
        self._consumer.current_job.set_predecessors_ended()
        self._consumer.run()
        self._maintenance.close()
        self._ledger.close()

    def _try_to_end_attempts_of(self, killed: KilledWorker) -> None:
        """What cannot be ended is left to the sweep; this worker goes to work all the same."""
        try:
            retry_until_stored(lambda: self._end_attempts_of(killed), self._control.stop.is_set)
        except Exception:
            log.exception("jobs of %s wait for their leases", killed.worker)

    def _end_attempts_of(self, killed: KilledWorker) -> None:
        sweeping.end_attempts_of_worker(
            self._ledger, killed.worker, killed.overdue, killed.traceback
        )
        heartbeats.remove_worker(self._ledger, killed.worker)

    def _stop(self, *_: object) -> None:
        """On TERM, and when the parent is gone. The second time ends the drain."""
        again = self._drain_until < float("inf")
        self._drain_until = time.monotonic() + (0.0 if again else self._options.drain_seconds)
        self._control.stop.set()

    def _check_process(self) -> None:
        """Each second: follow a parent that is gone, bound the drain, stop when too fat."""
        limit = self._options.memory_mb * 1024 * 1024
        if os.getppid() != self._parent and self._drain_until == float("inf"):
            self._stop()
        elif limit and heartbeats.rss_bytes() > limit and not self._control.stop.is_set():
            log.info("%s is above %s MB and is replaced", self._consumer.name, limit >> 20)
            self._control.stop.set()
        if time.monotonic() >= self._drain_until:
            self._exit_at_once()

    def _exit_at_once(self) -> None:
        """The drain is over and the job is not: give it back and go, without its thread."""
        self._control.aborted.set()
        try:
            self._maintenance.release_current_jobs(
                f"The worker stopped at {clock.now():%H:%M:%S} UTC."
            )
            self._maintenance.close()
        finally:
            os._exit(0)
