"""How far a crawl has come."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from pitchbar.crawling import politeness
from pitchbar.extensions import db
from pitchbar.sources.models import (
    CALLED,
    INDEXING,
    MISSED,
    QUEUED,
    READ,
    READING,
    SKIPPED,
    UNCHANGED,
    Generation,
    Page,
    Source,
)

# By the packaged model, on two cores.
_CHUNKS_PER_SECOND = 8


@dataclass(frozen=True, slots=True)
class Progress:
    """Pages of a generation; `seconds_left` is None while nothing can be said of it."""

    found: int
    fetched: int
    read: int
    unchanged: int
    skipped: int
    missed: int
    left: int
    chunks: int
    indexed_chunks: int
    seconds_left: int | None

    @property
    def share(self) -> float:
        """0 to 1: reading is nine tenths of it, the index the rest."""
        if not self.found:
            return 0.0
        read = (self.found - self.left) / self.found
        indexed = self.indexed_chunks / self.chunks if self.chunks else 0.0
        return 0.9 * read + 0.1 * (indexed if not self.left else 0.0)


def progress_of(generation: Generation) -> Progress:
    return progress_by_generation([generation])[generation.id]


def progress_by_generation(generations: Sequence[Generation]) -> dict[int, Progress]:
    """By their ids."""
    counts: dict[int, dict[str, int]] = {one.id: {} for one in generations}
    rows = db.session.execute(
        select(Page.generation_id, Page.state, func.count())
        .where(Page.generation_id.in_(list(counts)))
        .group_by(Page.generation_id, Page.state)
    )
    for generation_id, state, count in rows if counts else ():
        counts[generation_id][state] = count
    return {one.id: _progress(one, counts[one.id]) for one in generations}


def _progress(generation: Generation, counts: dict[str, int]) -> Progress:
    left = counts.get(QUEUED, 0) + counts.get(CALLED, 0)
    found = sum(counts.values())
    skipped, missed = counts.get(SKIPPED, 0), counts.get(MISSED, 0)
    return Progress(
        found=found,
        fetched=found - left,
        read=counts.get(READ, 0),
        unchanged=counts.get(UNCHANGED, 0),
        skipped=skipped,
        missed=missed,
        left=left,
        chunks=generation.chunks,
        indexed_chunks=generation.indexed_chunks,
        seconds_left=_seconds_left(generation, left),
    )


def _seconds_left(generation: Generation, pages: int) -> int | None:
    if generation.state == INDEXING:
        return round((generation.chunks - generation.indexed_chunks) / _CHUNKS_PER_SECOND)
    if generation.state != READING or not pages:
        return None
    query = select(func.avg(Page.elapsed_ms)).where(
        Page.generation_id == generation.id, Page.fetched_at.is_not(None)
    )
    average = float(db.session.scalar(query) or 0.0) / 1000
    return round(pages * max(spacing_of(generation.source), average))


def spacing_of(source: Source) -> float:
    """Seconds between two pages of its host."""
    return politeness.spacing_of(None) if source.is_crawled else 0.0
