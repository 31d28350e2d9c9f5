from sqlalchemy import delete, select

from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.sources.models import Chunk, Embedding, Source
from pitchbar.sources.plan_pages import count_pages_of
from pitchbar.sources.queries import count_sources_of
from pitchbar.sources.services import forget_sources
from pitchbar.workspaces.plan_usage import declare_standing
from pitchbar.workspaces.plans import PAGES, SOURCES


def register() -> None:
    subscribe("workspace.purged", delete_sources)
    declare_standing(SOURCES, count_sources_of)
    declare_standing(PAGES, count_pages_of)


def delete_sources(event: Event) -> None:
    """All of the workspace, with what was read of them."""
    workspace_id = int(event.subject.id)
    sources = db.session.scalars(select(Source).where(Source.workspace_id == workspace_id)).all()
    for model in (Embedding, Chunk):
        mine = delete(model).where(model.workspace_id == workspace_id)
        db.session.execute(mine.execution_options(synchronize_session=False))
    forget_sources(workspace_id, sources)
