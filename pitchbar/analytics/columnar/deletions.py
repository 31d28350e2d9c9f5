"""What goes from the database goes from ClickHouse too: it is written down in the transaction that
deletes it, and tried until it is done.

The entries are read in their order, after those of the rows that they delete.
"""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from pitchbar.analytics.columnar.feed import feed
from pitchbar.analytics.columnar.models import FeedEntry
from pitchbar.events.services import Event
from pitchbar.extensions import db

VISITOR, WORKSPACE, BEFORE = "delete_visitor", "delete_workspace", "delete_before"
CLEAR = "clear_"


def delete_visitor(workspace_id: int, visitor: str) -> None:
    """Somebody's scans, and what is known of them by their conversions, in the caller's
    transaction. What the database keeps of these rows stays there as well, as it is now.
    """
    _add(FeedEntry(kind=VISITOR, workspace_id=workspace_id, visitor=visitor))


def delete_workspace(workspace_id: int) -> None:
    """All that is a workspace's, in the caller's transaction."""
    db.session.execute(delete(FeedEntry).where(FeedEntry.workspace_id == workspace_id))
    _add(FeedEntry(kind=WORKSPACE, workspace_id=workspace_id))


def delete_before(moment: datetime, workspace_id: int | None = None) -> None:
    """Scans of before, of one workspace or of all, in the caller's transaction. What came of them
    stays as far as the database keeps it.
    """
    _add(FeedEntry(kind=BEFORE, workspace_id=workspace_id, last_at=moment))


def clear(session: Session, kind: str, start: datetime, end: datetime) -> None:
    """Rows of one kind from `start` to before `end`, in the caller's transaction: to be copied
    again.
    """
    session.add(FeedEntry(kind=CLEAR + kind, first_at=start, last_at=end))
    session.flush()


def forget_purged(event: Event) -> None:
    delete_workspace(int(event.subject.id))


def _add(entry: FeedEntry) -> None:
    if feed.is_on:
        db.session.add(entry)
        db.session.flush()
        feed.call(db.session.connection())
