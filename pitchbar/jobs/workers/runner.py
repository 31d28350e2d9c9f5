"""Runs one claimed job inside the application's context and writes how it ended."""

import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, replace

from flask import Flask

from pitchbar.jobs.attempts import Fail, JobTimeout, Release
from pitchbar.jobs.declaration import Task, find_task
from pitchbar.jobs.ledger.claims import Claim, finish_job, free_unique_key
from pitchbar.jobs.ledger.connection import Ledger
from pitchbar.jobs.ledger.endings import Trouble, fail_attempt, release_job, trouble_of
from pitchbar.jobs.ledger.models import DONE, ERROR, REFUSED, RELEASED, TIMEOUT
from pitchbar.jobs.ledger.outages import insist
from pitchbar.jobs.workers.logs import begin_log, end_log

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Current:
    """The job that runs in this context."""

    claim: Claim
    deadline: float


_current: ContextVar[Current | None] = ContextVar("current_job", default=None)


def current_job() -> Claim | None:
    """The job that this code runs in, if any."""
    current = _current.get()
    return current.claim if current else None


def seconds_left() -> float:
    """Until the running job's time is over; infinite outside of jobs."""
    current = _current.get()
    return current.deadline - time.monotonic() if current else float("inf")


def check_deadline() -> None:
    """Call it in long loops: embedded, where no process can be killed, it is what ends a job that
    takes too long. Raises JobTimeout.
    """
    if seconds_left() <= 0:
        raise JobTimeout("its time was over")


@dataclass(frozen=True)
class Attempt:
    """What a run came to. Without `trouble` all went well; `seconds` is how long a released job
    waits.
    """

    run_ms: int
    log: str | None
    trouble: Trouble | None
    seconds: float

    @property
    def outcome(self) -> str:
        """One of models.OUTCOMES."""
        return self.trouble.outcome if self.trouble else DONE


class Runner:
    """Runs claims one after another.

    Args:
        app: gives tasks their context.
        ledger: where outcomes go.
        given_up: when true, an outcome that cannot be written is left to the sweep.
    """

    def __init__(self, app: Flask, ledger: Ledger, given_up: Callable[[], bool]) -> None:
        self._app = app
        self._ledger = ledger
        self._given_up = given_up

    def run(self, claim: Claim) -> str:
        """Returns how the attempt ended, one of models.OUTCOMES."""
        attempt = self.attempt(claim)
        self.write(claim, attempt)
        return attempt.outcome

    def attempt(self, claim: Claim) -> Attempt:
        """Runs the task; what it came to is still to be written."""
        started = time.perf_counter()
        trouble, seconds = self._run(claim)
        run_ms = round((time.perf_counter() - started) * 1000)
        return Attempt(run_ms, end_log(), trouble, seconds)

    def write(self, claim: Claim, attempt: Attempt) -> None:
        try:
            insist(lambda: self._write(claim, attempt), self._given_up)
        except Exception:
            log.exception("job %s: how it ended cannot be written", claim.job_id)

    def _run(self, claim: Claim) -> tuple[Trouble | None, float]:
        token = _current.set(Current(claim, time.monotonic() + claim.timeout_seconds))
        begin_log()
        try:
            with self._app.app_context():
                self._call(claim)
        except Release as release:
            return Trouble(RELEASED, "", str(release)), release.seconds
        except Fail as refusal:
            return replace(trouble_of(refusal, REFUSED), message=refusal.reason), 0.0
        except JobTimeout as late:
            return trouble_of(late, TIMEOUT), 0.0
        except (Exception, SystemExit) as error:
            log.warning("job %s (%s) failed: %r", claim.job_id, claim.task, error)
            return trouble_of(error, ERROR), 0.0
        finally:
            _current.reset(token)
        return None, 0.0

    def _call(self, claim: Claim) -> None:
        task = find_task(claim.task)
        if task is None:
            raise LookupError(
                f"This release knows no task named {claim.task}; "
                "another release enqueued the job, or the task was removed."
            )
        self._free_key(task, claim)
        task.function(**claim.arguments)

    def _free_key(self, task: Task, claim: Claim) -> None:
        if task.unique_until == "start":
            insist(lambda: free_unique_key(self._ledger, claim), self._given_up)

    def _write(self, claim: Claim, attempt: Attempt) -> bool:
        if attempt.trouble is None:
            return finish_job(self._ledger, claim, attempt.run_ms, attempt.log)
        trouble = replace(attempt.trouble, log=attempt.log)
        with self._ledger.session() as session:
            if trouble.outcome == RELEASED:
                return release_job(session, claim.job_id, claim.attempt, attempt.seconds, trouble)
            return fail_attempt(session, claim.job_id, claim.attempt, trouble)
