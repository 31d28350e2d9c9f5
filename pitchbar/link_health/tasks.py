from datetime import timedelta

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import Queue, every, task
from pitchbar.link_health.destinations import sync_all
from pitchbar.link_health.results import purge_history
from pitchbar.link_health.rounds import check_code, check_due_links
from pitchbar.link_health.settings import LinkHealthSettings
from pitchbar.settings import current_settings


@task(queue=Queue.DEFAULT, tries=1, timeout=150, schedule=every.minutes(1), missed="skip")
def check_links() -> None:
    """Asks the destinations that are due."""
    if current_settings()[LinkHealthSettings].link_check_hours:
        check_due_links(current_settings())


@task(queue=Queue.DEFAULT, tries=2, timeout=150)
def check_links_of_code(code_id: int) -> None:
    """Asks what a code leads to: somebody wants to know."""
    check_code(code_id, current_settings())


@task(queue=Queue.DEFAULT, timeout=900, schedule=every.day_at("02:40"))
def sync_links() -> None:
    """Finds what codes lead to by now, and forgets the oldest history."""
    own = current_settings()[LinkHealthSettings]
    if own.link_check_hours:
        sync_all(timedelta(hours=min(own.link_check_hours, 24)))
    purge_history(clock.now(), own.link_history_days)
    db.session.commit()
