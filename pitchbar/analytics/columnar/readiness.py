"""Whether ClickHouse has all that a question is about."""

from datetime import datetime, timedelta

from sqlalchemy import select

from pitchbar.analytics.columnar.copying import is_planned
from pitchbar.analytics.columnar.models import CopyRange, FeedEntry
from pitchbar.core import clock
from pitchbar.extensions import db

# Rows that wait longer than this are missed on a page.
_LATE = timedelta(seconds=60)


def is_complete(start: datetime, end: datetime) -> bool:
    """Whether history within the times was copied, and nothing waits for long to be told."""
    is_missing = (CopyRange.start_at < end) & (CopyRange.end_at > start)
    missing = select(CopyRange.id).where(CopyRange.done_at.is_(None), is_missing).limit(1)
    late = select(FeedEntry.id).where(FeedEntry.due_at < clock.now() - _LATE).limit(1)
    session = db.session()
    return is_planned(session) and session.scalar(missing) is None and session.scalar(late) is None
