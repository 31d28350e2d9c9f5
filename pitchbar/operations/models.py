from datetime import datetime

from sqlalchemy import BigInteger, Index, String
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


class PolicyReport(Model):
    """What browsers refused by the content security policy, how often. `blocked` is a host or a
    word such as "inline", `page` the rule of an address: neither tells of whom it was.
    """

    __tablename__ = "csp_reports"
    __table_args__ = (Index("ix_csp_reports_last_at", "last_at"),)

    directive: Mapped[str] = mapped_column(String(40), primary_key=True)
    blocked: Mapped[str] = mapped_column(String(120), primary_key=True)
    page: Mapped[str] = mapped_column(String(120), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger, default=1)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
