"""`pitchbar work`: the parent of worker processes.

It talks to no database and no queue, so nothing of theirs can make it stumble. It starts one
process or more for each queue, restarts those that end, and kills the one whose job is late.
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
from pitchbar.jobs.workers.current_job import InHand
from pitchbar.jobs.workers.worker_process import STOP_SIGNALS, Child, Unfinished, WorkerOptions

log = logging.getLogger(__name__)

_LOOK_SECONDS = 0.2
_TIMEOUT_GRACE_SECONDS = 0.5
_STACK_SECONDS = 0.2
_STACK_BYTES = 32_000
_SHORT_LIFE_SECONDS = 10.0
_MAX_BACKOFF_SECONDS = 30.0
# Longer than a child needs to give its job back when its drain is over.
_KILL_SECONDS = 5.0


@dataclass
class _Place:
    """A place for one worker process, filled again and again."""

    queue: str
    stacks: IO[Any]
    in_hand: InHand = field(default_factory=InHand)
    process: Any = None
    started: float = 0.0
    start_at: float = 0.0
    idle_deaths: int = 0
    late: tuple[int, int] | None = None
    unfinished: list[Unfinished] = field(default_factory=list)


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
        self._places = [
            _Place(queue, tempfile.TemporaryFile())  # noqa: SIM115 - open as long as the place
            for queue in queues
            for _ in range(options.processes)
        ]

    def run(self) -> None:
        """Until TERM or INT; returns when every child has ended."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        self._app = self._make_app()
        while not (self._stopping and not any(place.process for place in self._places)):
            for place in self._places:
                self._look_after(place)
            self._wait()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        """A second signal ends the drain."""
        drain = 0.0 if self._stopping else self._options.drain_seconds
        self._stopping = True
        self._stop_at = time.monotonic() + drain + _KILL_SECONDS
        for place in self._places:
            if place.process is not None:
                place.process.terminate()

    def _wait(self) -> None:
        sentinels = [place.process.sentinel for place in self._places if place.process]
        if sentinels:
            wait(sentinels, _LOOK_SECONDS)
        else:
            time.sleep(_LOOK_SECONDS)

    def _look_after(self, place: _Place) -> None:
        if place.process is None:
            if not self._stopping and time.monotonic() >= place.start_at:
                self._start(place)
        elif not place.process.is_alive():
            self._bury(place)
        elif place.in_hand.is_late(_TIMEOUT_GRACE_SECONDS):
            self._end_late(place)
        elif time.monotonic() >= self._stop_at:
            place.process.kill()

    def _start(self, place: _Place) -> None:
        place.started, place.late = time.monotonic(), None
        place.in_hand.reset()
        place.stacks.seek(0)
        place.stacks.truncate()
        # The child must not answer a signal with our handlers; it unblocks when it has its own.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
        place.process = self._context.Process(target=self._run_child, args=(place,))
        place.process.start()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)

    def _run_child(self, place: _Place) -> None:
        child = Child(self._app, self._database_url, place.queue, self._options, place.in_hand)
        child.run(place.unfinished, place.stacks)

    def _end_late(self, place: _Place) -> None:
        """Asks for the stacks first, so that the job's page can show where it hung."""
        held = place.in_hand.get()
        os.kill(place.process.pid, signal.SIGUSR1)
        time.sleep(_STACK_SECONDS)
        if place.in_hand.get() != held or not place.in_hand.is_late():
            return
        log.warning("a job on %s is past its time: its process is killed", place.queue)
        place.late = held
        place.process.kill()
        place.process.join()

    def _bury(self, place: _Place) -> None:
        process, place.process = place.process, None
        if place.in_hand.has_settled():
            place.unfinished.clear()
        if process.exitcode:
            place.unfinished.append(self._describe(place, process.pid))
        place.start_at = time.monotonic() + self._pause_before_next(place, process.exitcode)
        if process.exitcode and not self._stopping:
            log.warning("worker %s of %s ended with %s", process.pid, place.queue, process.exitcode)
        process.close()

    def _pause_before_next(self, place: _Place, exitcode: int) -> float:
        """Seconds. Only processes that die young and idle are started ever more slowly; a job that
        kills its worker is stopped by its tries.
        """
        lived = time.monotonic() - place.started
        if exitcode == 0 or place.in_hand.has_worked() or lived > _SHORT_LIFE_SECONDS:
            place.idle_deaths = 0
            return 0.0
        place.idle_deaths += 1
        return min(_MAX_BACKOFF_SECONDS, 0.25 * 2.0 ** min(place.idle_deaths - 1, 10))

    def _describe(self, place: _Place, pid: int) -> Unfinished:
        place.stacks.seek(0)
        stacks = place.stacks.read(_STACK_BYTES).decode(errors="replace") if place.late else ""
        return Unfinished(worker_name(place.queue, pid), place.late, stacks)
