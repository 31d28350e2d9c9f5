"""Breakdowns of days that are over, made from the raw rows by a job.

They hold figures alone, and outlive the rows. None has a foreign key, as scans have none.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, SmallInteger, String, false
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core.database import BigId, Model, UtcDateTime


class RolledDay(Model):
    """Says that the breakdowns of a day are there, for a code or the whole workspace (code 0), and
    between which moments. Whoever adds a row to a day that is over takes this one away.
    """

    __tablename__ = "rolled_days"

    workspace_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    code_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    start_at: Mapped[datetime] = mapped_column(UtcDateTime)
    end_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Made before its rows may be deleted: from then on it stays as it is.
    is_final: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Drawn anew each time it is rolled. None where an older release did it.
    token: Mapped[int | None] = mapped_column(BigInteger)
    # The day runs on after `end_at`: what comes later is read from its raw rows.
    is_partial: Mapped[bool | None] = mapped_column()


class RolledMonth(Model):
    """Says that breakdowns of the days of a month were added up, and by their tokens of which: as
    soon as one of them is rolled anew, or opened, what was added up is not read any more.
    """

    __tablename__ = "rolled_months"

    workspace_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    code_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    # Its first day.
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    tokens: Mapped[int] = mapped_column(BigInteger)


class ScanBreakdown(Model):
    """Scans of a day by one dimension; `value` is empty where they have none."""

    __tablename__ = "scan_breakdowns"

    workspace_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    code_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    dimension: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    value: Mapped[str] = mapped_column(String(255), primary_key=True)
    hits: Mapped[int] = mapped_column(BigInteger)
    people: Mapped[int] = mapped_column(BigInteger)
    unique_people: Mapped[int] = mapped_column(BigInteger)


class ConversionBreakdown(Model):
    """Conversions that came on a day, by one dimension of their scans and by currency."""

    __tablename__ = "conversion_breakdowns"

    workspace_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    code_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    dimension: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    value: Mapped[str] = mapped_column(String(255), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    conversions: Mapped[int] = mapped_column(BigInteger)
    value_minor: Mapped[int] = mapped_column(BigInteger)


class ScanMonthBreakdown(Model):
    """Those of a month's days that were rolled, added up."""

    __tablename__ = "scan_month_breakdowns"

    workspace_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    code_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    dimension: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    value: Mapped[str] = mapped_column(String(255), primary_key=True)
    hits: Mapped[int] = mapped_column(BigInteger)
    people: Mapped[int] = mapped_column(BigInteger)
    unique_people: Mapped[int] = mapped_column(BigInteger)


class ConversionMonthBreakdown(Model):
    __tablename__ = "conversion_month_breakdowns"

    workspace_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    code_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    dimension: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    value: Mapped[str] = mapped_column(String(255), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    conversions: Mapped[int] = mapped_column(BigInteger)
    value_minor: Mapped[int] = mapped_column(BigInteger)
