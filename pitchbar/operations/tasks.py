from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import Queue, every, task
from pitchbar.operations import backup_alarm, scan_store_alarm
from pitchbar.operations.alarms import (
    raise_alarms,
    raise_reconciliation_alarm,
    raise_spool_alarm,
)
from pitchbar.operations.policy_reports import trim_reports
from pitchbar.operations.totals import count_finished


@task(queue=Queue.DEFAULT, tries=2, schedule=every.minutes(1), missed="skip")
def watch_queues() -> None:
    raise_alarms()
    raise_spool_alarm()
    raise_reconciliation_alarm()
    backup_alarm.raise_backup_alarm()
    db.session.commit()


@task(queue=Queue.DEFAULT, tries=2, timeout=120, schedule=every.minutes(5))
def count_jobs() -> None:
    count_finished()
    db.session.commit()


@task(queue=Queue.DEFAULT, tries=2, schedule=every.day_at("03:50"))
def trim_policy_reports() -> None:
    trim_reports(clock.now())
    db.session.commit()


@task(queue=Queue.DEFAULT, tries=2, timeout=1800, schedule=every.day_at("04:20"))
def compare_scan_store() -> None:
    scan_store_alarm.compare_scan_store()
    db.session.commit()
