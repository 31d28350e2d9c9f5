"""Breakdowns of whole months: what their rolled days come to, added up, so that a year is read from
twelve rows of each value in place of 365.

Whoever opens a day, or rolls it anew, need not know of months: each rolling draws a token, a month
tells by their tokens which days it holds, and it is read only where it holds those that would be
read in its place.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import xor
from typing import Any

from sqlalchemy import Connection, Engine, and_, delete, func, insert, literal, select, update

from pitchbar.analytics.sql.models import (
    ConversionBreakdown,
    ConversionMonthBreakdown,
    RolledDay,
    RolledMonth,
    ScanBreakdown,
    ScanMonthBreakdown,
)
from pitchbar.analytics.sql.rolling import draw_token, lock_workspace
from pitchbar.analytics.sql.rollups import Scope
from pitchbar.scans.models import WHOLE_WORKSPACE

_DAY = timedelta(days=1)
_SUMMED: tuple[tuple[Any, Any], ...] = (
    (ScanBreakdown, ScanMonthBreakdown),
    (ConversionBreakdown, ConversionMonthBreakdown),
)


@dataclass(frozen=True, slots=True)
class OpenMonth:
    """A month that is over and not added up, by its first day."""

    workspace_id: int
    month: date


def list_open_months(connection: Connection, today: date) -> list[OpenMonth]:
    """Over all workspaces, the newest first. A month counts as over two days after its end, when
    all its days can be rolled, wherever the workspace is.
    """
    first_open = month_of(today - 2 * _DAY)
    of_workspace = RolledDay.code_id == WHOLE_WORKSPACE
    spans = (
        select(RolledDay.workspace_id, func.min(RolledDay.day), func.max(RolledDay.day))
        .where(of_workspace, RolledDay.day < first_open)
        .group_by(RolledDay.workspace_id)
    )
    marks = select(RolledMonth.workspace_id, RolledMonth.month)
    rows = connection.execute(marks.where(RolledMonth.code_id == WHOLE_WORKSPACE))
    made = {(workspace_id, month) for workspace_id, month in rows}
    found = [
        OpenMonth(workspace_id, month)
        for workspace_id, first, last in connection.execute(spans)
        for month in _months_between(first, last)
        if (workspace_id, month) not in made
    ]
    return sorted(found, key=lambda one: (-one.month.toordinal(), one.workspace_id))


def sum_month(engine: Engine, one: OpenMonth) -> None:
    """In one transaction, from nothing; nobody rolls a day of the workspace meanwhile."""
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            # Nobody else writes between what is read and what is written.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        lock_workspace(connection, one.workspace_id)
        forget_month(connection, one.workspace_id, one.month)
        for days, months in _SUMMED:
            _sum(connection, one, days, months)
        _mark(connection, one)


def forget_month(connection: Connection, workspace_id: int, month: date) -> None:
    for table in (RolledMonth, ScanMonthBreakdown, ConversionMonthBreakdown):
        is_it = (table.workspace_id == workspace_id, table.month == month)
        connection.execute(delete(table).where(*is_it))


def summed_months(
    connection: Connection, scope: Scope, first: date, last: date, rolled: Mapping[date, int | None]
) -> list[date]:
    """Months between two days, both included, that hold just the days that are rolled.

    Args:
        rolled: those of the span, with their tokens.
    """
    by_month: defaultdict[date, list[int | None]] = defaultdict(list)
    for day, token in rolled.items():
        by_month[month_of(day)].append(token)
    whole = [month for month in by_month if first <= month and _last_of(month) <= last]
    if not whole:
        return []
    rows = connection.execute(
        select(RolledMonth.month, RolledMonth.tokens).where(
            *scope.of(RolledMonth), RolledMonth.month.in_(whole)
        )
    )
    return sorted(month for month, tokens in rows if _fold(by_month[month]) == tokens)


def month_of(day: date) -> date:
    return day.replace(day=1)


def _last_of(month: date) -> date:
    return month_of(month + 31 * _DAY) - _DAY


def _months_between(first: date, last: date) -> Iterable[date]:
    month = month_of(first)
    while month <= last:
        yield month
        month = month_of(month + 31 * _DAY)


def _fold(tokens: Iterable[int | None]) -> int | None:
    """None where one is not known."""
    known = list(tokens)
    return None if None in known else reduce(xor, [token or 0 for token in known], 0)


def _sum(connection: Connection, one: OpenMonth, days: Any, months: Any) -> None:
    """Of the days whose mark is there: what a day had before it was opened counts no more."""
    of_day = (RolledDay.workspace_id, RolledDay.code_id, RolledDay.day)
    is_rolled = and_(
        *(mark == days.__table__.c[mark.key] for mark in of_day),
        days.workspace_id == one.workspace_id,
        RolledDay.is_partial.is_not(True),
    )
    keys = [column.name for column in months.__table__.primary_key if column.name != "month"]
    sums = [column.name for column in months.__table__.c if not column.primary_key]
    columns = days.__table__.c
    query = (
        select(
            literal(one.month, months.month.type),
            *(columns[name] for name in keys),
            *(func.sum(columns[name]) for name in sums),
        )
        .join(RolledDay, is_rolled)
        .where(days.day.between(one.month, _last_of(one.month)))
        .group_by(*(columns[name] for name in keys))
    )
    connection.execute(insert(months).from_select(["month", *keys, *sums], query))


def _mark(connection: Connection, one: OpenMonth) -> None:
    of_month = (
        RolledDay.workspace_id == one.workspace_id,
        RolledDay.day.between(one.month, _last_of(one.month)),
        RolledDay.is_partial.is_not(True),
    )
    for day in connection.scalars(
        select(RolledDay.day).where(*of_month, RolledDay.token.is_(None)).distinct()
    ).all():
        is_it = (RolledDay.workspace_id == one.workspace_id, RolledDay.day == day)
        connection.execute(update(RolledDay).where(*is_it).values(token=draw_token()))
    tokens: defaultdict[int, list[int | None]] = defaultdict(list)
    tokens[WHOLE_WORKSPACE] = []
    for code_id, token in connection.execute(
        select(RolledDay.code_id, RolledDay.token).where(*of_month)
    ):
        tokens[code_id].append(token)
    known = {"workspace_id": one.workspace_id, "month": one.month}
    connection.execute(
        insert(RolledMonth),
        [{"code_id": code, "tokens": _fold(own), **known} for code, own in tokens.items()],
    )
