"""Reads of conversions, always of one workspace."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select

from pitchbar.conversions.models import (
    NO_CURRENCY,
    Conversion,
    ConversionDay,
    OldPixelKey,
    RefusedCalls,
)
from pitchbar.core import clock
from pitchbar.core.pagination import Page, paginate
from pitchbar.extensions import db
from pitchbar.scans.models import WHOLE_WORKSPACE
from pitchbar.scans.ranges import Range, days_of, hours_of
from pitchbar.workspaces.models import Workspace

# By currency (empty: without a value), how many conversions there were and what they sum up to.
Sums = Mapping[str, tuple[int, int]]
_WEEK = timedelta(days=7)


def count_by_variant(workspace: Workspace, code_id: int) -> Mapping[tuple[int, int], int]:
    """By rule and variant (-1 for a rule with one destination): how many scans of the code led to
    a conversion at least. Scans that no rule sent anywhere are left out.
    """
    rows = db.session.execute(
        select(
            Conversion.rule_id,
            Conversion.variant,
            func.count(Conversion.scan_id.distinct()),
        )
        .where(
            Conversion.workspace_id == workspace.id,
            Conversion.code_id == code_id,
            Conversion.rule_id.is_not(None),
        )
        .group_by(Conversion.rule_id, Conversion.variant)
    )
    return {
        (rule_id, -1 if variant is None else variant): count
        for rule_id, variant, count in rows
        if rule_id is not None
    }


def sum_of_range(workspace: Workspace, code_id: int | None, span: Range) -> Sums:
    """What came in the range, by when it came."""
    if span.interval == "hour":
        return sum_between(workspace, code_id, hours_of(span.count)[0], None)
    return sum_of_days(workspace, code_id, days_of(span.count, workspace.time_zone)[0], None)


def sum_of_days(workspace: Workspace, code_id: int | None, first: date, last: date | None) -> Sums:
    """From the rollups. A day that has not begun where the workspace is now, counts as today."""
    count, value = func.sum(ConversionDay.conversions), func.sum(ConversionDay.value_minor)
    query = select(ConversionDay.currency, count, value).where(
        ConversionDay.workspace_id == workspace.id,
        ConversionDay.code_id == (code_id or WHOLE_WORKSPACE),
        ConversionDay.day >= first,
    )
    if last is not None and last != clock.local_date(clock.now(), workspace.time_zone):
        query = query.where(ConversionDay.day <= last)
    rows = db.session.execute(query.group_by(ConversionDay.currency))
    return {currency: (int(n), int(sum_)) for currency, n, sum_ in rows if n}


def sum_between(
    workspace: Workspace, code_id: int | None, start: datetime, end: datetime | None
) -> Sums:
    """From the conversions themselves, `end` excluded: hours have no rollups."""
    currency = func.coalesce(Conversion.currency, NO_CURRENCY)
    sums: Any = select(currency, func.count(), func.sum(Conversion.value_minor))
    query = _of(workspace, code_id, sums).where(Conversion.occurred_at >= start)
    if end is not None:
        query = query.where(Conversion.occurred_at < end)
    rows = db.session.execute(query.group_by(currency))
    return {name: (n, int(value or 0)) for name, n, value in rows}


def list_latest(workspace: Workspace, code_id: int | None, count: int) -> Sequence[Conversion]:
    query = _of(workspace, code_id, select(Conversion)).order_by(*_NEWEST).limit(count)
    return list(db.session.scalars(query))


def list_page(workspace: Workspace, number: int) -> Page[Conversion]:
    query = _of(workspace, None, select(Conversion)).order_by(*_NEWEST)
    return paginate(db.session, query, number)


def list_before(
    workspace: Workspace, *, before: tuple[datetime, UUID] | None, count: int
) -> list[Conversion]:
    """A keyset page for programs: newest first, before the one with that time and id."""
    query = _of(workspace, None, select(Conversion)).order_by(*_NEWEST).limit(count)
    if before is not None:
        at, conversion_id = before
        query = query.where(
            or_(
                Conversion.occurred_at < at,
                and_(Conversion.occurred_at == at, Conversion.id < conversion_id),
            )
        )
    return list(db.session.scalars(query))


def find_by_order(workspace: Workspace, event: str, order_id: str) -> Conversion | None:
    return db.session.scalar(
        select(Conversion).where(
            Conversion.workspace_id == workspace.id,
            Conversion.event == event,
            Conversion.order_id == order_id,
        )
    )


def list_refused(workspace: Workspace) -> Sequence[tuple[str, int, datetime, str]]:
    """Of the last week: reason, how many calls, when the last came and what it said; the reason of
    the newest first.
    """
    since = clock.local_date(clock.now() - _WEEK, workspace.time_zone)
    rows = db.session.scalars(
        select(RefusedCalls)
        .where(RefusedCalls.workspace_id == workspace.id, RefusedCalls.day > since)
        .order_by(RefusedCalls.last_at)
    )
    found: dict[str, tuple[int, datetime, str]] = {}
    for row in rows:
        calls = found[row.reason][0] if row.reason in found else 0
        found[row.reason] = (calls + row.calls, row.last_at, row.last_said)
    newest_first = sorted(found.items(), key=lambda one: one[1][1], reverse=True)
    return [(reason, *told) for reason, told in newest_first]


def list_old_keys(workspace: Workspace) -> Sequence[OldPixelKey]:
    return list(
        db.session.scalars(
            select(OldPixelKey)
            .where(OldPixelKey.workspace_id == workspace.id)
            .order_by(OldPixelKey.replaced_at.desc(), OldPixelKey.key)
        )
    )


_NEWEST = (Conversion.occurred_at.desc(), Conversion.id.desc())


def _of(workspace: Workspace, code_id: int | None, query: Select[Any]) -> Select[Any]:
    query = query.where(Conversion.workspace_id == workspace.id)
    return query if code_id is None else query.where(Conversion.code_id == code_id)
