"""What the database keeps of the way to ClickHouse: what is still to be told, and what of the
history was copied.
"""

import uuid
from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime


class FeedEntry(Model):
    """Rows that were stored and ClickHouse does not have yet, or something that is to go there.

    Written in the transaction that did it, so that there is an entry if and only if it was done.
    """

    __tablename__ = "scan_feed"
    __table_args__ = (Index("ix_scan_feed_due", "due_at", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # "scans", "conversions", or one of the deletions.
    kind: Mapped[str] = mapped_column(String(20))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    # The times of the rows, both included; of a deletion, what is before `last_at`.
    first_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Ids of the rows, 16 bytes each.
    ids: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    # Of a deletion: of which workspace, and which of its visitors.
    workspace_id: Mapped[int | None] = mapped_column(BigId)
    visitor: Mapped[str | None] = mapped_column(
        String(32),
        info={"forgotten": "when ClickHouse has deleted it too, mostly at once"},
    )


class CopyRange(Model):
    """A stretch of time whose rows are copied to ClickHouse, in the order of their ids; it stays
    as a record when that is done.
    """

    __tablename__ = "scan_copies"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # "scans" or "conversions".
    kind: Mapped[str] = mapped_column(String(20))
    start_at: Mapped[datetime] = mapped_column(UtcDateTime)
    end_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Up to which id it is done.
    after_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    copied: Mapped[int] = mapped_column(BigId, default=0)
    planned_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class FeedTurn(Model):
    """Whose turn it is to write to ClickHouse: one process at a time, so that what was deleted does
    not come back.
    """

    __tablename__ = "scan_feed_turns"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime] = mapped_column(UtcDateTime)
