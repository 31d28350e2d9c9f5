from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import Queue, every, task
from pitchbar.scans.partitions import prepare_partitions
from pitchbar.scans.visitors import delete_expired_salts


@task(queue=Queue.DEFAULT, tries=3, schedule=every.minutes(10))
def forget_visitors() -> None:
    """Destroys salts that are 48 hours old, also on a day without scans."""
    delete_expired_salts(db.session.connection())
    db.session.commit()


@task(queue=Queue.DEFAULT, tries=3, schedule=every.day_at("00:50"))
def make_partitions() -> None:
    """Those of the next months, so that no scan waits for one."""
    prepare_partitions(db.engine, clock.now())
