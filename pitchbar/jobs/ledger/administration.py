"""What an operator does to jobs and queues. The caller commits, and tells the audit log."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from pitchbar.core import clock
from pitchbar.core.database import after_commit, changed_rows
from pitchbar.jobs.arguments import UnfitArgument, bind_arguments
from pitchbar.jobs.declaration import HOOK_TASK, find_task, shown_arguments
from pitchbar.jobs.ledger.enqueueing import waiting_columns
from pitchbar.jobs.ledger.errors import JobIsRunning, UnusableArguments
from pitchbar.jobs.ledger.filters import JobFilter, select_jobs
from pitchbar.jobs.ledger.models import DONE, FAILED, QUEUED, RUNNING, Job, QueueState
from pitchbar.jobs.ledger.queries import COUNT_BOUND
from pitchbar.jobs.transport import transport

BULK_MOST = COUNT_BOUND
_BATCH = 500


def retry_job(session: Session, job: Job, arguments: dict[str, Any] | None = None) -> None:
    """Starts the job anew with all its tries, with other arguments when given.

    Raises:
        JobIsRunning, UnusableArguments
    """
    if job.state == RUNNING:
        raise JobIsRunning
    changes = {}
    if arguments is not None and arguments != shown_arguments(job.task, job.arguments):
        changes["arguments"] = _checked(job, arguments)
    _requeue(session, [job.id], changes)


def delete_job(session: Session, job: Job) -> None:
    """Its message, if any, will find nothing. Raises JobIsRunning."""
    if not _delete(session, [job.id]):
        raise JobIsRunning


def retry_jobs(session: Session, wanted: JobFilter) -> int:
    """Retries the failed jobs among those found, BULK_MOST at the most; returns how many."""
    count = 0
    for ids in _batches(session, wanted, (FAILED,)):
        _requeue(session, ids, {})
        count += len(ids)
    return count


def delete_jobs(session: Session, wanted: JobFilter) -> int:
    """Deletes those found that are not running, BULK_MOST at the most; returns how many."""
    states = (QUEUED, FAILED, DONE)
    return sum(_delete(session, ids) for ids in _batches(session, wanted, states))


def set_queue_paused(
    session: Session, queue: str, *, paused: bool
) -> tuple[datetime | None, datetime | None] | None:
    """Workers of a paused queue finish what they have and take no more, within two seconds.

    Returns since when it was paused before and is now, or None when nothing changes.
    """
    state = session.get(QueueState, queue)
    before = state.paused_at if state is not None else None
    if paused == (before is not None):
        return None
    after = clock.now() if paused else None
    session.merge(QueueState(queue=queue, paused_at=after))
    return before, after


def _batches(session: Session, wanted: JobFilter, states: Sequence[str]) -> Iterator[list[int]]:
    query = select_jobs(wanted).with_only_columns(Job.id).where(Job.state.in_(states))
    ids = list(session.scalars(query.order_by(Job.id).limit(BULK_MOST)))
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]


def _requeue(session: Session, ids: Sequence[int], changes: dict[str, Any]) -> None:
    """Conditional, so that a job which a worker took meanwhile is left alone."""
    at = clock.now()
    fresh = {
        **waiting_columns(at, at, sent=True),
        "tries_used": 0,
        "finished_at": None,
        "error_class": None,
        "error_message": None,
    }
    rows = session.execute(
        update(Job)
        .where(Job.id.in_(ids), Job.state != RUNNING)
        .values({**fresh, **changes})
        .returning(Job.queue, Job.id, Job.attempt)
        .execution_options(synchronize_session=False)
    ).all()
    by_queue: dict[str, list[tuple[int, int]]] = {}
    for queue, job_id, attempt in rows:
        by_queue.setdefault(queue, []).append((job_id, attempt))
    after_commit(session, lambda: _send(by_queue))


def _send(by_queue: dict[str, list[tuple[int, int]]]) -> None:
    for queue, messages in by_queue.items():
        transport.send(queue, messages)


def _delete(session: Session, ids: Sequence[int]) -> int:
    gone = delete(Job).where(Job.id.in_(ids), Job.state != RUNNING)
    return changed_rows(session, gone.execution_options(synchronize_session=False))


def may_change_arguments(job: Job) -> bool:
    """Not where a part is hidden: it could be sent elsewhere by changing the part that is not."""
    task = find_task(job.task)
    return task is not None and not task.secret & {*job.arguments} and job.task != HOOK_TASK


def _checked(job: Job, arguments: dict[str, Any]) -> dict[str, Any]:
    task = find_task(job.task)
    if task is None:
        raise UnusableArguments("There is no task of this name any more; the job can be deleted.")
    if task.secret & {*job.arguments, *arguments} or job.task == HOOK_TASK:
        # What is hidden could be sent elsewhere by changing the part that is not.
        raise UnusableArguments("A part of this is hidden, so it can only be retried as it is.")
    try:
        return bind_arguments(task.name, task.signature, (), arguments)
    except (UnfitArgument, TypeError) as error:
        raise UnusableArguments(f"The task does not take these: {error}.") from None
