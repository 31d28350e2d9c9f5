"""The pages of a generation that wait, and how their jobs are called for: a few at a time, so that
however many pages one source has, those of others wait behind a few of them only.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import func, select, update

from pitchbar.core.database import changed_rows, insert_into
from pitchbar.extensions import db
from pitchbar.sources.crawls.calling import call_page
from pitchbar.sources.models import CALLED, OPEN_PAGES, QUEUED, READING, Generation, Page, Source

_ROWS_AT_ONCE = 200


def hash_of(url: str) -> str:
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()


def add_pages(
    generation: Generation, urls: Iterable[str], most: int, *, depth: int = 0, found_in: str = ""
) -> int:
    """Those that are not there yet, up to `most` in all; what is beyond is counted as left out.
    Returns how many came.
    """
    wanted = {hash_of(url): url for url in urls if len(url) <= 2048}
    known = _known(generation.id, list(wanted))
    fresh = [(key, url) for key, url in wanted.items() if key not in known]
    room = max(0, most - count_pages(generation.id))
    if len(fresh) > room:
        # Of each page that names them: the same again, so the most of one is the least there are.
        generation.left_out = max(generation.left_out, len(fresh) - room)
    rows = [
        {
            "workspace_id": generation.workspace_id,
            "source_id": generation.source_id,
            "generation_id": generation.id,
            "url": url,
            "url_hash": key,
            "depth": depth,
            "found_in": found_in[:300],
        }
        for key, url in fresh[:room]
    ]
    for some in _batches(rows):
        statement = insert_into(db.session.connection(), Page).on_conflict_do_nothing()
        db.session.execute(statement, some)
    return len(rows)


def _known(generation_id: int, keys: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for some in _batches(keys):
        query = select(Page.url_hash).where(
            Page.generation_id == generation_id, Page.url_hash.in_(some)
        )
        found |= set(db.session.scalars(query))
    return found


def _batches(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), _ROWS_AT_ONCE):
        yield items[start : start + _ROWS_AT_ONCE]


def count_pages(generation_id: int) -> int:
    query = select(func.count()).where(Page.generation_id == generation_id)
    return db.session.scalar(query) or 0


def count_open(generation_id: int) -> int:
    query = select(func.count()).where(
        Page.generation_id == generation_id, Page.state.in_(OPEN_PAGES)
    )
    return db.session.scalar(query) or 0


def call_pages(generation: Generation, at_once: int, spacing: float) -> None:
    """Jobs for the next pages, up to so many of the generation at a time, `spacing` seconds apart.
    None while its source is paused. Pages that wait for another try hold up no other.
    """
    if generation.state != READING or _is_paused(generation.source_id):
        return
    is_first_try = (Page.state == CALLED, Page.tries == 0, Page.releases == 0)
    own = Page.generation_id == generation.id
    under_way = db.session.scalar(select(func.count()).where(own, *is_first_try)) or 0
    if under_way >= at_once:
        return
    waiting = (
        select(Page.id)
        .where(Page.generation_id == generation.id, Page.state == QUEUED)
        .order_by(Page.id)
        .limit(at_once - under_way)
    )
    for place, page_id in enumerate(db.session.scalars(waiting).all()):
        mine = update(Page).where(Page.id == page_id, Page.state == QUEUED).values(state=CALLED)
        if changed_rows(db.session, mine):
            call_page(page_id, spacing * (under_way + place) if under_way + place else 0)


def _is_paused(source_id: int) -> bool:
    query = select(Source.paused_at).where(Source.id == source_id)
    return db.session.scalar(query) is not None
