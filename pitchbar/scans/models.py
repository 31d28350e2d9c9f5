"""Scans and their rollups.

None of these tables has a foreign key: a scan is a fact that was accepted before the database was
asked, and it is written whatever became of its code meanwhile.
"""

import uuid
from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import (
    Date,
    Dialect,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    TypeDecorator,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.core.device_names import plain_browser, plain_system

# In the rollups, the row of a workspace as a whole stands under this code id.
WHOLE_WORKSPACE = 0
# What the rollups count, in this order.
FIGURES = ("hits", "people", "unique_people", "repeats", "own", "over_limit", "heads")


class _PlainName(TypeDecorator[str]):
    """A name as it is called today: rows of older releases hold "Mobile Safari" and "Mac OS X"."""

    impl = String(64)
    cache_ok = True

    def __init__(self, plain: Callable[[str], str]) -> None:
        super().__init__()
        self.plain = plain

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return self.plain(value) if value else value


class Scan(Model):
    """One accepted request for a code. On PostgreSQL the table is partitioned by month, which is
    why the time is part of the key.
    """

    __tablename__ = "scans"
    __table_args__ = (
        Index("ix_scans_of_code", "code_id", "scanned_at"),
        Index("ix_scans_of_workspace", "workspace_id", "scanned_at"),
        {"postgresql_partition_by": "RANGE (scanned_at)"},
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    scanned_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    code_id: Mapped[int] = mapped_column(BigId)
    workspace_id: Mapped[int] = mapped_column(BigId)
    ip: Mapped[str | None] = mapped_column(
        String(45), info={"forgotten": "with the workspace; shortened when it is stored"}
    )
    visitor: Mapped[str | None] = mapped_column(String(32))
    country: Mapped[str | None] = mapped_column(String(2))
    # As GEOIP_DATABASE names them; without one, None.
    region: Mapped[str | None] = mapped_column(String(64))
    city: Mapped[str | None] = mapped_column(String(128))
    device: Mapped[str | None] = mapped_column(String(16))
    os: Mapped[str | None] = mapped_column(_PlainName(plain_system))
    browser: Mapped[str | None] = mapped_column(_PlainName(plain_browser))
    language: Mapped[str | None] = mapped_column(String(35))
    referrer_host: Mapped[str | None] = mapped_column(String(253))
    utm_source: Mapped[str | None] = mapped_column(String(255))
    utm_medium: Mapped[str | None] = mapped_column(String(255))
    utm_campaign: Mapped[str | None] = mapped_column(String(255))
    utm_term: Mapped[str | None] = mapped_column(String(255))
    utm_content: Mapped[str | None] = mapped_column(String(255))
    campaign: Mapped[str | None] = mapped_column(String(100))
    # The rule that fired, and which of its destinations in a split (from 0); None: the code's own.
    rule_id: Mapped[int | None] = mapped_column(BigId)
    variant: Mapped[int | None] = mapped_column(SmallInteger)
    # The own short domain that was scanned; None for ours.
    domain_id: Mapped[int | None] = mapped_column(BigId)
    # A key of SET_APART_LABELS; None for a person. The column's name is older than its meaning.
    set_apart: Mapped[str | None] = mapped_column("robot_reason", String(32))


class ScanHour(Model):
    """Figures of a UTC hour. A unique person counts in the hour in which the day first saw them."""

    __tablename__ = "scan_hours"
    __table_args__ = (Index("ix_scan_hours_of_workspace", "workspace_id", "hour_at"),)

    workspace_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    code_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    hour_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    hits: Mapped[int] = mapped_column(BigId, default=0)
    people: Mapped[int] = mapped_column(BigId, default=0)
    unique_people: Mapped[int] = mapped_column(BigId, default=0)
    # What is left of the hits was made by robots.
    repeats: Mapped[int] = mapped_column(BigId, default=0, server_default="0")
    own: Mapped[int] = mapped_column(BigId, default=0, server_default="0")
    over_limit: Mapped[int] = mapped_column(BigId, default=0, server_default="0")
    # Of the robots, those that only asked whether the address is there, and were not led on.
    heads: Mapped[int] = mapped_column(BigId, default=0, server_default="0")


class ScanDay(Model):
    """Figures of one day in the workspace's time zone."""

    __tablename__ = "scan_days"
    __table_args__ = (Index("ix_scan_days_of_workspace", "workspace_id", "day"),)

    workspace_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    code_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    hits: Mapped[int] = mapped_column(BigId, default=0)
    people: Mapped[int] = mapped_column(BigId, default=0)
    unique_people: Mapped[int] = mapped_column(BigId, default=0)
    # What is left of the hits was made by robots.
    repeats: Mapped[int] = mapped_column(BigId, default=0, server_default="0")
    own: Mapped[int] = mapped_column(BigId, default=0, server_default="0")
    over_limit: Mapped[int] = mapped_column(BigId, default=0, server_default="0")
    # Of the robots, those that only asked whether the address is there, and were not led on.
    heads: Mapped[int] = mapped_column(BigId, default=0, server_default="0")


class ScanVisitor(Model):
    """Who was seen on a day: makes unique people exact. Goes when the day's salt goes.

    `network` is a hash of the address alone, with the same salt: how many people stand behind it.
    """

    __tablename__ = "scan_visitors"
    __table_args__ = (
        Index("ix_scan_visitors_day", "day"),
        Index(
            "ix_scan_visitors_network",
            "network",
            sqlite_where=text("network IS NOT NULL"),
            postgresql_where=text("network IS NOT NULL"),
        ),
    )

    workspace_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    code_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    visitor: Mapped[str] = mapped_column(String(32), primary_key=True)
    # When they last counted as a person.
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # In the rows of codes only.
    network: Mapped[str | None] = mapped_column(String(16))


class UnrecordedScans(Model):
    """Scans of a month that were led on and not recorded, because the workspace's plan records no
    more of them; a row for each process that led some on, with all that it did.
    """

    __tablename__ = "unrecorded_scans"
    __table_args__ = (Index("ix_unrecorded_scans_of_workspace", "workspace_id", "month"),)

    process: Mapped[str] = mapped_column(String(32), primary_key=True)
    code_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    # Its first day, in the workspace's time zone.
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(BigId)
    scans: Mapped[int] = mapped_column(BigId)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AcceptedHour(Model):
    """Scans that a process accepted in a UTC hour, counted beside the scans themselves: `recorded`
    ones have a line, `unrecorded` ones were led on beyond what the plan records. Those of old hours
    are added up under the process "".
    """

    __tablename__ = "accepted_hours"
    __table_args__ = (Index("ix_accepted_hours_hour", "hour_at"),)

    process: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    hour_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    scans: Mapped[int] = mapped_column(BigId)


class RejectedLine(Model):
    """A line that was set aside as it can never be stored; the line itself is in a file."""

    __tablename__ = "rejected_lines"
    __table_args__ = (Index("ix_rejected_lines_hour", "hour_at"),)

    # Of the line: one that comes again is the same.
    line_hash: Mapped[str] = mapped_column(String(32), primary_key=True)
    workspace_id: Mapped[int] = mapped_column(BigId)
    hour_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(120))


class ErasedVisitor(Model):
    """A fingerprint of which nothing is kept any more: scans that wait to be stored, or come while
    its day goes on, are stored without it. Goes when the day's salt is gone.
    """

    __tablename__ = "erased_visitors"

    workspace_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    visitor: Mapped[str] = mapped_column(String(32), primary_key=True)
    erased_at: Mapped[datetime] = mapped_column(UtcDateTime)


class VisitorSalt(Model):
    """The random salt of one workspace's day. Without it nobody can tell who a visitor was."""

    __tablename__ = "visitor_salts"

    workspace_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
