"""When all pages of a generation are read: what becomes of it."""

from collections import Counter

from sqlalchemy import func, select, update

from pitchbar.core import clock
from pitchbar.core.database import changed_rows
from pitchbar.events.actors import SYSTEM
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.sources.crawls.health import judge
from pitchbar.sources.crawls.previous import documents_by_url, texts_of
from pitchbar.sources.crawls.queues import count_open
from pitchbar.sources.crawls.wanted import is_wanted_by
from pitchbar.sources.generations import break_off, start_indexing
from pitchbar.sources.models import (
    HELD,
    INDEXED,
    MISSED,
    READ,
    READING,
    SAME,
    SKIPPED,
    UNCHANGED,
    Chunk,
    Document,
    Generation,
    Page,
    Source,
)
from pitchbar.sources.telling import tell

_NOTHING = "There was nothing to read."


def finish_when_read(generation_id: int, share: float) -> bool:
    """Commits; whoever ends the last page calls it, after the commit of that page. Only one of two
    at once goes on.
    """
    if count_open(generation_id):
        return False
    now = clock.now()
    first = update(Generation).where(
        Generation.id == generation_id,
        Generation.state == READING,
        Generation.planned_at.is_not(None),
        Generation.read_at.is_(None),
    )
    if not changed_rows(db.session, first.values(read_at=now)):
        db.session.rollback()
        return False
    generation = db.session.get_one(Generation, generation_id)
    _decide(generation, share)
    tell(generation.workspace_id, generation.source_id)
    db.session.commit()
    return True


def _decide(generation: Generation, share: float) -> None:
    source = generation.source
    active = source.active_generation_id
    if active:
        _keep_missed(generation.id, active)
    _leave_out_duplicates(generation.id)
    count_contents(generation)
    if not generation.documents:
        sentence, is_transient = _why_nothing(generation.id)
        break_off(generation, sentence, is_transient=is_transient)
        return
    source.error, source.error_is_transient = "", False
    if active and documents_by_url(active) == documents_by_url(generation.id):
        generation.state, source.status = SAME, INDEXED
        return
    verdict = judge(
        texts_of(active) if active else {}, texts_of(generation.id), share, is_wanted_by(source)
    )
    if active and not verdict.is_harmless:
        _hold(source, generation, verdict.reason, verdict.facts())
        return
    start_indexing(generation)


def _hold(source: Source, generation: Generation, reason: str, facts: dict[str, object]) -> None:
    generation.state, generation.held_reason = HELD, reason
    generation.held_facts = facts
    source.status, source.updated_at = INDEXED, clock.now()
    after = {"version": generation.number, "reason": reason}
    record_event("source.held", source, by=SYSTEM, after=after)


def count_contents(generation: Generation) -> None:
    ids = select(Page.document_id).where(
        Page.generation_id == generation.id, Page.document_id.is_not(None)
    )
    chosen = ids.distinct().subquery()
    generation.documents = db.session.scalar(select(func.count()).select_from(chosen)) or 0
    chunks = select(func.count()).where(Chunk.document_id.in_(select(chosen)))
    generation.chunks = db.session.scalar(chunks) or 0


def _keep_missed(generation_id: int, active: int) -> None:
    """A page that could not be had for the moment says what it said before."""
    before = documents_by_url(active)
    missed = select(Page).where(
        Page.generation_id == generation_id, Page.state == MISSED, Page.is_transient
    )
    for page in db.session.scalars(missed):
        page.document_id = before.get(page.url)


def _leave_out_duplicates(generation_id: int) -> None:
    """Of pages that say the same, the one that was found first stays."""
    rows = db.session.execute(
        select(Page, Document.content_hash, Document.url)
        .join(Document, Document.id == Page.document_id)
        .where(Page.generation_id == generation_id, Page.state.in_((READ, UNCHANGED)))
        .order_by(Page.depth, Page.id)
    ).all()
    first: dict[str, str] = {}
    for page, content_hash, _url in rows:
        if content_hash not in first:
            first[content_hash] = page.url
            continue
        page.state, page.reason, page.document_id = SKIPPED, "duplicate", None
        page.detail = f"It says the same as {first[content_hash]}"[:500]


def _why_nothing(generation_id: int) -> tuple[str, bool]:
    """The reason that most pages have; whether time may mend it."""
    rows = db.session.execute(
        select(Page.detail, Page.is_transient, Page.state)
        .where(Page.generation_id == generation_id, Page.detail != "")
        .order_by(Page.id)
    ).all()
    if not rows:
        return _NOTHING, False
    counts = Counter(row.detail for row in rows)
    sentence = counts.most_common(1)[0][0]
    is_transient = any(row.is_transient for row in rows)
    if len(rows) == 1:
        return sentence, is_transient
    return f"None of {len(rows)} pages could be read. Of most it is said: {sentence}", is_transient
