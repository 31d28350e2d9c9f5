from sqlalchemy import delete

from pitchbar.answers.models import LlmUsage
from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db


def register() -> None:
    subscribe("workspace.purged", delete_usage)


def delete_usage(event: Event) -> None:
    mine = delete(LlmUsage).where(LlmUsage.workspace_id == int(event.subject.id))
    db.session.execute(mine.execution_options(synchronize_session=False))
