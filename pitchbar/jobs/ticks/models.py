"""What is kept of ticks: a row for each pass, and the lease that keeps two from running at once."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core.database import BigId, Model, UtcDateTime


class Tick(Model):
    """One pass over the queues. Without `finished_at` it runs, or died; `error` says which.

    `retried` counts attempts that failed but have tries left; `left` what was due at the end.
    `by_queue` has the same five counts for each queue. `started_by` is "request" or "command".
    """

    __tablename__ = "ticks"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_by: Mapped[str] = mapped_column(String(16))
    done: Mapped[int] = mapped_column(Integer)
    failed: Mapped[int] = mapped_column(Integer)
    retried: Mapped[int] = mapped_column(Integer)
    released: Mapped[int] = mapped_column(Integer)
    left: Mapped[int] = mapped_column(Integer)
    seconds: Mapped[float] = mapped_column(Float)
    by_queue: Mapped[dict[str, Any]] = mapped_column(JSON)
    error: Mapped[str | None] = mapped_column(String(500))


class TickLease(Model):
    """Who runs the pass, and until when it is believed alive. The migration writes the one row."""

    __tablename__ = "tick_leases"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    holder: Mapped[str | None] = mapped_column(String(64))
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
