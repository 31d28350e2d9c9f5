"""Rolls days: their breakdowns are made from the raw rows, within the database. Most are over; one
that runs is rolled up to a moment, and again an hour later.

A day is rolled in one transaction, from nothing: killed in the middle it is as it was, and a
second time it becomes the same. While it runs, whoever stores rows of days that are over waits for
it (`late_rows.py`), and takes the mark of the day away again.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    delete,
    func,
    insert,
    literal,
    select,
    union_all,
)

from pitchbar.analytics.buckets import day_start
from pitchbar.analytics.dimensions import BY_KEY, DIMENSIONS
from pitchbar.analytics.resolving import Condition
from pitchbar.analytics.sql.models import (
    ConversionBreakdown,
    RolledDay,
    RolledMonth,
    ScanBreakdown,
)
from pitchbar.analytics.sql.parts import conversion_parts, key_of
from pitchbar.analytics.sql.raw_rows import SCANS, conversions_of, scans_of
from pitchbar.analytics.sql.set_parts import scan_parts
from pitchbar.analytics.sql.slices import Slice, Window
from pitchbar.scans.models import WHOLE_WORKSPACE

# A code with fewer scans on a day is not rolled by itself: its rows are as quickly read.
LEAST_SCANS = 200
# How long a day must be over; what comes later than this counts as late.
GRACE = timedelta(hours=1)
_TABLES: tuple[Any, ...] = (ScanBreakdown, ConversionBreakdown, RolledDay)
_CODE = BY_KEY["code"]
_COLUMNS = tuple(one for one in DIMENSIONS if one.column)


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A day that is to be rolled: as a whole, or up to the moment `until`."""

    workspace_id: int
    zone: str
    day: date
    until: datetime | None = None


def roll_day(
    engine: Engine, one: OpenDay, *, least: int = LEAST_SCANS, is_final: bool = False
) -> None:
    """Args:
    least: how many scans a code must have to be rolled by itself.
    is_final: whether its rows may be deleted from then on; it is never rolled again.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            # Nobody else writes between what is read and what is written.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        lock_workspace(connection, one.workspace_id)
        if not _is_final(connection, one):
            _roll(connection, one, least, is_final=is_final)


def draw_token() -> int:
    """62 random bits."""
    return secrets.randbits(62)


def _is_final(connection: Connection, one: OpenDay) -> bool:
    query = select(RolledDay.is_final).where(
        RolledDay.workspace_id == one.workspace_id,
        RolledDay.code_id == WHOLE_WORKSPACE,
        RolledDay.day == one.day,
    )
    return bool(connection.scalar(query))


def lock_workspace(connection: Connection, workspace_id: int, *, is_shared: bool = False) -> None:
    """Until the transaction ends: those who roll wait for those who add late rows, and they for
    those who roll. SQLite has one writer at a time by itself.
    """
    if connection.dialect.name == "postgresql":
        lock = func.pg_advisory_xact_lock_shared if is_shared else func.pg_advisory_xact_lock
        key = func.hashtextextended(f"pitchbar.rolled_days.{workspace_id}", 0)
        connection.execute(select(lock(key)))


def _roll(connection: Connection, one: OpenDay, least: int, *, is_final: bool) -> None:
    start = day_start(one.day, one.zone)
    end = one.until or day_start(one.day + timedelta(days=1), one.zone)
    for table in _TABLES:
        of_day = (table.workspace_id == one.workspace_id, table.day == one.day)
        connection.execute(delete(table).where(*of_day))
    # Its month is to be added up anew.
    of_month = (
        RolledMonth.workspace_id == one.workspace_id,
        RolledMonth.month == one.day.replace(day=1),
    )
    connection.execute(delete(RolledMonth).where(*of_month))
    window = Window(one.day, start, end)
    codes = _codes_with(connection, one, window, least)
    _fill(connection, one, window, None)
    if codes:
        _fill(connection, one, window, codes)
    _mark(connection, one, window, codes, is_final=is_final)


def _mark(
    connection: Connection, one: OpenDay, window: Window, codes: Sequence[int], *, is_final: bool
) -> None:
    told = {
        "day": one.day,
        "start_at": window.start,
        "end_at": window.end,
        "is_final": is_final,
        "token": draw_token(),
        "is_partial": one.until is not None or None,
    }
    connection.execute(
        insert(RolledDay),
        [
            {"workspace_id": one.workspace_id, "code_id": code_id, **told}
            for code_id in (WHOLE_WORKSPACE, *codes)
        ],
    )


def _codes_with(connection: Connection, one: OpenDay, window: Window, least: int) -> Sequence[int]:
    query = (
        select(SCANS.c.code_id)
        .where(
            SCANS.c.workspace_id == one.workspace_id,
            SCANS.c.scanned_at >= window.start,
            SCANS.c.scanned_at < window.end,
        )
        .group_by(SCANS.c.code_id)
        .having(func.count() >= least)
        .order_by(SCANS.c.code_id)
    )
    return list(connection.scalars(query))


def _fill(
    connection: Connection, one: OpenDay, window: Window, codes: Sequence[int] | None
) -> None:
    """Of the workspace, or of each of the codes."""
    dialect, rows = connection.dialect.name, Slice(one.workspace_id, None, (window,))
    only = () if codes is None else (Condition(_CODE, tuple(codes), (), False, False),)
    seen = scans_of(dialect, rows, only, _COLUMNS)
    told = conversions_of(dialect, rows, only, _COLUMNS)
    keys, owner = [key_of(each) for each in _COLUMNS], "" if codes is None else "owner"
    scans = scan_parts(dialect, seen, keys, owner)
    came = conversion_parts(told, keys, owner)
    _insert(connection, ScanBreakdown, one, scans)
    _insert(connection, ConversionBreakdown, one, came)


def _insert(connection: Connection, table: Any, one: OpenDay, parts: Sequence[Select[Any]]) -> None:
    """Parts added up, by all that the table's rows are told apart by."""
    every, columns = union_all(*parts).subquery(), table.__table__.c
    known: dict[str, ColumnElement[Any]] = {
        "workspace_id": literal(one.workspace_id, columns.workspace_id.type),
        "day": literal(one.day, columns.day.type),
    }
    found = {
        key.name: every.c[key.name] for key in table.__table__.primary_key if key.name in every.c
    }
    if "owner" in every.c:
        found["code_id"] = every.c.owner
    else:
        known["code_id"] = literal(WHOLE_WORKSPACE)
    sums = {each.name: func.sum(every.c[each.name]) for each in columns if not each.primary_key}
    made = select(*known.values(), *found.values(), *sums.values()).group_by(*found.values())
    connection.execute(insert(table).from_select([*known, *found, *sums], made))
