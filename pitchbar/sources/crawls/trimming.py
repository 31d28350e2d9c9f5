"""What nobody can go back to any more is cleared away."""

from sqlalchemy import delete, exists, select

from pitchbar.extensions import db
from pitchbar.sources.hooks import hooks
from pitchbar.sources.models import (
    ACTIVE,
    CRAWLING,
    HELD,
    UNDER_WAY,
    Document,
    Generation,
    Page,
    Source,
)

_STAY = (ACTIVE, HELD, *UNDER_WAY)


def trim(kept: int) -> None:
    """Of each source the newest `kept` stay, and what is in use; commits after each source."""
    at_rest = select(Source.id).where(Source.status != CRAWLING).order_by(Source.id)
    for source_id in db.session.scalars(at_rest).all():
        trim_source(source_id, kept)
        db.session.commit()


def trim_source(source_id: int, kept: int) -> None:
    query = (
        select(Generation.id, Generation.workspace_id, Generation.state)
        .where(Generation.source_id == source_id)
        .order_by(Generation.number.desc())
        .offset(kept)
    )
    old = [row for row in db.session.execute(query) if row.state not in _STAY]
    if old:
        ids = [row.id for row in old]
        hooks.dropped(old[0].workspace_id, ids)
        db.session.execute(delete(Page).where(Page.generation_id.in_(ids)))
        db.session.execute(delete(Generation).where(Generation.id.in_(ids)))
    is_used = exists().where(Page.document_id == Document.id)
    db.session.execute(
        delete(Document)
        .where(Document.source_id == source_id, ~is_used)
        .execution_options(synchronize_session=False)
    )
