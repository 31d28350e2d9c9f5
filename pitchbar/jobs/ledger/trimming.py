"""Removes what nobody looks at any more. Failed jobs stay for long, for somebody to retry or delete
them, but not for ever and not in any number.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from pitchbar.core import clock
from pitchbar.jobs.ledger.models import (
    IS_DONE,
    IS_FAILED,
    Job,
    JobAttempt,
    JobSnapshot,
    JobTag,
    JobWorker,
    ScheduleRun,
)
from pitchbar.jobs.settings import JobSettings
from pitchbar.settings import current_settings

_KEEP_DONE = timedelta(hours=72)
_KEEP_SNAPSHOTS = timedelta(days=7)
# Longer than the schedule looks back for missed minutes.
_KEEP_RUNS = timedelta(days=40)
_KEEP_WORKERS = timedelta(days=1)
_BATCH = 2_000


def trim_ledger() -> int:
    """Returns how many jobs went. Commits batch by batch, so that it never locks for long."""
    from pitchbar.extensions import db

    session, at = db.session(), clock.now()
    for rows in (
        delete(JobSnapshot).where(JobSnapshot.at < at - _KEEP_SNAPSHOTS),
        delete(ScheduleRun).where(ScheduleRun.minute_at < at - _KEEP_RUNS),
        delete(JobWorker).where(JobWorker.seen_at < at - _KEEP_WORKERS),
    ):
        session.connection().execute(rows)
    session.commit()
    own = current_settings()[JobSettings]
    old = Job.finished_at < at - timedelta(days=own.failed_jobs_days)
    gone = _delete_all(session, IS_DONE, Job.finished_at < at - _KEEP_DONE)
    gone += _delete_all(session, IS_FAILED, old)
    if (newest := _newest_too_many(session, own.failed_jobs_most)) is not None:
        gone += _delete_all(session, IS_FAILED, Job.id <= newest)
    return gone


def _newest_too_many(session: Session, most: int) -> int | None:
    """The id of the newest failed job that does not count among the newest `most`."""
    ids = select(Job.id).where(IS_FAILED).order_by(Job.id.desc()).offset(most).limit(1)
    return session.execute(ids).scalar_one_or_none()


def _delete_all(session: Session, *which: ColumnElement[bool]) -> int:
    gone = 0
    while ids := list(session.execute(select(Job.id).where(*which).limit(_BATCH)).scalars()):
        _delete(session, ids, *which)
        gone += len(ids)
    return gone


def _delete(session: Session, ids: list[int], *which: ColumnElement[bool]) -> None:
    """Looks again, as a failed one may have been put back to work meanwhile."""
    connection = session.connection()
    still = select(Job.id).where(Job.id.in_(ids), *which)
    ids = list(connection.execute(still.with_for_update()).scalars())
    for model in (JobTag, JobAttempt):
        connection.execute(delete(model).where(model.job_id.in_(ids)))
    connection.execute(delete(Job).where(Job.id.in_(ids)))
    session.commit()
