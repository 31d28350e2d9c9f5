"""`enqueue`: a job is written in the caller's transaction and sent after its commit."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.orm import Session

from pitchbar.core import clock, tracing
from pitchbar.core.database import after_commit, insert_into
from pitchbar.jobs.arguments import bind_arguments
from pitchbar.jobs.declaration import Task
from pitchbar.jobs.ledger.models import QUEUED, Job, JobTag
from pitchbar.jobs.transport import transport

_INSERT = insert(Job).returning(Job.id)


def enqueue(
    task: Task,
    *args: Any,
    on: Session | Connection | None = None,
    delay: float = 0,
    unique: str | None = None,
    tags: Iterable[str] = (),
    **kwargs: Any,
) -> int | None:
    """Writes a job; returns its id, or None when `unique` names one that waits already.

    The job exists if and only if the transaction commits. On a session it is sent right after the
    commit; on a bare connection, which cannot tell us of its commit, a worker's sweep finds it
    within about a second.

    Args:
        task: the declared task, followed by its arguments.
        on: where to write; by default the application's session.
        delay: seconds until it is due.
        unique: a key of which there is one unfinished job at most.
        tags: words to find the job by.

    Raises:
        UnfitArgument: an argument is not plain JSON; the sentence names it.
    """
    arguments = bind_arguments(task.name, task.signature, args, kwargs)
    session = _default_session() if on is None else on
    connection = session.connection() if isinstance(session, Session) else session
    row = new_row(task, arguments, delay=delay, unique=unique)
    if isinstance(session, Connection):
        row |= {"send_at": row["due_at"], "sent_at": None}
    job_id = _write(connection, row, tags)
    if job_id is not None and delay <= 0 and isinstance(session, Session):
        after_commit(session, lambda: _send(task.queue, job_id))
    return job_id


def new_row(
    task: Task, arguments: dict[str, Any], *, delay: float = 0, unique: str | None = None
) -> dict[str, Any]:
    """The columns of a job that waits, by name."""
    at = clock.now()
    due_at = at + timedelta(seconds=max(0.0, delay))
    return {
        "queue": task.queue,
        "task": task.name,
        "arguments": arguments,
        "timeout_seconds": task.timeout,
        "tries": task.tries,
        "tries_used": 0,
        "attempt": 0,
        "created_at": at,
        "unique_key": unique,
        "request_id": tracing.request_id(),
        "traceparent": tracing.traceparent(),
        **waiting_columns(at, due_at, sent=delay <= 0),
    }


def waiting_columns(at: datetime, due_at: datetime, *, sent: bool) -> dict[str, Any]:
    """What makes a row wait for `due_at`. `sent` when a message goes out by other means."""
    return {
        "state": QUEUED,
        "queued_at": at,
        "due_at": due_at,
        "send_at": None if sent else due_at,
        "sent_at": at if sent else None,
    }


def _write(connection: Connection, row: dict[str, Any], tags: Iterable[str]) -> int | None:
    if row["unique_key"] is None:
        job_id: int | None = connection.execute(_INSERT, row).scalar_one()
    else:
        job_id = _write_unless_waiting(connection, row)
    names = sorted({tag[:100] for tag in tags})
    if job_id is not None and names:
        connection.execute(insert(JobTag), [{"tag": tag, "job_id": job_id} for tag in names])
    return job_id


def _write_unless_waiting(connection: Connection, row: dict[str, Any]) -> int | None:
    """The job in the way is locked, so that it cannot start before the caller commits: it would
    not see what the caller wrote.
    """
    statement = (
        insert_into(connection, Job)
        .on_conflict_do_nothing(
            index_elements=[Job.unique_key], index_where=Job.unique_key.is_not(None)
        )
        .returning(Job.id)
    )
    in_the_way = select(Job.id).where(Job.unique_key == row["unique_key"])
    while connection.execute(in_the_way.with_for_update(read=True)).first() is None:
        # Looking first spares a number of the sequence; between look and insert others may come.
        job_id: int | None = connection.execute(statement, row).scalar_one_or_none()
        if job_id is not None:
            return job_id
    return None


def _send(queue: str, job_id: int) -> None:
    transport.send(queue, [(job_id, 0)])


def _default_session() -> Session:
    from pitchbar.extensions import db

    return db.session()
