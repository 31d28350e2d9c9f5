from datetime import timedelta

from sqlalchemy import delete

from pitchbar.core import clock
from pitchbar.crawling.models import CrawlHost, RobotsFile
from pitchbar.extensions import db
from pitchbar.jobs import Queue, every, task

# An old robots.txt holds for so long while there is none to be had.
_KEPT = timedelta(days=30)


@task(queue=Queue.DEFAULT, schedule=every.day_at("03:25"))
def forget_hosts() -> None:
    """What was known of hosts that nobody reads any more."""
    db.session.execute(delete(RobotsFile).where(RobotsFile.expires_at < clock.now() - _KEPT))
    since = (clock.now() - _KEPT).timestamp()
    is_old = (CrawlHost.next_at < since, CrawlHost.rests_until < since)
    db.session.execute(delete(CrawlHost).where(*is_old))
    db.session.commit()
