from pitchbar.extensions import db
from pitchbar.jobs.declaration import task
from pitchbar.jobs.queues import DEFAULT
from pitchbar.jobs.schedule import Periodic
from pitchbar.jobs.triggers import every_minutes
from pitchbar.operations.alarms import raise_alarms
from pitchbar.operations.totals import count_finished


@task(queue=DEFAULT, tries=2)
def watch_queues() -> None:
    raise_alarms()
    db.session.commit()


@task(queue=DEFAULT, tries=2, timeout=120)
def count_jobs() -> None:
    count_finished()
    db.session.commit()


PERIODIC = (
    Periodic(watch_queues, every_minutes(1), missed="skip"),
    Periodic(count_jobs, every_minutes(5)),
)
