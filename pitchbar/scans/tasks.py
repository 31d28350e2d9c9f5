from pitchbar.extensions import db
from pitchbar.jobs.declaration import task
from pitchbar.jobs.queues import DEFAULT
from pitchbar.jobs.schedule import Periodic
from pitchbar.jobs.triggers import every_minutes
from pitchbar.scans.draining import drain_inbox
from pitchbar.scans.visitors import destroy_old_salts


@task(queue=DEFAULT, tries=3)
def forget_visitors() -> None:
    """Destroys salts that are 48 hours old, also on a day without scans."""
    destroy_old_salts(db.session.connection())
    db.session.commit()


PERIODIC = (
    # Whoever put lines calls for the drain; this is for a process that died before it could.
    Periodic(drain_inbox, every_minutes(5), missed="skip"),
    Periodic(forget_visitors, every_minutes(10)),
)
