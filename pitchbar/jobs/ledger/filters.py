"""Which jobs are meant: what an operator searches for, as conditions on the ledger.

Each stays quick with a million rows: it follows an index or stops at a bound.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Select, String, case, cast, func, or_, select

from pitchbar.core import clock
from pitchbar.jobs.declaration import HOOK_TASK, list_tasks
from pitchbar.jobs.ledger.models import FAILED, QUEUED, STATES, Job, JobTag

WORD_BOUND = 50_000
"""Words are looked for in this many of the latest jobs: they follow no index."""
DELAYED = "delayed"
"""No state of its own: a queued job that is not due yet; people look for it by that name."""
FILTER_STATES = (*STATES, DELAYED)


@dataclass(frozen=True)
class JobFilter:
    """Parts that are empty hold nothing back. `words` look in task, error and arguments."""

    queue: str = ""
    state: str = ""
    task: str = ""
    tag: str = ""
    error: str = ""
    job_id: int | None = None
    older_than: timedelta | None = None
    younger_than: timedelta | None = None
    words: tuple[str, ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        return self == JobFilter()


def select_jobs(wanted: JobFilter) -> Select[Job]:
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
    if state == DELAYED:
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
    # Who can search for what is hidden can guess it letter by letter.
    open_tasks = [one.name for one in list_tasks() if not one.secret and one.name != HOOK_TASK]
    arguments = case((Job.task.in_(open_tasks), cast(Job.arguments, String)), else_="")
    for word in words:
        columns = (Job.task, Job.error_class, Job.error_message, arguments)
        query = query.where(or_(*(c.icontains(word, autoescape=True) for c in columns)))
    return query
