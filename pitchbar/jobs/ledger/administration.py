"""What an operator does to queues and jobs. Services flush; the caller commits."""

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from pitchbar.core import clock
from pitchbar.core.database import after_commit
from pitchbar.jobs.arguments import check_arguments
from pitchbar.jobs.ledger.enqueueing import waiting_columns
from pitchbar.jobs.ledger.errors import JobBusy, JobGone
from pitchbar.jobs.ledger.models import FAILED, IS_FAILED, QUEUED, RUNNING, Job, QueueState
from pitchbar.jobs.ledger.queries import JobFilter, conditions
from pitchbar.jobs.transport import transport


def pause_queue(session: Session, queue: str) -> None:
    """Workers stop taking its jobs within two seconds; those that run are finished."""
    _set_paused(session, queue, clock.now())


def resume_queue(session: Session, queue: str) -> None:
    _set_paused(session, queue, None)


def _set_paused(session: Session, queue: str, paused_at: Any) -> None:
    connection = session.connection()
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(QueueState).values(queue=queue, paused_at=paused_at)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[QueueState.queue], set_={"paused_at": paused_at}
        )
    )


def retry_job(session: Session, job_id: int, arguments: dict[str, Any] | None = None) -> None:
    """Lets a failed job, or one that waits for its next try, start now with all its tries, and
    with other arguments when given. Raises JobGone, JobBusy, UnfitArgument.
    """
    values = _fresh_start()
    job = session.execute(select(Job.task).where(Job.id == job_id)).first()
    if job is not None and arguments is not None:
        values["arguments"] = check_arguments(job.task, arguments)
    waiting = (Job.id == job_id, Job.state.in_((FAILED, QUEUED)))
    restarted = _restart(session, waiting, values)
    if not restarted:
        raise _reason(session, job_id)


def retry_jobs(session: Session, wanted: JobFilter, *, limit: int = 10_000) -> int:
    """Restarts the failed jobs that match; returns how many."""
    matching = select(Job.id).where(*conditions(session, wanted), IS_FAILED).limit(limit)
    chosen = list(session.execute(matching).scalars())
    return _restart(session, (Job.id.in_(chosen), IS_FAILED), _fresh_start())


def delete_job(session: Session, job_id: int) -> None:
    """Raises JobGone, JobBusy. Its message, if any, will find nothing."""
    connection = session.connection()
    gone = connection.execute(delete(Job).where(Job.id == job_id, Job.state != RUNNING))
    if not gone.rowcount:
        raise _reason(session, job_id)


def delete_jobs(session: Session, wanted: JobFilter, *, limit: int = 10_000) -> int:
    """Deletes the matching jobs that do not run; returns how many."""
    matching = select(Job.id).where(*conditions(session, wanted), Job.state != RUNNING).limit(limit)
    chosen = list(session.execute(matching).scalars())
    gone = session.connection().execute(delete(Job).where(Job.id.in_(chosen), Job.state != RUNNING))
    return int(gone.rowcount)


def _fresh_start() -> dict[str, Any]:
    at = clock.now()
    return {**waiting_columns(at, at, sent=True), "tries_used": 0, "finished_at": None}


def _restart(session: Session, which: tuple[Any, ...], values: dict[str, Any]) -> int:
    """A running job is left alone: the conditions exclude it. Raises no error for none."""
    statement = update(Job).where(*which).values(**values)
    rows = session.connection().execute(statement.returning(Job.id, Job.queue, Job.attempt)).all()

    def send() -> None:
        for job_id, queue, attempt in rows:
            transport.send(queue, [(job_id, attempt)])

    after_commit(session, send)
    return len(rows)


def _reason(session: Session, job_id: int) -> Exception:
    exists = session.execute(select(Job.id).where(Job.id == job_id)).first()
    return JobBusy() if exists else JobGone()
