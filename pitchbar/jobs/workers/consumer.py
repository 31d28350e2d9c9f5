"""Takes messages of one queue, claims their jobs and runs them, one at a time.

Huey carries the messages; its own consumer is not used. That one takes messages of a paused queue
and while it shuts down, cannot end a task that does not yield to an exception, and adds three round
trips a task for results, revocation and locks, which the ledger makes needless.
"""

import logging
import threading
import time
from dataclasses import dataclass, field
from itertools import chain, repeat

from flask import Flask

from pitchbar.core import clock
from pitchbar.jobs.ledger.claims import Claim, claim_job, find_own_claim
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.ledger.finish_and_claim import finish_and_claim
from pitchbar.jobs.ledger.outages import retry_until_stored
from pitchbar.jobs.transport import JobMessage, transport
from pitchbar.jobs.workers.current_job import CurrentJob
from pitchbar.jobs.workers.runner import AttemptResult, Runner
from pitchbar.jobs.workers.stop_flag import StopFlag

log = logging.getLogger(__name__)
_PAUSE_SECONDS = 0.5
_MAX_PAUSE_SECONDS = 2.0


@dataclass
class WorkerControl:
    """What a process's consumers obey."""

    stop: StopFlag = field(default_factory=StopFlag)
    aborted: threading.Event = field(default_factory=threading.Event)
    paused: frozenset[str] = frozenset()


class Consumer:
    """One at a time in a thread or process.

    Args:
        name: the worker's name in the ledger, host/pid/queue.
        queue: whose messages it takes.
        current_job: where others see what it runs.
    """

    def __init__(
        self,
        name: str,
        queue: str,
        app: Flask,
        ledger: LedgerConnection,
        control: WorkerControl,
        current_job: CurrentJob,
    ) -> None:
        self.name = name
        self.queue = queue
        self.current_job = current_job
        self.started_at = clock.now()
        self.is_abandoned = False
        self.thread_id = 0
        self.timeout_seconds = 0
        self._ledger = ledger
        self._control = control
        self._runner = Runner(app, ledger, control.aborted.is_set)
        self._delay = 0.1

    def run(self) -> None:
        """Until the control says stop."""
        self.thread_id = threading.get_ident()
        while not self._is_over():
            if self.queue in self._control.paused:
                self._control.stop.wait(_PAUSE_SECONDS)
                continue
            try:
                self._poll()
                self._delay = 0.1
            except Exception:
                log.exception("consumer of %s stumbled", self.queue)
                self._back_off()
        self._ledger.release()

    def _is_over(self) -> bool:
        return self._control.stop.is_set() or self.is_abandoned

    def _poll(self) -> None:
        message = self._receive()
        if message is None:
            return
        if self._is_over():
            transport.send(self.queue, [message])
            return
        self.process(message)

    def _receive(self) -> JobMessage | None:
        try:
            return transport.receive(self.queue)
        except ValueError as error:
            log.error("dropped: %s", error)
        except Exception as error:
            log.warning("%s cannot be read: %s", self.queue, error)
            self._back_off()
        return None

    def _back_off(self) -> None:
        self._control.stop.wait(self._delay)
        self._delay = min(_MAX_PAUSE_SECONDS, self._delay * 2)

    def process(self, message: JobMessage) -> int:
        """Runs the message's job, and those that wait behind it; returns how many it ran."""
        ran = 0
        try:
            claim = self._claim(message, may_be_ours=False)
            while claim is not None:
                ran += 1
                claim = self._run(claim)
        finally:
            self.current_job.clear()
        return ran

    def _claim(self, message: JobMessage, *, may_be_ours: bool) -> Claim | None:
        job_id, attempt = message
        answers = chain([may_be_ours], repeat(True))

        def claim() -> Claim | None:
            # When an answer was lost, the job may be ours already.
            if next(answers) and (own := find_own_claim(self._ledger, job_id, attempt, self.name)):
                return own
            return claim_job(self._ledger, job_id, attempt, self.name)

        return retry_until_stored(claim, self._is_over)

    def _run(self, claim: Claim) -> Claim | None:
        """Returns the next job, which is claimed in the same breath when there is one."""
        self.timeout_seconds = claim.timeout_seconds
        self.current_job.start(claim.job_id, claim.attempt, claim.timeout_seconds)
        result = self._runner.execute(claim)
        self.current_job.set_executed()
        if result.error is None and (message := self._next_message()):
            return self._finish_and_claim(claim, result, message)
        self._runner.store(claim, result)
        return None

    def _next_message(self) -> JobMessage | None:
        if self._is_over() or self.queue in self._control.paused:
            return None
        try:
            return transport.receive_now(self.queue)
        except Exception as error:
            log.warning("%s cannot be read: %s", self.queue, error)
            return None

    def _finish_and_claim(
        self, claim: Claim, result: AttemptResult, message: JobMessage
    ) -> Claim | None:
        try:
            return finish_and_claim(self._ledger, claim, result.run_ms, result.log, message)
        except Exception as error:
            log.warning("worker %s writes one by one: %s", self.name, error)
            self._runner.store(claim, result)
            return self._claim(message, may_be_ours=True)


def drain(consumer: Consumer, *, seconds: float) -> int:
    """Works until the queue is empty or the time is over; returns how many jobs it ran."""
    ran, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        message = transport.receive(consumer.queue)
        if message is None:
            break
        ran += consumer.process(message)
    return ran
