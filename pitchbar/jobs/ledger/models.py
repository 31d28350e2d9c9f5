"""The ledger: a row for each job, and what is known of workers, queues and the schedule.

The row is the truth and a message on the queue only a hint that it waits. So a message may be lost,
doubled or late, and a worker may die at any point: the row tells what is still to do.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core.database import BigId, Model, UtcDateTime

QUEUED = "queued"
RUNNING = "running"
DONE = "done"
FAILED = "failed"
STATES = (QUEUED, RUNNING, DONE, FAILED)

# How an attempt can end. A job that is done leaves its last attempt in its own row.
ERROR = "error"
TIMEOUT = "timeout"
LOST = "lost"
RELEASED = "released"
REFUSED = "refused"
OUTCOMES = (DONE, ERROR, TIMEOUT, LOST, RELEASED, REFUSED)


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    condition = text(where)
    return Index(name, *columns, unique=unique, postgresql_where=condition, sqlite_where=condition)


class Job(Model):
    """One call of a task.

    A queued row whose `due_at` lies ahead is delayed. `send_at` is when its message is to be sent;
    it is empty once one was, which `sent_at` tells. `attempt` counts every start and fences out a
    worker that lost its lease; `tries_used` counts the starts that were not released.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        _partial("ix_jobs_waiting", "queue", "due_at", where="state = 'queued'"),
        _partial("ix_jobs_to_send", "send_at", where="send_at IS NOT NULL"),
        _partial("ix_jobs_leases", "lease_until", where="state = 'running'"),
        _partial("ix_jobs_failures", "id", where="state = 'failed'"),
        _partial("ix_jobs_finished", "finished_at", where="finished_at IS NOT NULL"),
        _partial("uq_jobs_unique_key", "unique_key", where="unique_key IS NOT NULL", unique=True),
        Index("ix_jobs_of_queue", "queue", "state", "id"),
        Index("ix_jobs_of_task", "task", "state", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    queue: Mapped[str] = mapped_column(String(32))
    task: Mapped[str] = mapped_column(String(120))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(12))
    unique_key: Mapped[str | None] = mapped_column(String(200))
    timeout_seconds: Mapped[int] = mapped_column(Integer)
    tries: Mapped[int] = mapped_column(Integer)
    tries_used: Mapped[int] = mapped_column(Integer)
    attempt: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    send_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    worker: Mapped[str | None] = mapped_column(String(120))
    wait_ms: Mapped[int | None] = mapped_column(BigId)
    run_ms: Mapped[int | None] = mapped_column(BigId)
    error_class: Mapped[str | None] = mapped_column(String(200))
    error_message: Mapped[str | None] = mapped_column(Text)
    log: Mapped[str | None] = mapped_column(Text)
    # Of the request that it came from, and where its span hangs.
    request_id: Mapped[str | None] = mapped_column(String(64))
    traceparent: Mapped[str | None] = mapped_column(String(64))


def has_state(state: str) -> ColumnElement[bool]:
    """With the state as a literal: a partial index may not serve a state that is a parameter."""
    if state not in STATES:
        raise ValueError(f"no job has the state {state}")
    return Job.state == literal_column(f"'{state}'")


IS_QUEUED, IS_RUNNING, IS_DONE, IS_FAILED = map(has_state, STATES)


class JobAttempt(Model):
    """An attempt that did not end well, or that was released. The one that succeeded stands in the
    job's own row, so that a job without trouble costs one row.
    """

    __tablename__ = "job_attempts"

    job_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    outcome: Mapped[str] = mapped_column(String(12))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime)
    worker: Mapped[str | None] = mapped_column(String(120))
    error_class: Mapped[str | None] = mapped_column(String(200))
    error_message: Mapped[str | None] = mapped_column(Text)
    traceback: Mapped[str | None] = mapped_column(Text)
    log: Mapped[str | None] = mapped_column(Text)


class JobTag(Model):
    __tablename__ = "job_tags"
    __table_args__ = (Index("ix_job_tags_job_id", "job_id"),)

    tag: Mapped[str] = mapped_column(String(100), primary_key=True)
    job_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )


class QueueState(Model):
    """What an operator set for a queue; a queue without a row runs."""

    __tablename__ = "queue_states"

    queue: Mapped[str] = mapped_column(String(32), primary_key=True)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class JobWorker(Model):
    """A process or thread that runs jobs, as of its last heartbeat. `id` is host/pid/queue."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(String(120), primary_key=True)
    host: Mapped[str] = mapped_column(String(80))
    pid: Mapped[int] = mapped_column(Integer)
    queues: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    job_id: Mapped[int | None] = mapped_column(BigId)
    rss_bytes: Mapped[int] = mapped_column(BigId)


class ScheduleRun(Model):
    """A periodic task's minute that some scheduler has taken; the key lets only one take it."""

    __tablename__ = "schedule_runs"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    minute_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)


class JobSnapshot(Model):
    """Five minutes of a queue (`task` empty) or of a task. Percentiles are nearest-rank, in ms."""

    __tablename__ = "job_snapshots"

    at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    queue: Mapped[str] = mapped_column(String(32), primary_key=True)
    task: Mapped[str] = mapped_column(String(120), primary_key=True)
    depth: Mapped[int] = mapped_column(BigId)
    oldest_wait_ms: Mapped[int] = mapped_column(BigId)
    done: Mapped[int] = mapped_column(BigId)
    failed: Mapped[int] = mapped_column(BigId)
    wait_p50_ms: Mapped[int | None] = mapped_column(BigId)
    wait_p95_ms: Mapped[int | None] = mapped_column(BigId)
    wait_p99_ms: Mapped[int | None] = mapped_column(BigId)
    run_p50_ms: Mapped[int | None] = mapped_column(BigId)
    run_p95_ms: Mapped[int | None] = mapped_column(BigId)
    run_p99_ms: Mapped[int | None] = mapped_column(BigId)
