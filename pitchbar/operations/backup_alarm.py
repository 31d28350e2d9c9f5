"""Tells operators by mail that a backup or a restore drill failed, or that there was none."""

from datetime import datetime, timedelta

from pitchbar.backups.log import find_last
from pitchbar.backups.models import CREATE, DONE, DRILL, FAILED, BackupRun
from pitchbar.backups.settings import BackupSettings
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.mailing.services import queue_mail
from pitchbar.operations.models import QueueAlarm
from pitchbar.operations.settings import OperationsSettings
from pitchbar.settings import current_settings

# Stand among the queues' names, and are none of them.
_FAILED, _LATE = "(backup failed)", "(backup late)"
_AGE, _AGAIN = timedelta(hours=26), timedelta(hours=24)


def raise_backup_alarm() -> bool:
    """Once for each run that failed, and once a day while backups are late."""
    broken = [
        run
        for kind in (CREATE, DRILL)
        if (run := find_last(kind)) is not None and run.state == FAILED
    ]
    told_at = _told_at(_FAILED)
    new = [run for run in broken if run.finished_at and (not told_at or run.finished_at > told_at)]
    if new:
        _mark(_FAILED)
        _mail("A backup failed", [_describe(run) for run in new])
        return True
    return _raise_late()


def _raise_late() -> bool:
    """A first backup that was never made is told by the release check."""
    last = find_last(CREATE, DONE)
    if not current_settings()[BackupSettings].backup_daily or last is None:
        return False
    age, told_at = clock.now() - last.started_at, _told_at(_LATE)
    if age <= _AGE or (told_at and clock.now() - told_at < _AGAIN):
        return False
    _mark(_LATE)
    hours = age.total_seconds() / 3600
    _mail("No backup was made", [f"The last backup was made {hours:,.0f} hours ago."])
    return True


def _describe(run: BackupRun) -> str:
    what = "A restore drill" if run.kind == DRILL else "A backup"
    named = f" of {run.name}" if run.name else ""
    return f"{what}{named} failed at {run.finished_at:%Y-%m-%d %H:%M} UTC: {run.error[:400]}"


def _told_at(name: str) -> datetime | None:
    alarm = db.session.get(QueueAlarm, name)
    return alarm.told_at if alarm else None


def _mark(name: str) -> None:
    db.session.merge(QueueAlarm(queue=name, told_at=clock.now()))


def _mail(subject: str, sentences: list[str]) -> None:
    settings = current_settings()
    for email in settings[OperationsSettings].ops_email_allowlist:
        queue_mail(
            "operations/backup_failed",
            to=email,
            subject=subject,
            sentences=sentences,
            link=f"{settings.app_url}/ops/release",
            link_label="Open the release check",
        )
