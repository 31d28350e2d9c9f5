from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core.database import BigId, Model, UtcDateTime


class JobTotal(Model):
    """Jobs of a task that ended up to `counted_until`, for ever: their rows are trimmed, a counter
    must never fall. `bound_ms` is a bucket's upper edge, 0 the row of the sums.
    """

    __tablename__ = "job_totals"

    queue: Mapped[str] = mapped_column(String(32), primary_key=True)
    task: Mapped[str] = mapped_column(String(120), primary_key=True)
    bound_ms: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    waits: Mapped[int] = mapped_column(BigId, default=0)
    runs: Mapped[int] = mapped_column(BigId, default=0)
    done: Mapped[int] = mapped_column(BigId, default=0)
    failed: Mapped[int] = mapped_column(BigId, default=0)


class CountMark(Model):
    """Up to when the totals are counted; one row."""

    __tablename__ = "job_count_marks"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    counted_until: Mapped[datetime] = mapped_column(UtcDateTime)


class QueueAlarm(Model):
    """When operators were last told that a queue waits too long."""

    __tablename__ = "queue_alarms"

    queue: Mapped[str] = mapped_column(String(32), primary_key=True)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
