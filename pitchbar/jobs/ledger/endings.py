"""How an attempt ends when it does not end well: tried again, released, or failed for good."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from pitchbar.core import clock
from pitchbar.core.database import after_commit, changed_rows
from pitchbar.core.text import storable
from pitchbar.jobs.attempts import AttemptError
from pitchbar.jobs.declaration import HOOK_TASK, find_task
from pitchbar.jobs.ledger.enqueueing import new_row, waiting_columns
from pitchbar.jobs.ledger.models import FAILED, LOST, REFUSED, RUNNING, Job, JobAttempt
from pitchbar.jobs.retries import RetryPolicy
from pitchbar.jobs.transport import transport

_MESSAGE_CHARS = 2_000
_TRACEBACK_CHARS = 32_000


def release_attempt(
    session: Session, attempt: int, error: AttemptError, seconds: float, *, log: str | None = None
) -> bool:
    """Puts the job back for `seconds`, its try with it. False when it is another's."""
    job = _lock_attempt(session, error.job_id, attempt)
    if job is None:
        return False
    _insert_attempt(session, job, error, log)
    _requeue(session, job, seconds, {"tries_used": max(0, job.tries_used - 1)})
    return True


def fail_attempt(
    session: Session,
    attempt: int,
    error: AttemptError,
    *,
    log: str | None = None,
    worker: str = "",
) -> bool:
    """Ends the attempt: the job waits for its next try, or has failed when none is left or the
    task refused to go on. False when the job is another's (or not of `worker`, when named).
    """
    job = _lock_attempt(session, error.job_id, attempt, worker)
    if job is None:
        return False
    _insert_attempt(session, job, error, log)
    if error.outcome == REFUSED or job.tries_used >= job.tries:
        _fail(session, job, error)
    else:
        _requeue(session, job, _seconds_to_next_try(job, error), _error_columns(error))
    return True


def _seconds_to_next_try(job: Any, error: AttemptError) -> float:
    # A worker that died says little about the job, so it need not wait.
    task = find_task(job.task)
    policy = task.retry if task is not None else RetryPolicy()
    return 0.0 if error.outcome == LOST else policy.wait_after(job.tries_used)


def _lock_attempt(session: Session, job_id: int, attempt: int, worker: str = "") -> Any:
    """Writes first: that locks the row, so of two who end an attempt only one goes on."""
    held = [Job.id == job_id, Job.attempt == attempt, Job.state == RUNNING]
    if worker:
        held.append(Job.worker == worker)
    if not changed_rows(session, update(Job).where(*held).values(lease_until=None)):
        return None
    return session.execute(select(*_LOCKED_COLUMNS).where(Job.id == job_id)).one()


_LOCKED_COLUMNS = (
    Job.id, Job.queue, Job.task, Job.arguments, Job.attempt, Job.tries, Job.tries_used,
    Job.started_at, Job.due_at, Job.worker,
)  # fmt: skip


def _insert_attempt(session: Session, job: Any, error: AttemptError, log: str | None) -> None:
    row = {
        "job_id": job.id,
        "number": job.attempt,
        "outcome": error.outcome,
        "started_at": job.started_at,
        "finished_at": clock.now(),
        "worker": job.worker,
        **_error_columns(error),
        "traceback": storable(error.traceback[-_TRACEBACK_CHARS:]) or None,
        "log": log and storable(log),
    }
    session.execute(insert(JobAttempt), row)


def _requeue(session: Session, job: Any, seconds: float, values: dict[str, Any]) -> None:
    at = clock.now()
    waiting = waiting_columns(at, at + timedelta(seconds=seconds), sent=seconds <= 0)
    _update(session, job.id, waiting | values)
    if seconds <= 0:
        after_commit(session, lambda: _send(job.queue, job.id, job.attempt))


def _send(queue: str, job_id: int, attempt: int) -> None:
    transport.send(queue, [(job_id, attempt)])


def _fail(session: Session, job: Any, error: AttemptError) -> None:
    at = clock.now()
    values: dict[str, Any] = {
        "state": FAILED,
        "finished_at": at,
        "wait_ms": _ms_between(job.due_at, job.started_at),
        "run_ms": _ms_between(job.started_at, at),
        "unique_key": None,
        **_error_columns(error),
    }
    _update(session, job.id, values)
    _enqueue_failed_hook(session, job, error)


def _enqueue_failed_hook(session: Session, job: Any, error: AttemptError) -> None:
    """The hook is a job too, in the same transaction, so it cannot be lost either."""
    task, hook_task = find_task(job.task), find_task(HOOK_TASK)
    if task is None or task.failed_hook is None or hook_task is None:
        return
    failure = {
        "job_id": job.id,
        "outcome": error.outcome,
        "error_class": storable(error.error_class),
        "message": storable(error.message[:_MESSAGE_CHARS]),
    }
    arguments = {"task": job.task, "arguments": job.arguments, "failure": failure}
    row = new_row(hook_task, arguments) | {"queue": job.queue, "timeout_seconds": task.timeout}
    hook_id = session.execute(insert(Job).returning(Job.id), row).scalar_one()
    after_commit(session, lambda: _send(job.queue, hook_id, 0))


def _update(session: Session, job_id: int, values: dict[str, Any]) -> None:
    session.connection().execute(update(Job).where(Job.id == job_id).values(values))


def _error_columns(error: AttemptError) -> dict[str, str | None]:
    return {
        "error_class": storable(error.error_class[:200]) or None,
        "error_message": storable(error.message[:_MESSAGE_CHARS]) or None,
    }


def _ms_between(start: datetime | None, end: datetime | None) -> int:
    return max(0, round((end - start).total_seconds() * 1000)) if start and end else 0
