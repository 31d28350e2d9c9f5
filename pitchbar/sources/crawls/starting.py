"""A crawl from its beginning to the moment when all of its pages are read."""

from sqlalchemy import func, select, update

from pitchbar.core import clock
from pitchbar.core.database import changed_rows
from pitchbar.extensions import db
from pitchbar.sources.crawls.calling import call_plan
from pitchbar.sources.errors import IsBeingRead, IsPaused
from pitchbar.sources.models import (
    CRAWLING,
    MISSED,
    QUEUED,
    READING,
    UNCHANGED,
    Generation,
    Page,
    Source,
)
from pitchbar.sources.telling import tell


def start_crawl(source: Source) -> Generation:
    """Reads it anew; what answers meanwhile goes on to answer.

    Raises:
        IsBeingRead, IsPaused
    """
    generation = _begin(source)
    call_plan(generation.id)
    return generation


def start_again_with_missed(source: Source, last: Generation) -> Generation:
    """As `start_crawl`, but asks only for pages that could not be had for the moment; all others
    stay as they are.
    """
    generation = _begin(source)
    generation.planned_at = clock.now()
    for page in db.session.scalars(select(Page).where(Page.generation_id == last.id)).all():
        db.session.add(_again(page, generation))
    db.session.flush()
    call_plan(generation.id)
    return generation


def _begin(source: Source) -> Generation:
    if source.paused_at is not None:
        raise IsPaused
    now = clock.now()
    mine = update(Source).where(Source.id == source.id, Source.status != CRAWLING)
    if not changed_rows(db.session, mine.values(status=CRAWLING, updated_at=now)):
        raise IsBeingRead
    newest = select(func.max(Generation.number)).where(Generation.source_id == source.id)
    generation = Generation(
        workspace_id=source.workspace_id,
        source_id=source.id,
        number=(db.session.scalar(newest) or 0) + 1,
        state=READING,
    )
    db.session.add(generation)
    db.session.flush()
    db.session.refresh(source)
    tell(source.workspace_id, source.id)
    return generation


_KEPT = (
    "url",
    "url_hash",
    "depth",
    "found_in",
    "status",
    "hops",
    "robots",
    "canonical",
    "content_hash",
    "characters_in",
    "characters_kept",
    "etag",
    "last_modified",
    "reason",
    "detail",
    "document_id",
)


def _again(page: Page, generation: Generation) -> Page:
    values = {name: getattr(page, name) for name in _KEPT}
    state = UNCHANGED if page.document_id and page.state != MISSED else page.state
    if page.state == MISSED and page.is_transient:
        values |= {"status": None, "reason": "", "detail": "", "document_id": None}
        state = QUEUED
    return Page(
        workspace_id=page.workspace_id,
        source_id=page.source_id,
        generation_id=generation.id,
        state=state,
        **values,
    )


def latest_generation(source_id: int, *, before: int | None = None) -> Generation | None:
    """The newest of a source; `before`, of those with a smaller number."""
    query = select(Generation).where(Generation.source_id == source_id)
    if before is not None:
        query = query.where(Generation.number < before)
    return db.session.scalar(query.order_by(Generation.number.desc()).limit(1))
