from collections.abc import Sequence

from sqlalchemy import func, or_, select

from pitchbar.core.database import MAX_ID
from pitchbar.extensions import db
from pitchbar.sources.errors import (
    DocumentNotFound,
    GenerationNotFound,
    PageNotFound,
    SourceNotFound,
)
from pitchbar.sources.models import (
    CRAWLING,
    PENDING,
    Chunk,
    Document,
    Generation,
    Page,
    Source,
)
from pitchbar.workspaces.models import Workspace

# A number of 32 bits.
_MOST_VERSIONS = 2**31 - 1


def get_source(workspace: Workspace, source_id: int) -> Source:
    source = db.session.get(Source, source_id) if source_id <= MAX_ID else None
    if source is None or source.workspace_id != workspace.id:
        raise SourceNotFound
    return source


def count_sources(workspace: Workspace) -> int:
    return count_sources_of([workspace.id]).get(workspace.id, 0)


def count_sources_of(workspace_ids: Sequence[int]) -> dict[int, int]:
    """By workspace."""
    query = select(Source.workspace_id, func.count()).where(Source.workspace_id.in_(workspace_ids))
    rows = db.session.execute(query.group_by(Source.workspace_id))
    return {row[0]: row[1] for row in rows}


def count_unread_sources(workspace_id: int, source_ids: Sequence[int] | None = None) -> int:
    """Those that are read for the first time, of all or of these: nothing answers from them yet."""
    unread = Source.active_generation_id.is_(None), Source.status.in_((PENDING, CRAWLING))
    query = select(func.count()).where(Source.workspace_id == workspace_id, *unread)
    if source_ids is not None:
        query = query.where(Source.id.in_(source_ids))
    return db.session.scalar(query) or 0


def list_sources_after(workspace: Workspace, after: int, limit: int) -> Sequence[Source]:
    """The newest first; those older than the one of that id, where it is not 0."""
    query = select(Source).where(Source.workspace_id == workspace.id)
    if after:
        query = query.where(Source.id < after)
    return db.session.scalars(query.order_by(Source.id.desc()).limit(limit)).all()


def get_generation(source: Source, number: int) -> Generation:
    generation = None
    if number <= _MOST_VERSIONS:
        generation = _find_generation(source, number)
    if generation is None:
        raise GenerationNotFound
    return generation


def _find_generation(source: Source, number: int) -> Generation | None:
    return db.session.scalar(
        select(Generation).where(Generation.source_id == source.id, Generation.number == number)
    )


def find_generations(ids: Sequence[int]) -> dict[int, Generation]:
    found = db.session.scalars(select(Generation).where(Generation.id.in_(ids)))
    return {one.id: one for one in found}


def find_latest_generations(source_ids: Sequence[int]) -> dict[int, Generation]:
    """The newest of each source, by the source."""
    newest = (
        select(Generation.source_id, func.max(Generation.number).label("number"))
        .where(Generation.source_id.in_(source_ids))
        .group_by(Generation.source_id)
        .subquery()
    )
    found = db.session.scalars(
        select(Generation).join(
            newest,
            (newest.c.source_id == Generation.source_id) & (newest.c.number == Generation.number),
        )
    )
    return {one.source_id: one for one in found}


def list_generations(source: Source, limit: int = 20) -> Sequence[Generation]:
    query = select(Generation).where(Generation.source_id == source.id)
    return db.session.scalars(query.order_by(Generation.number.desc()).limit(limit)).all()


def list_pages(
    generation: Generation, *, state: str = "", search: str = "", after: int = 0, limit: int = 50
) -> Sequence[Page]:
    """In the order in which they were found."""
    query = select(Page).where(Page.generation_id == generation.id, Page.id > after)
    if state:
        query = query.where(Page.state == state)
    if search:
        query = query.where(Page.url.icontains(search, autoescape=True))
    return db.session.scalars(query.order_by(Page.id).limit(limit)).all()


def get_page(source: Source, page_id: int) -> Page:
    page = db.session.get(Page, page_id) if page_id <= MAX_ID else None
    if page is None or page.source_id != source.id:
        raise PageNotFound
    return page


def get_document(source: Source, document_id: int) -> Document:
    document = db.session.get(Document, document_id) if document_id <= MAX_ID else None
    if document is None or document.source_id != source.id:
        raise DocumentNotFound
    return document


def find_sources(workspace: Workspace, words: str, limit: int) -> Sequence[Source]:
    """By name or address, the newest first."""
    is_it = or_(
        Source.name.icontains(words, autoescape=True), Source.url.icontains(words, autoescape=True)
    )
    query = select(Source).where(Source.workspace_id == workspace.id, is_it)
    return db.session.scalars(query.order_by(Source.id.desc()).limit(limit)).all()


def list_chunks(document_id: int | None, first: int, limit: int) -> tuple[Sequence[Chunk], int]:
    """Of a document, from a place on; and how many there are in all."""
    own = Chunk.document_id == document_id
    query = select(Chunk).where(own, Chunk.position >= first).order_by(Chunk.position).limit(limit)
    total = db.session.scalar(select(func.count()).where(own)) or 0
    return db.session.scalars(query).all(), total


def list_source_names(workspace_id: int) -> dict[int, str]:
    """By id, in the order of their names."""
    rows = db.session.execute(
        select(Source.id, Source.name)
        .where(Source.workspace_id == workspace_id)
        .order_by(Source.name, Source.id)
    )
    return {row[0]: row[1] for row in rows}
