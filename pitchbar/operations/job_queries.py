"""Reads of the ledger for the dashboard. Each stays quick with a million rows: it follows an index
or stops at a bound, and says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, Select, String, cast, extract, func, or_, select

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs.ledger.models import FAILED, QUEUED, Job, JobAttempt, JobTag
from pitchbar.operations.job_search import JobFilter

PER_PAGE = 50
COUNT_BOUND = 10_000
"""Counts stop here and are shown as "10,000+"."""
WORD_BOUND = 50_000
"""Words are looked for in this many of the latest jobs: they follow no index."""


@dataclass(frozen=True)
class JobPage:
    """A keyset page, newest first; `before` of the next one, or None."""

    jobs: Sequence[Job]
    next_before: int | None


@dataclass(frozen=True)
class Bounded:
    """A count that may have stopped at COUNT_BOUND."""

    count: int

    @property
    def words(self) -> str:
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


def list_jobs(wanted: JobFilter, before: int | None) -> JobPage:
    query = matching(wanted).order_by(Job.id.desc()).limit(PER_PAGE + 1)
    if before is not None:
        query = query.where(Job.id < before)
    jobs = db.session.scalars(query).all()
    more = jobs[PER_PAGE - 1].id if len(jobs) > PER_PAGE else None
    return JobPage(jobs[:PER_PAGE], more)


def count_jobs(wanted: JobFilter, page: JobPage | None = None) -> Bounded:
    """How many a search finds; a first page that holds them all is not counted again."""
    if page is not None and page.next_before is None:
        return Bounded(len(page.jobs))
    inner = matching(wanted).with_only_columns(Job.id).limit(COUNT_BOUND + 1).subquery()
    return Bounded(db.session.scalar(select(func.count()).select_from(inner)) or 0)


def find_job(job_id: int) -> Job | None:
    return db.session.get(Job, job_id)


def list_attempts(job: Job) -> Sequence[JobAttempt]:
    """The attempts that did not succeed, oldest first."""
    query = select(JobAttempt).where(JobAttempt.job_id == job.id).order_by(JobAttempt.number)
    return db.session.scalars(query.limit(100)).all()


def list_tags(job: Job) -> list[str]:
    query = select(JobTag.tag).where(JobTag.job_id == job.id).order_by(JobTag.tag)
    return list(db.session.scalars(query))


def list_error_classes() -> list[str]:
    """Kinds of errors among the latest failures, for completion."""
    latest = select(Job.error_class).where(Job.state == FAILED).order_by(Job.id.desc()).limit(1_000)
    return sorted({name for name in db.session.scalars(latest) if name})


def group_failures(count: int = 200) -> list[FailureGroup]:
    """Failed jobs by task and error, the most frequent first."""
    hours = _failures_by_hour()
    kind = (Job.task, Job.error_class)
    rows = db.session.execute(
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


def matching(wanted: JobFilter) -> Select[Job]:
    """The jobs that a search means, in no order."""
    query = select(Job)
    for name, value in (("queue", wanted.queue), ("task", wanted.task), ("id", wanted.job_id)):
        if value:
            query = query.where(getattr(Job, name) == value)
    if wanted.error:
        # Failed jobs have an index; without it a rare error would be looked for everywhere.
        query = query.where(
            Job.state == FAILED, Job.error_class.icontains(wanted.error, autoescape=True)
        )
    if wanted.tag:
        tagged = select(JobTag.job_id).where(JobTag.tag == wanted.tag)
        query = query.where(Job.id.in_(tagged))
    return _with_words(_with_age(_with_state(query, wanted.state), wanted), wanted.words)


def _with_state(query: Select[Job], state: str) -> Select[Job]:
    now = clock.now()
    if state == "delayed":
        return query.where(Job.state == QUEUED, Job.due_at > now)
    return query.where(Job.state == state) if state else query


def _with_age(query: Select[Job], wanted: JobFilter) -> Select[Job]:
    now = clock.now()
    if wanted.older_than is not None:
        query = query.where(Job.created_at < now - wanted.older_than)
    if wanted.younger_than is not None:
        query = query.where(Job.created_at > now - wanted.younger_than)
    return query


def _with_words(query: Select[Job], words: tuple[str, ...]) -> Select[Job]:
    if not words:
        return query
    latest = select(func.max(Job.id) - WORD_BOUND).scalar_subquery()
    query = query.where(Job.id > func.coalesce(latest, 0))
    for word in words:
        columns = (Job.task, Job.error_class, Job.error_message, cast(Job.arguments, String))
        query = query.where(or_(*(c.icontains(word, autoescape=True) for c in columns)))
    return query


def _failures_by_hour() -> dict[tuple[str, str], list[int]]:
    """The last 24 hours of each group, the current one last."""
    current = clock.start_of_hour(clock.now())
    hour = cast(extract("epoch", Job.finished_at), Integer) // 3600
    rows = db.session.execute(
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
