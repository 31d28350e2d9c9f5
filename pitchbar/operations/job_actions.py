"""What an operator does to jobs and queues, told to the audit log."""

from typing import Any

from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.events.subjects import Subject
from pitchbar.extensions import db
from pitchbar.jobs import shown_arguments
from pitchbar.jobs.ledger import administration
from pitchbar.jobs.ledger.filters import JobFilter
from pitchbar.jobs.ledger.models import QUEUED, Job


def retry_job(job: Job, by: Actor, arguments: dict[str, Any] | None = None) -> None:
    """Raises JobIsRunning, UnusableArguments."""
    before = {"state": job.state, "arguments": shown_arguments(job.task, job.arguments)}
    administration.retry_job(db.session(), job, arguments)
    db.session.refresh(job)
    after = {"state": QUEUED, "arguments": shown_arguments(job.task, job.arguments)}
    record_event("job.retried", _about(job), by=by, before=before, after=after)


def delete_job(job: Job, by: Actor) -> None:
    """Raises JobIsRunning."""
    administration.delete_job(db.session(), job)
    arguments = shown_arguments(job.task, job.arguments)
    before = {"state": job.state, "arguments": arguments, "error": job.error_message}
    record_event("job.deleted", _about(job), by=by, before=before)


def retry_jobs(wanted: JobFilter, search: str, by: Actor) -> int:
    """Returns how many; `search` is what the operator typed."""
    count = administration.retry_jobs(db.session(), wanted)
    record_event(
        "jobs.retried", Subject("search", search[:64], search), by=by, after={"jobs": count}
    )
    return count


def delete_jobs(wanted: JobFilter, search: str, by: Actor) -> int:
    """Returns how many; `search` is what the operator typed."""
    count = administration.delete_jobs(db.session(), wanted)
    record_event(
        "jobs.deleted", Subject("search", search[:64], search), by=by, after={"jobs": count}
    )
    return count


def pause_queue(queue: str, by: Actor) -> None:
    _set_paused(queue, True, by)


def resume_queue(queue: str, by: Actor) -> None:
    _set_paused(queue, False, by)


def _set_paused(queue: str, paused: bool, by: Actor) -> None:
    changed = administration.set_queue_paused(db.session(), queue, paused=paused)
    if changed is None:
        return
    before, after = ({"paused_at": at.isoformat() if at else None} for at in changed)
    action = "queue.paused" if paused else "queue.resumed"
    record_event(action, Subject("queue", queue, queue), by=by, before=before, after=after)


def _about(job: Job) -> Subject:
    return Subject("job", job.id, job.task)
