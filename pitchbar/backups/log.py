"""The rows that say what backups, drills and restores came to."""

from datetime import timedelta

from sqlalchemy import delete, select, update

from pitchbar.backups.models import DONE, FAILED, RUNNING, BackupRun
from pitchbar.core import clock
from pitchbar.extensions import db

_KEEP = timedelta(days=400)


def begin_run(kind: str, started_by: str, name: str = "") -> BackupRun:
    """Only who has the lock calls this: what is said to run then was killed."""
    end_broken_runs()
    db.session.execute(delete(BackupRun).where(BackupRun.started_at < clock.now() - _KEEP))
    run = BackupRun(kind=kind, started_by=started_by, name=name, differences=[])
    db.session.add(run)
    db.session.flush()
    return run


def end_broken_runs() -> None:
    broken = update(BackupRun).where(BackupRun.state == RUNNING)
    values = {"state": FAILED, "error": "It was broken off.", "finished_at": clock.now()}
    db.session.execute(broken.values(values).execution_options(synchronize_session=False))


def end_run(run: BackupRun, *, error: str = "", **facts: object) -> None:
    run.state, run.error, run.finished_at = FAILED if error else DONE, error[:2000], clock.now()
    run.seconds = (run.finished_at - run.started_at).total_seconds()
    for name, value in facts.items():
        setattr(run, name, value)
    db.session.flush()


def find_last(kind: str, state: str | None = None) -> BackupRun | None:
    """The newest of a kind that ended."""
    query = select(BackupRun).where(BackupRun.kind == kind, BackupRun.state != RUNNING)
    if state:
        query = query.where(BackupRun.state == state)
    return db.session.scalar(query.order_by(BackupRun.id.desc()).limit(1))


def list_runs(count: int = 20) -> list[BackupRun]:
    """The newest first."""
    return list(db.session.scalars(select(BackupRun).order_by(BackupRun.id.desc()).limit(count)))
