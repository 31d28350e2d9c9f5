from pitchbar.conversions.refused import forget_old
from pitchbar.extensions import db
from pitchbar.jobs import Queue, every, task


@task(queue=Queue.DEFAULT, tries=3, schedule=every.day_at("03:25"), name="conversions.forget_calls")
def forget_calls() -> None:
    """Refused calls are shown for a week, and kept for a month."""
    forget_old(db.session.connection())
    db.session.commit()
