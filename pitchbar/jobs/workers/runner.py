"""Runs one claimed job inside the application's context and writes how it ended."""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

import structlog
from flask import Flask

from pitchbar.core.error_reports import report_error
from pitchbar.core.tracing import Span, span
from pitchbar.jobs.attempts import AttemptError, Fail, JobTimeout, Release, error_from_exception
from pitchbar.jobs.context import job_context
from pitchbar.jobs.declaration import Task, find_task
from pitchbar.jobs.ledger.claims import Claim, finish_job, release_unique_key
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.ledger.endings import fail_attempt, release_attempt
from pitchbar.jobs.ledger.models import DONE, ERROR, REFUSED, RELEASED, TIMEOUT
from pitchbar.jobs.ledger.outages import retry_until_stored
from pitchbar.jobs.workers.logs import begin_log, end_log
from pitchbar.stored_settings.overlay import take_over_changes

log = logging.getLogger(__name__)
events = structlog.get_logger("pitchbar.job")


@dataclass(frozen=True)
class AttemptResult:
    """What a run came to. Without `error` all went well; `release_seconds` is how long a released
    job waits.
    """

    run_ms: int
    log: str | None
    error: AttemptError | None
    release_seconds: float

    @property
    def outcome(self) -> str:
        """One of models.OUTCOMES."""
        return self.error.outcome if self.error else DONE


class Runner:
    """Runs claims one after another.

    Args:
        app: gives tasks their context.
        ledger: where results go.
        aborted: when true, a result that cannot be stored is left to the sweep.
    """

    def __init__(self, app: Flask, ledger: LedgerConnection, aborted: Callable[[], bool]) -> None:
        self._app = app
        self._ledger = ledger
        self._aborted = aborted

    def run(self, claim: Claim) -> str:
        """Returns how the attempt ended, one of models.OUTCOMES."""
        result = self.execute(claim)
        self.store(claim, result)
        return result.outcome

    def execute(self, claim: Claim) -> AttemptResult:
        """Runs the task; what it came to is still to be stored."""
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(**_ids_of(claim)):
            error, seconds = self._execute(claim)
            run_ms = round((time.perf_counter() - started) * 1000)
            result = AttemptResult(run_ms, end_log(), error, seconds)
            events.info("job", outcome=result.outcome, ms=run_ms)
        return result

    def store(self, claim: Claim, result: AttemptResult) -> None:
        try:
            retry_until_stored(lambda: self._store(claim, result), self._aborted)
        except Exception:
            log.exception("job %s: how it ended cannot be written", claim.job_id)

    def _execute(self, claim: Claim) -> tuple[AttemptError | None, float]:
        """The error, and the seconds of a release."""
        begin_log()
        try:
            with job_context(claim), self._app.app_context(), _span_of(claim):
                take_over_changes()
                self._call(claim)
        except Release as release:
            return AttemptError(claim.job_id, RELEASED, "", str(release)), release.seconds
        except Fail as refusal:
            error = error_from_exception(claim.job_id, refusal, REFUSED)
            return replace(error, message=refusal.reason), 0.0
        except JobTimeout as late:
            return error_from_exception(claim.job_id, late, TIMEOUT), 0.0
        except (Exception, SystemExit) as failure:
            log.warning("job %s (%s) failed: %r", claim.job_id, claim.task, failure)
            report_error(failure, task=claim.task, job=str(claim.job_id))
            return error_from_exception(claim.job_id, failure, ERROR), 0.0
        return None, 0.0

    def _call(self, claim: Claim) -> None:
        task = find_task(claim.task)
        if task is None:
            raise LookupError(
                f"This release knows no task named {claim.task}; "
                "another release enqueued the job, or the task was removed."
            )
        self._release_unique_key(task, claim)
        task.function(**claim.arguments)

    def _release_unique_key(self, task: Task, claim: Claim) -> None:
        if task.unique_until == "start":
            retry_until_stored(lambda: release_unique_key(self._ledger, claim), self._aborted)

    def _store(self, claim: Claim, result: AttemptResult) -> bool:
        error = result.error
        if error is None:
            return finish_job(self._ledger, claim, result.run_ms, result.log)
        with self._ledger.session() as session:
            if error.outcome == RELEASED:
                seconds = result.release_seconds
                return release_attempt(session, claim.attempt, error, seconds, log=result.log)
            return fail_attempt(session, claim.attempt, error, log=result.log)


def _ids_of(claim: Claim) -> dict[str, Any]:
    """What each log line of the job tells; the request is the one that it came from."""
    origin = {"request_id": claim.request_id} if claim.request_id else {}
    return {**origin, "job": claim.job_id, "task": claim.task}


def _span_of(claim: Claim) -> AbstractContextManager[Span]:
    ids = {"job": claim.job_id, "attempt": claim.attempt, "wait_ms": claim.wait_ms}
    return span(f"job {claim.task}", kind="consumer", parent=claim.traceparent, **ids)
