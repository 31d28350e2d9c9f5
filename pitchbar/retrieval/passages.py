"""What was found, with its text and what stands around it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, case, func, literal, select, union_all
from sqlalchemy.orm import aliased

from pitchbar.extensions import db
from pitchbar.sources.models import Chunk, Document

# Chunks on each side of a hit that are looked at, and characters of a section that come with it.
_AROUND, _LONGEST_SECTION = 6, 6_000


@dataclass(frozen=True)
class Scored:
    """What the index knows of a chunk that was found. `cosine` is None without a model."""

    chunk_id: int
    source_id: int
    generation_id: int
    content_hash: str
    score: float
    lexical: float
    cosine: float | None


@dataclass(frozen=True)
class Hit:
    """A chunk. `before` and `after` are its neighbours, `section` is all that stands under the same
    heading, each empty where there is nothing.

    `score` compares the hits of one question, from 0 to 1; `lexical` is BM25.
    """

    chunk_id: int
    document_id: int
    source_id: int
    generation_id: int
    url: str
    title: str
    headings: tuple[str, ...]
    text: str
    language: str
    score: float
    lexical: float
    cosine: float | None
    before: str = ""
    after: str = ""
    section: str = ""

    @property
    def passage(self) -> str:
        """The chunk under its headings, as it is embedded."""
        return passage_of(self.headings, self.text)


def passage_of(headings: Sequence[str], text: str) -> str:
    return "\n".join((*headings, "", text))


def load_hits(scored: Sequence[Scored]) -> list[Hit]:
    """In the same order; without those that were deleted a moment ago."""
    rows = db.session.execute(
        select(Chunk, Document.url, Document.title, Document.language)
        .join(Document, Document.id == Chunk.document_id)
        .where(Chunk.id.in_([one.chunk_id for one in scored]))
    )
    found = {row[0].id: row for row in rows}
    around = _around(list(found))
    sections = _sections([row[0] for row in found.values()], around)
    return [
        _hit_of(one, *found[one.chunk_id], around, sections.get(one.chunk_id, ""))
        for one in scored
        if one.chunk_id in found
    ]


@dataclass(frozen=True)
class _Near:
    """A chunk that stands near a hit. The text is there for its neighbours alone."""

    start: int
    end: int
    headings: Sequence[str]
    text: str


Around = dict[tuple[int, int], _Near]


def _around(chunk_ids: Sequence[int]) -> Around:
    """Chunks that stand near these, and themselves, by document and position."""
    if not chunk_ids:
        return {}
    near = aliased(Chunk)
    is_next = near.position.between(Chunk.position - 1, Chunk.position + 1)
    is_near = near.position.between(Chunk.position - _AROUND, Chunk.position + _AROUND)
    rows = db.session.execute(
        select(
            near.document_id,
            near.position,
            near.start,
            near.end,
            near.headings,
            case((is_next, near.text), else_=""),
        )
        .select_from(Chunk)
        .join(near, and_(near.document_id == Chunk.document_id, is_near))
        .where(Chunk.id.in_(chunk_ids))
    )
    found: Around = {}
    for document_id, position, start, end, headings, text in rows:
        key = document_id, position
        # Next to one hit it may stand farther from another.
        if text or key not in found:
            found[key] = _Near(start, end, headings, text)
    return found


def _hit_of(
    scored: Scored,
    chunk: Chunk,
    url: str,
    title: str,
    language: str,
    around: Around,
    section: str,
) -> Hit:
    def text_at(offset: int) -> str:
        near = around.get((chunk.document_id, chunk.position + offset))
        return near.text if near else ""

    return Hit(
        chunk_id=chunk.id,
        document_id=chunk.document_id,
        source_id=scored.source_id,
        generation_id=scored.generation_id,
        url=url,
        title=title,
        headings=tuple(chunk.headings),
        text=chunk.text,
        language=language,
        score=scored.score,
        lexical=scored.lexical,
        cosine=scored.cosine,
        before=text_at(-1),
        after=text_at(1),
        section=section,
    )


def _sections(chunks: Sequence[Chunk], around: Around) -> dict[int, str]:
    """By chunk; cut out by the database, as a document may be long."""
    if not chunks:
        return {}
    parts = []
    for one in chunks:
        start, end = _section_of(one, around)
        text = func.substr(Document.markdown, start + 1, end - start)
        parts.append(select(literal(one.id), text).where(Document.id == one.document_id))
    return {row[0]: row[1] for row in db.session.execute(union_all(*parts))}


def _section_of(chunk: Chunk, around: Around) -> tuple[int, int]:
    """From the first to the last chunk with the same headings, in characters of the document."""
    start, end = _edge(chunk, around, -1)[0], _edge(chunk, around, 1)[1]
    if end - start > _LONGEST_SECTION:
        start = max(start, min(chunk.start, (chunk.start + chunk.end - _LONGEST_SECTION) // 2))
        end = max(min(end, start + _LONGEST_SECTION), chunk.end)
    return start, end


def _edge(chunk: Chunk, around: Around, step: int) -> tuple[int, int]:
    """Where the last chunk of the section on that side stands."""
    place = chunk.start, chunk.end
    for offset in range(step, step * (_AROUND + 1), step):
        near = around.get((chunk.document_id, chunk.position + offset))
        if near is None or near.headings != chunk.headings:
            break
        place = near.start, near.end
    return place
