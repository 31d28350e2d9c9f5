"""Reads of the ledger for pages and commands. All bounded: a page is never a scan of the table,
except where few of very many jobs match, and then it walks an index.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from pitchbar.core import clock
from pitchbar.jobs.ledger.errors import JobGone
from pitchbar.jobs.ledger.heartbeats import ALIVE_SECONDS
from pitchbar.jobs.ledger.models import (
    DONE,
    IS_FAILED,
    IS_QUEUED,
    Job,
    JobAttempt,
    JobSnapshot,
    JobTag,
    JobWorker,
    QueueState,
    has_state,
)

# Long transactions commit rows out of order; so many ids around the found one are looked at too.
_DISORDER = 10_000

DELAYED = "delayed"
"""Not a state of its own: queued, and not yet due."""


@dataclass(frozen=True)
class JobFilter:
    """What to list; empty fields do not matter. `state` is one of models.STATES or DELAYED; ages
    are since the job was enqueued.
    """

    queue: str = ""
    state: str = ""
    task: str = ""
    tag: str = ""
    error_class: str = ""
    older_than: timedelta | None = None
    younger_than: timedelta | None = None


@dataclass(frozen=True)
class Attempt:
    number: int
    outcome: str
    started_at: datetime | None
    finished_at: datetime | None
    worker: str | None
    error_class: str | None
    error_message: str | None
    traceback: str | None
    log: str | None


def list_jobs(
    session: Session, wanted: JobFilter, *, before_id: int | None = None, limit: int = 50
) -> Sequence[Job]:
    """Newest first; `before_id` is the cursor."""
    query = select(Job).where(*conditions(session, wanted)).order_by(Job.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(Job.id < before_id)
    return session.execute(query).scalars().all()


def count_jobs(session: Session, wanted: JobFilter, *, up_to: int = 1_000_000) -> int:
    """Stops counting at `up_to`, so that a page can say "more than" at a bounded price."""
    some = select(Job.id).where(*conditions(session, wanted)).limit(up_to).subquery()
    return session.execute(select(func.count()).select_from(some)).scalar_one()


def conditions(session: Session, wanted: JobFilter) -> list[ColumnElement[bool]]:
    at = clock.now()
    found = [
        column == value
        for column, value in (
            (Job.queue, wanted.queue),
            (Job.task, wanted.task),
            (Job.error_class, wanted.error_class),
        )
        if value
    ]
    if wanted.state == DELAYED:
        found += [IS_QUEUED, Job.due_at > at]
    elif wanted.state:
        found.append(has_state(wanted.state))
    if wanted.tag:
        found.append(Job.id.in_(select(JobTag.job_id).where(JobTag.tag == wanted.tag)))
    if wanted.older_than is not None:
        since = at - wanted.older_than
        found += [Job.created_at < since, Job.id < _first_id_since(session, since) + _DISORDER]
    if wanted.younger_than is not None:
        since = at - wanted.younger_than
        found += [Job.created_at >= since, Job.id >= _first_id_since(session, since) - _DISORDER]
    return found


def _first_id_since(session: Session, at: datetime) -> int:
    """By bisection, as ids rise with time: some twenty looks at the primary key stand in for an
    index on the time, which each enqueue, claim and finish would have to pay for.
    """
    low, high = session.execute(select(func.min(Job.id), func.max(Job.id) + 1)).one()
    low, high = low or 0, high or 0
    while low < high:
        middle = (low + high) // 2
        next_row = select(Job.id, Job.created_at).where(Job.id >= middle).order_by(Job.id).limit(1)
        row = session.execute(next_row).first()
        if row is None or row.created_at >= at:
            high = middle
        else:
            low = row.id + 1
    return low


def get_job(session: Session, job_id: int) -> Job:
    """Raises JobGone."""
    job = session.get(Job, job_id, populate_existing=True)
    if job is None:
        raise JobGone
    return job


def list_attempts(session: Session, job: Job) -> list[Attempt]:
    """Oldest first, with the one that succeeded, which stands in the job's own row."""
    kept = session.execute(
        select(JobAttempt).where(JobAttempt.job_id == job.id).order_by(JobAttempt.number)
    ).scalars()
    attempts = [_attempt_of(row, row.number, row.outcome, row.traceback) for row in kept]
    if job.state == DONE:
        attempts.append(_attempt_of(job, job.attempt, DONE, None))
    return attempts


def _attempt_of(row: Any, number: int, outcome: str, traceback: str | None) -> Attempt:
    return Attempt(
        number,
        outcome,
        row.started_at,
        row.finished_at,
        row.worker,
        row.error_class,
        row.error_message,
        traceback,
        row.log,
    )


def list_tags(session: Session, job_ids: Sequence[int]) -> dict[int, list[str]]:
    """By job id, for the jobs of a page."""
    found: dict[int, list[str]] = {job_id: [] for job_id in job_ids}
    rows = select(JobTag.job_id, JobTag.tag).where(JobTag.job_id.in_(job_ids)).order_by(JobTag.tag)
    for job_id, tag in session.execute(rows):
        found[job_id].append(tag)
    return found


def list_failures(session: Session, limit: int = 50) -> list[tuple[str, str, int, int]]:
    """(task, error class, how many, newest job id) of failed jobs, the most frequent first."""
    query = (
        select(Job.task, Job.error_class, func.count(), func.max(Job.id))
        .where(IS_FAILED)
        .group_by(Job.task, Job.error_class)
        .order_by(func.count().desc())
        .limit(limit)
    )
    return [
        (task, name or "", count, newest) for task, name, count, newest in session.execute(query)
    ]


def list_workers(session: Session) -> list[tuple[JobWorker, bool]]:
    """Each with whether it was seen lately."""
    since = clock.now() - timedelta(seconds=ALIVE_SECONDS)
    workers = session.execute(select(JobWorker).order_by(JobWorker.id)).scalars()
    return [(worker, worker.seen_at >= since) for worker in workers]


def list_paused_queues(session: Session) -> dict[str, datetime]:
    """By queue, since when."""
    rows = select(QueueState.queue, QueueState.paused_at).where(QueueState.paused_at.is_not(None))
    return {queue: paused_at for queue, paused_at in session.execute(rows) if paused_at}


def list_snapshots(
    session: Session, queue: str, since: datetime, task: str = ""
) -> Sequence[JobSnapshot]:
    """Oldest first."""
    query = select(JobSnapshot).where(
        JobSnapshot.queue == queue, JobSnapshot.task == task, JobSnapshot.at >= since
    )
    return session.execute(query.order_by(JobSnapshot.at)).scalars().all()
