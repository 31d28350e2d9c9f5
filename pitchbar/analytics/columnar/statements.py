"""What ClickHouse is asked: each table once, grouped by everything at the same time.

The same columns come back as from the application's own database: dimension, value and figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pitchbar.analytics.columnar.conditions import Conditions, moment
from pitchbar.analytics.dimensions import Dimension
from pitchbar.analytics.sql.parts import HOURS, STEPS
from pitchbar.analytics.sql.ranking import WHOLE, Page
from pitchbar.analytics.sql.slices import Slice

# Beside the dimensions, as it comes back: all rows, for what was set apart.
EVERY = -9
_NOBODY = "toUUID('00000000-0000-0000-0000-000000000000')"
_MERGED = "SETTINGS do_not_merge_across_partitions_select_final = 1"


@dataclass(frozen=True, slots=True)
class Group:
    """By what rows are taken together: its number in the answer, a column of the statement, what
    that is in the table (empty for a column of the time), and how its value is written.
    """

    number: int
    key: str
    source: str
    written: str


DAY_STEPS = Group(STEPS, "day", "", "toString(day)")
HOUR_STEPS = Group(STEPS, "hour", "", "toString(hour)")
HOURS_OF_WEEK = Group(HOURS, "hour", "", "toString(hour)")


def group_of(dimension: Dimension) -> Group:
    key = f"by_{dimension.key}"
    is_text = dimension.kind == "text"
    written = f"toString({key})" if is_text else f"if({key} = 0, '', toString({key}))"
    return Group(dimension.number, key, dimension.column, written)


def scans_statement(
    rows: Slice, conditions: Conditions, groups: Sequence[Group], page: Page | None
) -> str:
    """Columns: number, value, hits, people, unique people, and the hits that were set apart:
    repeats, own, over the limit.

    Most people scan once on a day. Those are counted, and only the others' scans have to be told
    apart in each of the groups, which is what costs most here.

    Args:
        page: how much of each dimension; None: all of it.
    """
    since = f"scanned_at >= {moment(int(rows.since.timestamp()))}" if rows.since else "true"
    found = f"FROM scans FINAL WHERE {conditions.within('scanned_at', rows, since=False)}"
    known, who = f"robot_reason = '' AND visitor != {_NOBODY}", _who(rows)
    often = f"SELECT {who} {found} AND {known} GROUP BY {who} HAVING count() > 1"
    seen = f"""
        SELECT {_sources(groups)}, {_time_columns("scanned_at", rows)},
            robot_reason, {since} AS inside, robot_reason = '' AS person,
            {known} AS is_known, {who} AS who, who IN ({often}) AS is_often,
            is_known AND NOT is_often AS once, is_known AND is_often AS often
        {found}"""
    grouped = f"""
        SELECT {_number(groups)}, {_value(groups)}, countIf(inside) AS hits,
            countIf(inside AND person) AS people,
            {_unique(rows)} AS unique_people,
            countIf(inside AND robot_reason = 'repeat') AS repeats,
            countIf(inside AND robot_reason = 'own') AS own,
            countIf(inside AND robot_reason = 'over_limit') AS over_limit
        FROM ({seen}) {_grouping(groups)} HAVING hits > 0"""  # noqa: S608  # our names
    if page is None:
        return f"{grouped} {_MERGED}"
    whole = ", ".join(str(one.number) for one in WHOLE)
    most = page.offset + page.limit + 1
    order = f"PARTITION BY number ORDER BY {page.metric} DESC, value"
    return f"""
        SELECT * EXCEPT place FROM (
            SELECT *, row_number() OVER ({order}) AS place FROM ({grouped})
        ) WHERE number < 0 OR number IN ({whole}) OR place <= {most:d} {_MERGED}"""  # noqa: S608  # our names


def first_hours_statement(rows: Slice, conditions: Conditions, first_hour: int) -> str:
    """Columns: hour, and how many unique people their day saw first in it."""
    return f"""
        SELECT hour, count() FROM (
            SELECT min(intDiv(toUnixTimestamp(scanned_at), 3600)) AS hour FROM scans FINAL
            WHERE {conditions.within("scanned_at", rows, since=False)}
                AND robot_reason = '' AND visitor != {_NOBODY}
            GROUP BY visitor, {_day("scanned_at", rows)}
        ) WHERE hour >= {first_hour:d} GROUP BY hour {_MERGED}"""  # noqa: S608  # our names


def conversions_statement(rows: Slice, conditions: Conditions, groups: Sequence[Group]) -> str:
    """Columns: number, value, currency, how many, and their sum in minor units."""
    told = f"""
        SELECT {_sources(groups)}, {_time_columns("occurred_at", rows)}, currency, value_minor
        FROM conversions FINAL
        WHERE {conditions.within("occurred_at", rows, since=True)}"""  # noqa: S608  # our names
    return f"""
        SELECT {_number(groups)}, {_value(groups)}, currency, count(), sum(value_minor)
        FROM ({told}) {_grouping(groups, "currency")} {_MERGED}"""  # noqa: S608  # our names


def _unique(rows: Slice) -> str:
    """People whose day did not see them before the span began."""
    before = " - uniqExactIf(who, often AND NOT inside)" if rows.since else ""
    return f"countIf(once AND inside) + uniqExactIf(who, often){before}"


def _sources(groups: Sequence[Group]) -> str:
    return ", ".join(f"{one.source} AS {one.key}" for one in groups if one.source) or "1"


def _time_columns(at: str, rows: Slice) -> str:
    return f"{_day(at, rows)} AS day, intDiv(toUnixTimestamp({at}), 3600) AS hour"


def _who(rows: Slice) -> str:
    """Somebody on one day."""
    return f"cityHash64(visitor, {_day('scanned_at', rows)})"


def _day(at: str, rows: Slice) -> str:
    """When its day of the workspace begins, in seconds since 1970."""
    starts = ", ".join(str(int(one.start.timestamp())) for one in rows.windows)
    return f"roundDown(toInt64(toUnixTimestamp({at})), [{starts}])"


def _number(groups: Sequence[Group]) -> str:
    chosen = "".join(f"grouping({one.key}) = 0, {one.number}, " for one in groups)
    return f"toInt16({f'multiIf({chosen}{EVERY})' if groups else EVERY}) AS number"


def _value(groups: Sequence[Group]) -> str:
    chosen = "".join(f"grouping({one.key}) = 0, {one.written}, " for one in groups)
    return f"multiIf({chosen}'') AS value" if groups else "'' AS value"


def _grouping(groups: Sequence[Group], *more: str) -> str:
    """Each by itself, and all rows together."""
    sets = [f"({', '.join((*key, *more))})" for key in ((), *((one.key,) for one in groups))]
    return f"GROUP BY GROUPING SETS ({', '.join(sets)})"
