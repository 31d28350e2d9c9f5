"""Removes what nobody looks at any more. Failed jobs stay until they are retried or deleted."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pitchbar.core import clock
from pitchbar.jobs.ledger.models import (
    IS_DONE,
    Job,
    JobAttempt,
    JobSnapshot,
    JobTag,
    JobWorker,
    ScheduleRun,
)

_KEEP_DONE = timedelta(hours=72)
_KEEP_SNAPSHOTS = timedelta(days=7)
# Longer than the schedule looks back for missed minutes.
_KEEP_RUNS = timedelta(days=40)
_KEEP_WORKERS = timedelta(days=1)
_BATCH = 2_000


def trim_ledger() -> int:
    """Returns how many done jobs went. Commits batch by batch, so that it never locks for long."""
    from pitchbar.extensions import db

    session, at = db.session(), clock.now()
    for rows in (
        delete(JobSnapshot).where(JobSnapshot.at < at - _KEEP_SNAPSHOTS),
        delete(ScheduleRun).where(ScheduleRun.minute_at < at - _KEEP_RUNS),
        delete(JobWorker).where(JobWorker.seen_at < at - _KEEP_WORKERS),
    ):
        session.connection().execute(rows)
    session.commit()
    gone = 0
    while ids := _find_old(session, at - _KEEP_DONE):
        _delete(session, ids)
        gone += len(ids)
    return gone


def _find_old(session: Session, before: Any) -> list[int]:
    old = (
        select(Job.id)
        .where(IS_DONE, Job.finished_at < before)
        .order_by(Job.finished_at)
        .limit(_BATCH)
    )
    return list(session.execute(old).scalars())


def _delete(session: Session, ids: list[int]) -> None:
    connection = session.connection()
    for model in (JobTag, JobAttempt):
        connection.execute(delete(model).where(model.job_id.in_(ids)))
    connection.execute(delete(Job).where(Job.id.in_(ids), IS_DONE))
    session.commit()
