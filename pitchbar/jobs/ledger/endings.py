"""How an attempt ends when it does not end well: tried again, released, or failed for good."""

import traceback as traceback_module
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from pitchbar.core import clock
from pitchbar.core.database import after_commit
from pitchbar.jobs.attempts import Failure
from pitchbar.jobs.declaration import find_task
from pitchbar.jobs.ledger.enqueueing import new_row, waiting_columns
from pitchbar.jobs.ledger.models import FAILED, LOST, REFUSED, RELEASED, RUNNING, Job, JobAttempt
from pitchbar.jobs.ledger.outages import storable
from pitchbar.jobs.retries import RetryPolicy
from pitchbar.jobs.transport import transport

_MESSAGE_CHARS = 2_000
_TRACEBACK_CHARS = 32_000
HOOK_TASK = "jobs.run_failed_hook"


@dataclass(frozen=True)
class Trouble:
    """What went wrong with an attempt. `outcome` is one of models.OUTCOMES."""

    outcome: str
    error_class: str = ""
    message: str = ""
    traceback: str = ""
    log: str | None = None


def trouble_of(error: BaseException, outcome: str, log: str | None = None) -> Trouble:
    kind = type(error)
    try:
        message = str(error)
    except Exception:
        message = "(its message cannot be read)"
    lines = traceback_module.format_exception(kind, error, error.__traceback__)
    name = kind.__qualname__ if kind.__module__ == "builtins" else _full_name(kind)
    return Trouble(outcome, name, message, "".join(lines), log)


def _full_name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def release_job(
    session: Session,
    job_id: int,
    attempt: int,
    seconds: float,
    trouble: Trouble | None = None,
    *,
    worker: str = "",
) -> bool:
    """Puts the job back for `seconds` and gives its try back. False when it is another's."""
    job = _take(session, job_id, attempt, worker)
    if job is None:
        return False
    _keep_attempt(session, job, trouble or Trouble(RELEASED))
    _wait_again(session, job, seconds, tries_used=max(0, job.tries_used - 1))
    return True


def fail_attempt(
    session: Session, job_id: int, attempt: int, trouble: Trouble, *, worker: str = ""
) -> bool:
    """Ends the attempt: the job waits for its next try, or has failed when none is left or the
    task refused to go on. False when the job is another's (or not of `worker`, when named).
    """
    job = _take(session, job_id, attempt, worker)
    if job is None:
        return False
    _keep_attempt(session, job, trouble)
    if trouble.outcome == REFUSED or job.tries_used >= job.tries:
        _fail(session, job, trouble)
    else:
        _wait_again(session, job, _wait_seconds(job, trouble), trouble=trouble)
    return True


def _wait_seconds(job: Any, trouble: Trouble) -> float:
    # A worker that died says little about the job, so it need not wait.
    task = find_task(job.task)
    policy = task.retry if task is not None else RetryPolicy()
    return 0.0 if trouble.outcome == LOST else policy.wait_after(job.tries_used)


def _take(session: Session, job_id: int, attempt: int, worker: str = "") -> Any:
    """Writes first: that locks the row, so of two who end an attempt only one goes on."""
    mine = [Job.id == job_id, Job.attempt == attempt, Job.state == RUNNING]
    if worker:
        mine.append(Job.worker == worker)
    held = session.connection().execute(update(Job).where(*mine).values(lease_until=None))
    if not held.rowcount:
        return None
    return session.execute(select(*_TAKEN).where(Job.id == job_id)).one()


_TAKEN = (
    Job.id, Job.queue, Job.task, Job.arguments, Job.attempt, Job.tries, Job.tries_used,
    Job.started_at, Job.due_at, Job.worker,
)  # fmt: skip


def _keep_attempt(session: Session, job: Any, trouble: Trouble) -> None:
    row = {
        "job_id": job.id,
        "number": job.attempt,
        "outcome": trouble.outcome,
        "started_at": job.started_at,
        "finished_at": clock.now(),
        "worker": job.worker,
        **_error_columns(trouble),
        "traceback": storable(trouble.traceback[-_TRACEBACK_CHARS:]) or None,
        "log": trouble.log and storable(trouble.log),
    }
    session.execute(insert(JobAttempt), row)


def _wait_again(
    session: Session,
    job: Any,
    seconds: float,
    *,
    tries_used: int | None = None,
    trouble: Trouble | None = None,
) -> None:
    at = clock.now()
    values: dict[str, Any] = waiting_columns(at, at + timedelta(seconds=seconds), sent=seconds <= 0)
    if tries_used is not None:
        values["tries_used"] = tries_used
    if trouble is not None:
        values |= _error_columns(trouble)
    _set(session, job.id, values)
    if seconds <= 0:
        after_commit(session, lambda: _send(job.queue, job.id, job.attempt))


def _send(queue: str, job_id: int, attempt: int) -> None:
    transport.send(queue, [(job_id, attempt)])


def _fail(session: Session, job: Any, trouble: Trouble) -> None:
    at = clock.now()
    values: dict[str, Any] = {
        "state": FAILED,
        "finished_at": at,
        "wait_ms": _ms_between(job.due_at, job.started_at),
        "run_ms": _ms_between(job.started_at, at),
        "unique_key": None,
        **_error_columns(trouble),
    }
    _set(session, job.id, values)
    _enqueue_hook(session, job, trouble)


def _enqueue_hook(session: Session, job: Any, trouble: Trouble) -> None:
    """The hook is a job too, in the same transaction, so it cannot be lost either."""
    task, hook_task = find_task(job.task), find_task(HOOK_TASK)
    if task is None or task.failed_hook is None or hook_task is None:
        return
    failure = Failure(
        job.id,
        trouble.outcome,
        storable(trouble.error_class),
        storable(trouble.message[:_MESSAGE_CHARS]),
    )
    arguments = {"task": job.task, "arguments": job.arguments, "failure": asdict(failure)}
    row = new_row(hook_task, arguments) | {"queue": job.queue, "timeout_seconds": task.timeout}
    hook_id = session.execute(insert(Job).returning(Job.id), row).scalar_one()
    after_commit(session, lambda: _send(job.queue, hook_id, 0))


def _set(session: Session, job_id: int, values: dict[str, Any]) -> None:
    session.connection().execute(update(Job).where(Job.id == job_id).values(values))


def _error_columns(trouble: Trouble) -> dict[str, str | None]:
    return {
        "error_class": storable(trouble.error_class[:200]) or None,
        "error_message": storable(trouble.message[:_MESSAGE_CHARS]) or None,
    }


def _ms_between(start: datetime | None, end: datetime | None) -> int:
    return max(0, round((end - start).total_seconds() * 1000)) if start and end else 0
