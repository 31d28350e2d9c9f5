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
from sqlalchemy import select

from pitchbar.core import clock
from pitchbar.jobs import heartbeats
from pitchbar.jobs.consumer import Consumer, Gate
from pitchbar.jobs.endings import fail_attempt
from pitchbar.jobs.in_hand import InHand
from pitchbar.jobs.ledger import Ledger
from pitchbar.jobs.logs import JobLogHandler
from pitchbar.jobs.models import Job
from pitchbar.jobs.persistence import insist
from pitchbar.jobs.steward import Steward
from pitchbar.jobs.sweeping import lost_or_late

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
    """What a killed predecessor had in hand; its successor writes how it ended."""

    job_id: int
    attempt: int
    worker: str
    is_late: bool
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
            self._settle(one)
        self._consumer.in_hand.set_settled()
        self._consumer.run()
        self._steward.close()
        self._ledger.close()

    def _settle(self, one: Unfinished) -> None:
        timeout = self._timeout_of(one) if one.is_late else 0
        trouble = lost_or_late(one.is_late, timeout, one.worker, one.traceback)

        def write() -> bool:
            with self._ledger.session() as session:
                return fail_attempt(session, one.job_id, one.attempt, trouble, worker=one.worker)

        insist(write, self._gate.stop.is_set)
        heartbeats.forget_worker(self._ledger, one.worker)

    def _timeout_of(self, unfinished: Unfinished) -> int:
        found = insist(
            lambda: self._ledger.execute(
                select(Job.timeout_seconds).where(Job.id == unfinished.job_id)
            ).scalar_one_or_none(),
            self._gate.stop.is_set,
        )
        return found or 0

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
