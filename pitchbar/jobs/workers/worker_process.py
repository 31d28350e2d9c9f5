"""What runs in a worker process: one consumer, its steward, and an orderly end."""

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
from pitchbar.jobs.ledger.connection import Ledger
from pitchbar.jobs.ledger.outages import insist
from pitchbar.jobs.workers.consumer import Consumer, Gate
from pitchbar.jobs.workers.current_job import InHand
from pitchbar.jobs.workers.logs import JobLogHandler
from pitchbar.jobs.workers.maintenance import Steward

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
class Unfinished:
    """A killed predecessor, whose jobs its successor ends; `late` is the (job id, attempt) for
    which it was killed.
    """

    worker: str
    late: tuple[int, int] | None
    traceback: str


class Child:
    """Made and run in the forked process."""

    def __init__(
        self, app: Flask, database_url: str, queue: str, options: WorkerOptions, in_hand: InHand
    ) -> None:
        self._options = options
        self._gate = Gate()
        self._ledger = Ledger(database_url)
        self._parent = os.getppid()
        self._drain_until = float("inf")
        name = heartbeats.worker_name(queue)
        self._consumer = Consumer(name, queue, app, self._ledger, self._gate, in_hand)
        self._steward = Steward([self._consumer], [queue], self._ledger, self._gate, self._watch)

    def run(self, unfinished: Sequence[Unfinished], stacks: IO[Any]) -> None:
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        faulthandler.register(signal.SIGUSR1, file=stacks, all_threads=True)
        logging.getLogger().addHandler(JobLogHandler())
        threading.current_thread().name = self._consumer.name
        self._steward.start()
        for one in unfinished:
            self._try_to_settle(one)
        self._consumer.in_hand.set_settled()
        self._consumer.run()
        self._steward.close()
        self._ledger.close()

    def _try_to_settle(self, one: Unfinished) -> None:
        """What cannot be settled is left to the sweep; this worker goes to work all the same."""
        try:
            insist(lambda: self._settle(one), self._gate.stop.is_set)
        except Exception:
            log.exception("jobs of %s wait for their leases", one.worker)

    def _settle(self, one: Unfinished) -> None:
        sweeping.end_attempts_of(self._ledger, one.worker, one.late, one.traceback)
        heartbeats.forget_worker(self._ledger, one.worker)

    def _stop(self, *_: object) -> None:
        """On TERM, and when the parent is gone. The second time ends the drain."""
        again = self._drain_until < float("inf")
        self._drain_until = time.monotonic() + (0.0 if again else self._options.drain_seconds)
        self._gate.stop.set()

    def _watch(self) -> None:
        """Each second: follow a parent that is gone, bound the drain, stop when too fat."""
        limit = self._options.memory_mb * 1024 * 1024
        if os.getppid() != self._parent and self._drain_until == float("inf"):
            self._stop()
        elif limit and heartbeats.rss_bytes() > limit and not self._gate.stop.is_set():
            log.info("%s is above %s MB and is replaced", self._consumer.name, limit >> 20)
            self._gate.stop.set()
        if time.monotonic() >= self._drain_until:
            self._leave()

    def _leave(self) -> None:
        """The drain is over and the job is not: give it back and go, without its thread."""
        self._gate.give_up.set()
        try:
            self._steward.release_all(f"The worker stopped at {clock.now():%H:%M:%S} UTC.")
            self._steward.close()
        finally:
            os._exit(0)
