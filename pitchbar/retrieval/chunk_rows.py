"""Chunks of documents as plain rows, which outlive a commit."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from pitchbar.extensions import db
from pitchbar.retrieval.passages import passage_of
from pitchbar.sources.models import Chunk, Document, Page


@dataclass(frozen=True)
class ChunkRow:
    id: int
    workspace_id: int
    document_id: int
    headings: Sequence[str]
    text: str
    content_hash: str
    url: str
    language: str

    @property
    def passage(self) -> str:
        return passage_of(self.headings, self.text)


@dataclass(frozen=True)
class Lane:
    """A share of a generation's chunks, of which several jobs each take one."""

    number: int = 0
    of: int = 1


def next_chunks(
    generation_id: int,
    after: int,
    limit: int,
    *,
    lane: Lane | None = None,
    document_ids: Sequence[int] | None = None,
) -> list[ChunkRow]:
    """By id, those after the one named."""
    chosen = (
        select(
            Chunk.id,
            Chunk.workspace_id,
            Chunk.document_id,
            Chunk.headings,
            Chunk.text,
            Chunk.content_hash,
            Document.url,
            Document.language,
        )
        .join(Document, Document.id == Chunk.document_id)
        .where(Chunk.document_id.in_(_documents(generation_id)), Chunk.id > after)
        .order_by(Chunk.id)
        .limit(limit)
    )
    if lane is not None:
        chosen = chosen.where(Chunk.id % lane.of == lane.number)
    if document_ids is not None:
        chosen = chosen.where(Chunk.document_id.in_(document_ids))
    return [ChunkRow(*row) for row in db.session.execute(chosen)]


def count_chunks(generation_id: int) -> int:
    counted = select(func.count()).select_from(Chunk)
    return db.session.scalar(counted.where(Chunk.document_id.in_(_documents(generation_id)))) or 0


def _documents(generation_id: int) -> Select[int | None]:
    return (
        select(Page.document_id)
        .where(Page.generation_id == generation_id, Page.document_id.is_not(None))
        .distinct()
    )
