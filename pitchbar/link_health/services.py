from sqlalchemy import update

from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import enqueue
from pitchbar.link_health import tasks
from pitchbar.link_health.destinations import sync_links
from pitchbar.link_health.models import Link


def ask_again(code: Code) -> None:
    """A look soon, whenever the next one would be due."""
    sync_links([code.id])
    mine = update(Link).where(Link.code_id == code.id).values(next_check_at=clock.now())
    db.session.execute(mine.execution_options(synchronize_session="fetch"))
    enqueue(tasks.check_links_of_code, code.id, unique=f"links:{code.id}")
