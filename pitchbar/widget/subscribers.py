from sqlalchemy import delete

from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.widget.models import InstallCheck


def register() -> None:
    subscribe("workspace.purged", delete_all)


def delete_all(event: Event) -> None:
    mine = delete(InstallCheck).where(InstallCheck.workspace_id == int(event.subject.id))
    db.session.execute(mine.execution_options(synchronize_session=False))
