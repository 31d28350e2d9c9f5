"""Conversions and what is counted of them.

None of these tables has a foreign key: a conversion is a fact that was accepted before the database
was asked, and it is written whatever became of its scan and code meanwhile.
"""

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, Date, Index, SmallInteger, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime

# What the rollups count, in this order: by the conversion's own day, and by the day of its scan.
FIGURES = ("conversions", "value_minor", "of_scans", "of_scans_value_minor")
# The currency of conversions without a value.
NO_CURRENCY = ""

_WITH_ORDER = text("order_id IS NOT NULL")


class Conversion(Model):
    """What came of a scan: a purchase, a booking, a subscription. Money is in minor units."""

    __tablename__ = "conversions"
    __table_args__ = (
        # The same order, told twice, is one conversion.
        Index(
            "uq_conversions_order",
            "workspace_id",
            "event",
            "order_id",
            unique=True,
            sqlite_where=_WITH_ORDER,
            postgresql_where=_WITH_ORDER,
        ),
        Index("ix_conversions_of_workspace", "workspace_id", "occurred_at"),
        Index("ix_conversions_of_code", "code_id", "occurred_at"),
        Index("ix_conversions_of_scan", "scan_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(BigId)
    code_id: Mapped[int] = mapped_column(BigId)
    # Perhaps not among the scans: over the quota, not stored yet, or gone.
    scan_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    scanned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    event: Mapped[str] = mapped_column(String(64))
    order_id: Mapped[str | None] = mapped_column(String(128))
    value_minor: Mapped[int | None] = mapped_column(BigInteger)
    # ISO 4217; None without a value.
    currency: Mapped[str | None] = mapped_column(String(3))
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Both in the workspace's time zone of then.
    day: Mapped[date] = mapped_column(Date)
    scan_day: Mapped[date] = mapped_column(Date)
    # As the scan had them: the rule that fired, and which of its destinations in a split.
    rule_id: Mapped[int | None] = mapped_column(BigId)
    variant: Mapped[int | None] = mapped_column(SmallInteger)
    # "pixel" or "api".
    source: Mapped[str] = mapped_column(String(8))


class ConversionDay(Model):
    """Figures of one day in the workspace's time zone, of a code or of the whole workspace (code
    0), for each currency: sums of different ones are never mixed.
    """

    __tablename__ = "conversion_days"
    __table_args__ = (Index("ix_conversion_days_of_workspace", "workspace_id", "day"),)

    workspace_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    code_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    conversions: Mapped[int] = mapped_column(BigInteger, default=0)
    value_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    of_scans: Mapped[int] = mapped_column(BigInteger, default=0)
    of_scans_value_minor: Mapped[int] = mapped_column(BigInteger, default=0)


class RefusedCalls(Model):
    """Calls of the pixel that were refused on a day for one reason, and what the last one said."""

    __tablename__ = "refused_calls"

    workspace_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    # A key of conversions/refusals.py.
    reason: Mapped[str] = mapped_column(String(32), primary_key=True)
    calls: Mapped[int] = mapped_column(BigInteger, default=0)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # What was wrong in it, shortened.
    last_said: Mapped[str] = mapped_column(String(200), default="")


class OldPixelKey(Model):
    """A key that the workspace had before: pages that still name it go on being heard."""

    __tablename__ = "old_pixel_keys"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(BigId, index=True)
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
