from datetime import timedelta

from pitchbar.analytics.reconciliation.rounds import look_at_hours
from pitchbar.analytics.reconciliation.services import add_up_old_hours
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import Queue, every, task


@task(queue=Queue.DEFAULT, tries=3, timeout=300, schedule=every.hour_at(12))
def reconcile_hours() -> None:
    """Whether the scans of the last three days come to what was accepted, hour by hour; rollups
    that are not what the scans come to are rebuilt.
    """
    now = clock.now()
    look_at_hours(now, timedelta(days=3), rebuild=True)
    add_up_old_hours(now)
    db.session.commit()
