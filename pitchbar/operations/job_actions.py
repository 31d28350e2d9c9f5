"""What an operator does to jobs and queues. Everything is told to the audit log."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, update

from pitchbar.core import clock
from pitchbar.core.database import after_commit
from pitchbar.errors import DomainError
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.events.subjects import Subject
from pitchbar.extensions import db
from pitchbar.jobs.arguments import UnfitArgument, bind_arguments
from pitchbar.jobs.declaration import find_task
from pitchbar.jobs.ledger.enqueueing import waiting_columns
from pitchbar.jobs.ledger.models import FAILED, QUEUED, RUNNING, Job, QueueState
from pitchbar.jobs.transport import transport
from pitchbar.operations.job_queries import COUNT_BOUND, matching
from pitchbar.operations.job_search import JobFilter

BULK_MOST = COUNT_BOUND


class JobIsRunning(DomainError):
    code = "job_is_running"

    def __init__(self) -> None:
        super().__init__("The job is running. Wait until it ends.")


class UnusableArguments(DomainError):
    code = "unusable_arguments"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, fields={"arguments": sentence})


def retry_job(job: Job, by: Actor, arguments: dict[str, Any] | None = None) -> None:
    """Starts the job anew with all its tries, with other arguments when given.

    Raises:
        JobIsRunning, UnusableArguments
    """
    if job.state == RUNNING:
        raise JobIsRunning
    before = {"state": job.state, "arguments": job.arguments}
    if arguments is not None:
        arguments = _checked(job.task, arguments)
    _requeue([job.id], {"arguments": arguments} if arguments is not None else {})
    after = {"state": QUEUED, "arguments": arguments or job.arguments}
    record_event("job.retried", _about(job), by=by, before=before, after=after)


def delete_job(job: Job, by: Actor) -> None:
    """Raises JobIsRunning."""
    gone = _delete([job.id])
    if not gone:
        raise JobIsRunning
    before = {"state": job.state, "arguments": job.arguments, "error": job.error_message}
    record_event("job.deleted", _about(job), by=by, before=before)


def retry_matching(wanted: JobFilter, search: str, by: Actor) -> int:
    """Retries the failed jobs among those found, BULK_MOST at the most; returns how many."""
    ids = _ids(wanted, (FAILED,))
    for start in range(0, len(ids), 500):
        _requeue(ids[start : start + 500], {})
    found = Subject("search", search[:64], search)
    record_event("jobs.retried", found, by=by, after={"jobs": len(ids)})
    return len(ids)


def delete_matching(wanted: JobFilter, search: str, by: Actor) -> int:
    """Deletes those found that are not running, BULK_MOST at the most; returns how many."""
    ids = _ids(wanted, (QUEUED, FAILED, "done"))
    count = sum(_delete(ids[start : start + 500]) for start in range(0, len(ids), 500))
    found = Subject("search", search[:64], search)
    record_event("jobs.deleted", found, by=by, after={"jobs": count})
    return count


def pause_queue(queue: str, by: Actor) -> None:
    """Workers finish what they have and take no more."""
    if not _is_paused(queue):
        _set_paused(queue, clock.now(), by, "queue.paused")


def resume_queue(queue: str, by: Actor) -> None:
    if _is_paused(queue):
        _set_paused(queue, None, by, "queue.resumed")


def _is_paused(queue: str) -> bool:
    state = db.session.get(QueueState, queue)
    return state is not None and state.paused_at is not None


def _set_paused(queue: str, paused_at: Any, by: Actor, what: str) -> None:
    state = db.session.get(QueueState, queue)
    before = {"paused_at": state.paused_at.isoformat() if state and state.paused_at else None}
    db.session.merge(QueueState(queue=queue, paused_at=paused_at))
    after = {"paused_at": paused_at.isoformat() if paused_at else None}
    record_event(what, Subject("queue", queue, queue), by=by, before=before, after=after)


def _about(job: Job) -> Subject:
    return Subject("job", job.id, job.task)


def _ids(wanted: JobFilter, states: Sequence[str]) -> list[int]:
    query = matching(wanted).with_only_columns(Job.id).where(Job.state.in_(states))
    return list(db.session.scalars(query.order_by(Job.id).limit(BULK_MOST)))


def _requeue(ids: Sequence[int], more: dict[str, Any]) -> None:
    """Conditional, so that a job which a worker took meanwhile is left alone."""
    at = clock.now()
    fresh = {
        **waiting_columns(at, at, sent=True),
        "tries_used": 0,
        "finished_at": None,
        "error_class": None,
        "error_message": None,
    }
    rows = db.session.execute(
        update(Job)
        .where(Job.id.in_(ids), Job.state != RUNNING)
        .values({**fresh, **more})
        .returning(Job.queue, Job.id, Job.attempt)
        .execution_options(synchronize_session=False)
    ).all()
    by_queue: dict[str, list[tuple[int, int]]] = {}
    for queue, job_id, attempt in rows:
        by_queue.setdefault(queue, []).append((job_id, attempt))
    after_commit(db.session(), lambda: _send(by_queue))


def _send(by_queue: dict[str, list[tuple[int, int]]]) -> None:
    for queue, messages in by_queue.items():
        transport.send(queue, messages)


def _delete(ids: Sequence[int]) -> int:
    result = db.session.execute(
        delete(Job)
        .where(Job.id.in_(ids), Job.state != RUNNING)
        .execution_options(synchronize_session=False)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]  # a DELETE has it


def _checked(task_name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    task = find_task(task_name)
    if task is None:
        raise UnusableArguments("There is no task of this name any more; the job can be deleted.")
    try:
        return bind_arguments(task.name, task.signature, (), arguments)
    except (UnfitArgument, TypeError) as error:
        raise UnusableArguments(f"The task does not take these: {error}.") from None
