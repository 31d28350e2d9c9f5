from sqlalchemy import delete, select

from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.sources.models import Chunk, Embedding, Source
from pitchbar.sources.services import forget_sources


def register() -> None:
    subscribe("workspace.purged", delete_sources)


def delete_sources(event: Event) -> None:
    """All of the workspace, with what was read of them."""
    workspace_id = int(event.subject.id)
    sources = db.session.scalars(select(Source).where(Source.workspace_id == workspace_id)).all()
    for model in (Embedding, Chunk):
        mine = delete(model).where(model.workspace_id == workspace_id)
        db.session.execute(mine.execution_options(synchronize_session=False))
    forget_sources(workspace_id, sources)
