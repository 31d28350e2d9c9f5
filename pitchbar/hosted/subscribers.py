from sqlalchemy import delete

from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.hosted.models import TalkingCode


def register() -> None:
    subscribe("workspace.purged", delete_drafts)


def delete_drafts(event: Event) -> None:
    mine = delete(TalkingCode).where(TalkingCode.workspace_id == int(event.subject.id))
    db.session.execute(mine.execution_options(synchronize_session=False))
