"""`pitchbar work`: the parent of worker processes.

It talks to no database and no queue, so nothing of theirs can make it stumble. It starts one
process or more for each queue, restarts those that end, and kills the one whose job is overdue.
"""

import logging
import multiprocessing
import os
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from types import FrameType
from typing import IO, Any

from flask import Flask

from pitchbar.jobs.ledger.heartbeats import worker_name
from pitchbar.jobs.workers.current_job import CurrentJob
from pitchbar.jobs.workers.worker_process import (
    STOP_SIGNALS,
    KilledWorker,
    WorkerOptions,
    WorkerProcess,
)

log = logging.getLogger(__name__)

_POLL_SECONDS = 0.2
_TIMEOUT_GRACE_SECONDS = 0.5
_STACK_SECONDS = 0.2
_STACK_BYTES = 32_000
_SHORT_LIFE_SECONDS = 10.0
_MAX_BACKOFF_SECONDS = 30.0
# Longer than a worker needs to give its job back when its drain is over.
_KILL_SECONDS = 5.0


@dataclass
class _Slot:
    """A slot for one worker process, filled again and again."""

    queue: str
    stacks: IO[Any]
    current_job: CurrentJob = field(default_factory=CurrentJob)
    process: Any = None
    started: float = 0.0
    start_at: float = 0.0
    idle_crashes: int = 0
    overdue: tuple[int, int] | None = None
    killed_workers: list[KilledWorker] = field(default_factory=list)


class Supervisor:
    """Args: the app factory is called once, before any process is forked."""

    def __init__(
        self,
        make_app: Callable[[], Flask],
        database_url: str,
        queues: Sequence[str],
        options: WorkerOptions,
    ) -> None:
        self._make_app = make_app
        self._database_url = database_url
        self._options = options
        self._context = multiprocessing.get_context("fork")
        self._stop_at = float("inf")
        self._stopping = False
        self._slots = [
            _Slot(queue, tempfile.TemporaryFile())  # noqa: SIM115 - open as long as the slot
            for queue in queues
            for _ in range(options.processes)
        ]

    def run(self) -> None:
        """Until TERM or INT; returns when every worker has ended."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        self._app = self._make_app()
        while not (self._stopping and not any(slot.process for slot in self._slots)):
            for slot in self._slots:
                self._supervise(slot)
            self._wait()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        """A second signal ends the drain."""
        drain = 0.0 if self._stopping else self._options.drain_seconds
        self._stopping = True
        self._stop_at = time.monotonic() + drain + _KILL_SECONDS
        for slot in self._slots:
            if slot.process is not None:
                slot.process.terminate()

    def _wait(self) -> None:
        sentinels = [slot.process.sentinel for slot in self._slots if slot.process]
        if sentinels:
            wait(sentinels, _POLL_SECONDS)
        else:
            time.sleep(_POLL_SECONDS)

    def _supervise(self, slot: _Slot) -> None:
        if slot.process is None:
            if not self._stopping and time.monotonic() >= slot.start_at:
                self._start(slot)
        elif not slot.process.is_alive():
            self._reap(slot)
        elif slot.current_job.is_overdue(_TIMEOUT_GRACE_SECONDS):
            self._kill_overdue(slot)
        elif time.monotonic() >= self._stop_at:
            slot.process.kill()

    def _start(self, slot: _Slot) -> None:
        slot.started, slot.overdue = time.monotonic(), None
        slot.current_job.reset()
        slot.stacks.seek(0)
        slot.stacks.truncate()
        # The worker must not answer a signal with our handlers; it unblocks when it has its own.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
        slot.process = self._context.Process(target=self._run_worker, args=(slot,))
        slot.process.start()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)

    def _run_worker(self, slot: _Slot) -> None:
        worker = WorkerProcess(
            self._app, self._database_url, slot.queue, self._options, slot.current_job
        )
        worker.run(slot.killed_workers, slot.stacks)

    def _kill_overdue(self, slot: _Slot) -> None:
        """Asks for the stacks first, so that the job's page can show where it hung."""
        held = slot.current_job.get()
        os.kill(slot.process.pid, signal.SIGUSR1)
        time.sleep(_STACK_SECONDS)
        if slot.current_job.get() != held or not slot.current_job.is_overdue():
            return
        log.warning("a job on %s is past its time: its process is killed", slot.queue)
        slot.overdue = held
        slot.process.kill()
        slot.process.join()

    def _reap(self, slot: _Slot) -> None:
        process, slot.process = slot.process, None
        if slot.current_job.has_predecessors_ended():
            slot.killed_workers.clear()
        if process.exitcode:
            slot.killed_workers.append(self._killed_worker(slot, process.pid))
        slot.start_at = time.monotonic() + self._restart_delay(slot, process.exitcode)
        if process.exitcode and not self._stopping:
            log.warning("worker %s of %s ended with %s", process.pid, slot.queue, process.exitcode)
        process.close()

    def _restart_delay(self, slot: _Slot, exitcode: int) -> float:
        """Seconds. Only processes that die young and idle are started ever more slowly; a job that
        kills its worker is stopped by its tries.
        """
        lived = time.monotonic() - slot.started
        if exitcode == 0 or slot.current_job.has_worked() or lived > _SHORT_LIFE_SECONDS:
            slot.idle_crashes = 0
            return 0.0
        slot.idle_crashes += 1
        return min(_MAX_BACKOFF_SECONDS, 0.25 * 2.0 ** min(slot.idle_crashes - 1, 10))

    def _killed_worker(self, slot: _Slot, pid: int) -> KilledWorker:
        slot.stacks.seek(0)
        stacks = slot.stacks.read(_STACK_BYTES).decode(errors="replace") if slot.overdue else ""
        return KilledWorker(worker_name(slot.queue, pid), slot.overdue, stacks)
