"""Runs on record, for the operators' page. Entry points: they commit."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta

from sqlalchemy import delete, select

from pitchbar.core import clock
from pitchbar.core.checks import Check, Circumstances
from pitchbar.errors import DomainError
from pitchbar.extensions import db
from pitchbar.operations.release.models import FAILED, PASSED, RUNNING, ReleaseRun
from pitchbar.operations.release.running import Result, has_passed, make_check

# Longer than any check may take: what is silent for so long was killed.
_SILENT = timedelta(seconds=90)
_KEPT = 50


class CheckRunning(DomainError):
    status = 409

    def __init__(self) -> None:
        super().__init__("A release check is running already. Wait until it has ended.")


def begin_run(asked_by: str, url: str) -> ReleaseRun:
    """Raises CheckRunning."""
    last = find_last_run()
    if last is not None and is_running(last):
        raise CheckRunning
    run = ReleaseRun(asked_by=asked_by[:254], url=url[:300], findings=[])
    db.session.add(run)
    db.session.flush()
    db.session.execute(delete(ReleaseRun).where(ReleaseRun.id <= run.id - _KEPT))
    db.session.commit()
    return run


def make_recorded_checks(
    run_id: int, checks: Sequence[Check], circumstances: Circumstances
) -> Iterator[Result]:
    """Each as soon as it is made; the run tells what is being looked at."""
    results: list[Result] = []
    for check in checks:
        _tell(run_id, expected=len(checks), looked_at=check.title)
        results.append(make_check(check, circumstances))
        _tell(run_id, findings=[asdict(one) for one in results])
        yield results[-1]
    state = PASSED if has_passed(results) else FAILED
    _tell(run_id, state=state, looked_at="", finished_at=clock.now())


def find_last_run() -> ReleaseRun | None:
    return db.session.scalar(select(ReleaseRun).order_by(ReleaseRun.id.desc()).limit(1))


def list_last_runs(count: int) -> Sequence[ReleaseRun]:
    """Those that ended, the newest first."""
    ended = select(ReleaseRun).where(ReleaseRun.state != RUNNING)
    return db.session.scalars(ended.order_by(ReleaseRun.id.desc()).limit(count)).all()


def is_running(run: ReleaseRun) -> bool:
    return run.state == RUNNING and clock.now() - run.told_at < _SILENT


def _tell(run_id: int, **values: object) -> None:
    run = db.session.get(ReleaseRun, run_id)
    if run is not None:
        for name, value in {**values, "told_at": clock.now()}.items():
            setattr(run, name, value)
        db.session.commit()
