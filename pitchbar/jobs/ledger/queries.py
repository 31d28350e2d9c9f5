"""Reads of the ledger for pages. Each stays quick with a million rows: it follows an index or stops
at a bound, and says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, cast, extract, func, select
from sqlalchemy.orm import Session

from pitchbar.core import clock
from pitchbar.jobs.ledger.errors import JobGone
from pitchbar.jobs.ledger.filters import JobFilter, select_jobs
from pitchbar.jobs.ledger.heartbeats import ALIVE_SECONDS
from pitchbar.jobs.ledger.models import (
    FAILED,
    Job,
    JobAttempt,
    JobSnapshot,
    JobTag,
    JobWorker,
    QueueState,
)

PER_PAGE = 50
COUNT_BOUND = 10_000
"""Counts stop here and are shown as "10,000+"."""


@dataclass(frozen=True)
class JobPage:
    """A keyset page, newest first; `before` of the next one, or None."""

    jobs: Sequence[Job]
    next_before: int | None


@dataclass(frozen=True)
class BoundedCount:
    """A count that may have stopped at COUNT_BOUND."""

    count: int

    @property
    def label(self) -> str:
        return f"{COUNT_BOUND:,}+" if self.count > COUNT_BOUND else f"{self.count:,}"


@dataclass(frozen=True)
class FailureGroup:
    """Failed jobs of one task with one kind of error; `hours` are 24 counts, the current last."""

    task: str
    error_class: str
    message: str
    count: int
    last_at: datetime
    hours: list[int]


def list_jobs(session: Session, wanted: JobFilter, before: int | None = None) -> JobPage:
    query = select_jobs(wanted).order_by(Job.id.desc()).limit(PER_PAGE + 1)
    if before is not None:
        query = query.where(Job.id < before)
    jobs = session.scalars(query).all()
    more = jobs[PER_PAGE - 1].id if len(jobs) > PER_PAGE else None
    return JobPage(jobs[:PER_PAGE], more)


def count_jobs(session: Session, wanted: JobFilter, page: JobPage | None = None) -> BoundedCount:
    """How many a search finds; a first page that holds them all is not counted again."""
    if page is not None and page.next_before is None:
        return BoundedCount(len(page.jobs))
    inner = select_jobs(wanted).with_only_columns(Job.id).limit(COUNT_BOUND + 1).subquery()
    return BoundedCount(session.scalar(select(func.count()).select_from(inner)) or 0)


def get_job(session: Session, job_id: int) -> Job:
    """Raises JobGone."""
    job = session.get(Job, job_id)
    if job is None:
        raise JobGone
    return job


def list_attempts(session: Session, job_id: int) -> Sequence[JobAttempt]:
    """The attempts that did not succeed, oldest first; the one that did stands in the job's row."""
    query = select(JobAttempt).where(JobAttempt.job_id == job_id).order_by(JobAttempt.number)
    return session.scalars(query.limit(100)).all()


def list_tags(session: Session, job_id: int) -> list[str]:
    query = select(JobTag.tag).where(JobTag.job_id == job_id).order_by(JobTag.tag)
    return list(session.scalars(query))


def list_error_classes(session: Session) -> list[str]:
    """Kinds of errors among the latest failures, for completion."""
    latest = select(Job.error_class).where(Job.state == FAILED).order_by(Job.id.desc()).limit(1_000)
    return sorted({name for name in session.scalars(latest) if name})


def list_workers(session: Session) -> list[JobWorker]:
    """Workers seen in the last day, the latest first."""
    since = clock.now() - timedelta(days=1)
    query = select(JobWorker).where(JobWorker.seen_at > since)
    return list(session.scalars(query.order_by(JobWorker.seen_at.desc()).limit(200)))


def is_alive(worker: JobWorker) -> bool:
    return clock.now() - worker.seen_at < timedelta(seconds=ALIVE_SECONDS)


def list_paused_queues(session: Session) -> dict[str, datetime]:
    """By queue, since when."""
    rows = select(QueueState.queue, QueueState.paused_at).where(QueueState.paused_at.is_not(None))
    return {queue: paused_at for queue, paused_at in session.execute(rows) if paused_at}


def list_snapshots(
    session: Session, queue: str, since: datetime, task: str = ""
) -> Sequence[JobSnapshot]:
    """Oldest first."""
    query = select(JobSnapshot).where(
        JobSnapshot.queue == queue, JobSnapshot.task == task, JobSnapshot.at > since
    )
    return session.scalars(query.order_by(JobSnapshot.at)).all()


def group_failures(session: Session, count: int = 200) -> list[FailureGroup]:
    """Failed jobs by task and error, the most frequent first."""
    hours = _failures_by_hour(session)
    kind = (Job.task, Job.error_class)
    rows = session.execute(
        select(*kind, func.count(), func.max(Job.finished_at), func.max(Job.error_message))
        .where(Job.state == FAILED)
        .group_by(*kind)
        .order_by(func.count().desc(), Job.task)
        .limit(count)
    )
    nothing = [0] * 24
    return [
        FailureGroup(
            task, error or "", message or "", total, at, hours.get((task, error or ""), nothing)
        )
        for task, error, total, at, message in rows
        if at is not None
    ]


def _failures_by_hour(session: Session) -> dict[tuple[str, str], list[int]]:
    """The last 24 hours of each group, the current one last."""
    current = clock.start_of_hour(clock.now())
    hour = cast(extract("epoch", Job.finished_at), Integer) // 3600
    rows = session.execute(
        select(Job.task, Job.error_class, hour, func.count())
        .where(Job.state == FAILED, Job.finished_at >= current - timedelta(hours=23))
        .group_by(Job.task, Job.error_class, hour)
    )
    found: dict[tuple[str, str], list[int]] = {}
    for task, error, at, count in rows:
        back = int(current.timestamp()) // 3600 - at
        if 0 <= back < 24:
            found.setdefault((task, error or ""), [0] * 24)[23 - back] = count
    return found
