"""What becomes of a generation once it has been read."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select, update

from pitchbar.core import clock
from pitchbar.core.database import changed_rows
from pitchbar.events.actors import SYSTEM, Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.sources.errors import CannotGoBack, IsBeingRead, IsNotHeld
from pitchbar.sources.hooks import hooks
from pitchbar.sources.models import (
    ACTIVE,
    BROKEN,
    CRAWLING,
    DISCARDED,
    FAILED,
    HELD,
    INDEXED,
    INDEXING,
    KEPT,
    UNDER_WAY,
    Chunk,
    Document,
    Generation,
    Page,
    Source,
)
from pitchbar.sources.telling import tell


def documents_of(generation_id: int) -> Select[Document]:
    """Each once, though several pages may say the same."""
    ids = select(Page.document_id).where(Page.generation_id == generation_id)
    return select(Document).where(Document.id.in_(ids.distinct())).order_by(Document.id)


def chunks_of(generation_id: int) -> Select[Chunk]:
    """In the order of their documents and of their places in these."""
    ids = select(Page.document_id).where(Page.generation_id == generation_id)
    of_documents = select(Chunk).where(Chunk.document_id.in_(ids.distinct()))
    return of_documents.order_by(Chunk.document_id, Chunk.position)


def start_indexing(generation: Generation) -> None:
    """Its chunks go into the index beside those that answer meanwhile."""
    generation.state, generation.indexed_chunks, generation.error = INDEXING, 0, ""
    hooks.read(generation)


def activate(generation: Generation) -> bool:
    """From here on it answers, in place of the one before; all of its chunks are in the index.

    Returns False when it may not any more: it was thrown away meanwhile, or a newer one was read.
    """
    source = db.session.execute(
        select(Source).where(Source.id == generation.source_id).with_for_update()
    ).scalar_one_or_none()
    if source is None or generation.state != INDEXING:
        return False
    now = clock.now()
    before = source.active_generation_id
    if before and before != generation.id:
        db.session.execute(
            update(Generation)
            .where(Generation.id == before, Generation.state == ACTIVE)
            .values(state=KEPT)
        )
    generation.state, generation.indexed_at, generation.activated_at = ACTIVE, now, now
    source.active_generation_id, source.status, source.updated_at = generation.id, INDEXED, now
    source.error, source.error_is_transient = "", False
    db.session.flush()
    told = {"version": generation.number, "documents": generation.documents}
    record_event("source.indexed", source, by=SYSTEM, after=told)
    if before and before != generation.id:
        hooks.dropped(source.workspace_id, [before])
    return True


def break_off(generation: Generation, sentence: str, *, is_transient: bool) -> None:
    """It cannot be had; what answered before goes on to answer."""
    if generation.state not in UNDER_WAY:
        return
    generation.state, generation.error = BROKEN, sentence[:500]
    source = generation.source
    source.status = FAILED
    source.error, source.error_is_transient = sentence[:500], is_transient
    source.updated_at = clock.now()
    db.session.flush()
    told = {"version": generation.number, "error": generation.error}
    record_event("source.failed", source, by=SYSTEM, after=told)
    hooks.dropped(generation.workspace_id, [generation.id])


def accept(generation: Generation, by: Actor) -> None:
    """A held one answers all the same, as soon as it is in the index.

    Raises:
        IsNotHeld, IsBeingRead
    """
    if generation.state != HELD:
        raise IsNotHeld
    _take_turn(generation.source)
    start_indexing(generation)
    after = {"version": generation.number}
    record_event("source.version_accepted", generation.source, by=by, after=after)
    tell(generation.workspace_id, generation.source_id)


def discard(generation: Generation, by: Actor) -> None:
    """A held one is thrown away; what answers goes on to answer.

    Raises:
        IsNotHeld
    """
    if generation.state != HELD:
        raise IsNotHeld
    generation.state = DISCARDED
    after = {"version": generation.number}
    record_event("source.version_discarded", generation.source, by=by, after=after)
    tell(generation.workspace_id, generation.source_id)


def go_back(generation: Generation, by: Actor) -> None:
    """One that answered before answers again, as soon as it is in the index again.

    Raises:
        CannotGoBack, IsBeingRead
    """
    if generation.state != KEPT:
        raise CannotGoBack
    _take_turn(generation.source)
    start_indexing(generation)
    after = {"version": generation.number}
    record_event("source.went_back", generation.source, by=by, after=after)
    tell(generation.workspace_id, generation.source_id)


def _take_turn(source: Source) -> None:
    mine = update(Source).where(Source.id == source.id, Source.status != CRAWLING)
    if not changed_rows(db.session, mine.values(status=CRAWLING)):
        raise IsBeingRead
    db.session.refresh(source)


def active_generations(
    workspace_id: int, source_ids: Sequence[int] | None = None
) -> list[tuple[int, datetime | None, str]]:
    """The ones that answer, of all sources or of these: their ids, since when they do, and the
    model that they were embedded by.
    """
    given: dict[str, Any] = {"workspace": workspace_id}
    if source_ids is not None:
        given["sources"] = list(source_ids)
    return [(*row,) for row in db.session.execute(_active(source_ids is not None), given)]


# Every question runs it; making it takes as long.
@cache
def _active(is_of_some: bool) -> Any:
    chosen = (
        select(Generation.id, Generation.activated_at, Generation.embedding_model)
        .join(Source, Source.active_generation_id == Generation.id)
        .where(Source.workspace_id == bindparam("workspace"))
    )
    if is_of_some:
        chosen = chosen.where(Source.id.in_(bindparam("sources", expanding=True)))
    return chosen
