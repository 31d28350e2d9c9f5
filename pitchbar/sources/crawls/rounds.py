"""What is done by the clock: crawls that are due, and those that stand still."""

from datetime import datetime, timedelta

from sqlalchemy import exists, select

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.sources.crawls.starting import latest_generation, start_again_with_missed, start_crawl
from pitchbar.sources.errors import IsBeingRead, IsPaused
from pitchbar.sources.models import (
    BROKEN,
    CALLED,
    CRAWLING,
    DAILY,
    FAILED,
    MISSED,
    OFF,
    READING,
    WEEKLY,
    Generation,
    Page,
    Source,
)

_EVERY = {DAILY: timedelta(days=1), WEEKLY: timedelta(days=7)}
# A page whose job runs is left alone; a crawl of which nothing runs is gone on with.
_MOST = 500


def crawl_due() -> None:
    """Those whose time has come."""
    now = clock.now()
    due = select(Source).where(
        Source.next_crawl_at <= now, Source.paused_at.is_(None), Source.status != CRAWLING
    )
    for source in db.session.scalars(due.order_by(Source.next_crawl_at).limit(_MOST)).all():
        source.next_crawl_at = next_crawl(source)
        source.retries = 0
        _start(source)


def next_crawl(source: Source) -> datetime | None:
    """When it is read by itself the next time; None when it is not."""
    step = _EVERY.get(source.schedule)
    return clock.now() + step if step and source.schedule != OFF else None


def tend() -> list[int]:
    """Generations that are being read and of which no job runs: their worker died in between."""
    has_job = exists().where(Page.generation_id == Generation.id, Page.state == CALLED)
    query = select(Generation.id).where(
        Generation.state == READING, Generation.planned_at.is_not(None), ~has_job
    )
    return list(db.session.scalars(query.limit(_MOST)))


def retry_transient(most: int) -> None:
    """Sources that failed for the moment, and pages of others that did; up to `most` times until it
    goes well.
    """
    waiting = select(Source).where(
        Source.paused_at.is_(None), Source.status != CRAWLING, Source.retries < most
    )
    failed = waiting.where(Source.status == FAILED, Source.error_is_transient)
    for source in db.session.scalars(failed.limit(_MOST)).all():
        source.retries += 1
        _start(source)
    missed = exists().where(
        Page.generation_id == Generation.id, Page.state == MISSED, Page.is_transient
    )
    newest = (
        select(Generation.source_id)
        .where(Generation.id == Source.active_generation_id, missed)
        .correlate(Source)
    )
    for source in db.session.scalars(waiting.where(Source.id.in_(newest)).limit(_MOST)).all():
        last = latest_generation(source.id)
        if source.status != FAILED and last and last.state != BROKEN:
            source.retries += 1
            start_again_with_missed(source, last)


def _start(source: Source) -> None:
    try:
        start_crawl(source)
    except (IsBeingRead, IsPaused):
        # Somebody began just now, or paused it.
        return
