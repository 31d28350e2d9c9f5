"""What was found, with its text and what stands around it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Integer, Select, and_, bindparam, case, func, select, union_all
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
    heading, each empty where there is nothing, and until `with_surroundings` was asked for them.

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
    rows = db.session.execute(_chosen(), {"ids": [one.chunk_id for one in scored]})
    found = {row[0].id: row for row in rows}
    return [_hit_of(one, *found[one.chunk_id]) for one in scored if one.chunk_id in found]


def with_surroundings(hits: Sequence[Hit]) -> list[Hit]:
    """Nothing is answered from them: so the search itself does not wait for them."""
    rows = db.session.execute(_chosen(), {"ids": [one.chunk_id for one in hits]})
    chunks = {row[0].id: row[0] for row in rows}
    around = _around(list(chunks))
    sections = _sections(list(chunks.values()), around)

    def text_at(chunk: Chunk | None, offset: int) -> str:
        near = around.get((chunk.document_id, chunk.position + offset)) if chunk else None
        return near.text if near else ""

    return [
        replace(
            one,
            before=text_at(chunks.get(one.chunk_id), -1),
            after=text_at(chunks.get(one.chunk_id), 1),
            section=sections.get(one.chunk_id, ""),
        )
        for one in hits
    ]


# Making a statement takes longer than running it, and these are run for each question.
@cache
def _chosen() -> Select[Chunk, str, str, str]:
    return (
        select(Chunk, Document.url, Document.title, Document.language)
        .join(Document, Document.id == Chunk.document_id)
        .where(Chunk.id.in_(bindparam("ids", expanding=True)))
    )


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
    rows = db.session.execute(_standing_near(), {"ids": chunk_ids})
    found: Around = {}
    for document_id, position, start, end, headings, text in rows:
        key = document_id, position
        # Next to one hit it may stand farther from another.
        if text or key not in found:
            found[key] = _Near(start, end, headings, text)
    return found


@cache
def _standing_near() -> Any:
    near = aliased(Chunk)
    is_next = near.position.between(Chunk.position - 1, Chunk.position + 1)
    is_near = near.position.between(Chunk.position - _AROUND, Chunk.position + _AROUND)
    return (
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
        .where(Chunk.id.in_(bindparam("ids", expanding=True)))
    )


def _hit_of(scored: Scored, chunk: Chunk, url: str, title: str, language: str) -> Hit:
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
    )


def _sections(chunks: Sequence[Chunk], around: Around) -> dict[int, str]:
    """By chunk; cut out by the database, as a document may be long."""
    if not chunks:
        return {}
    given: dict[str, int] = {}
    for at, one in enumerate(chunks):
        start, end = _section_of(one, around)
        place = {"chunk": one.id, "document": one.document_id, "start": start + 1}
        given |= {f"{name}_{at}": value for name, value in place.items()}
        given[f"length_{at}"] = end - start
    return {row[0]: row[1] for row in db.session.execute(_cut_out(len(chunks)), given)}


@cache
def _cut_out(count: int) -> Any:
    parts = []
    for at in range(count):
        places = (bindparam(f"{one}_{at}", type_=Integer) for one in ("start", "length"))
        document = bindparam(f"document_{at}", type_=BigInteger)
        text = func.substr(Document.markdown, *places)
        chunk = bindparam(f"chunk_{at}", type_=BigInteger)
        parts.append(select(chunk, text).where(Document.id == document))
    return union_all(*parts)


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
