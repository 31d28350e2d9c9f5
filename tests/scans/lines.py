"""Lines as the edge writes them, and the sums that must follow from what is stored."""

import time
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Engine, select

from pitchbar.core.utm import Utm
from pitchbar.scans.models import WHOLE_WORKSPACE, Scan, ScanDay, ScanHour

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
FIELDS: dict[str, Any] = {
    "code_id": 1,
    "workspace_id": 1,
    "time_zone": "UTC",
    "utm": list(Utm()),
    "method": "GET",
    "address": "81.2.69.1",
    "user_agent": IPHONE,
    "language": "de-CH,de;q=0.9",
    "referrer": "",
    "purpose": "",
    "hints": "",
    "set_apart": "",
    "rule_id": 0,
    "variant": -1,
    "domain_id": 0,
    "campaign": "",
}


def make_line(
    at: datetime | float | None = None, scan_id: str | None = None, **fields: Any
) -> bytes:
    """A line of the spool; `at` is now unless given."""
    unknown = fields.keys() - FIELDS
    assert not unknown, unknown
    seconds = at.timestamp() if isinstance(at, datetime) else (at or time.time())
    values = (FIELDS | fields).values()
    facts = [scan_id or uuid4().hex, round(seconds * 1000), *values]
    return orjson.dumps(facts, option=orjson.OPT_APPEND_NEWLINE)


def rows_of(engine: Engine) -> list[Any]:
    """The stored scans, oldest first."""
    with engine.connect() as connection:
        return list(connection.execute(select(Scan.__table__).order_by(Scan.scanned_at, Scan.id)))


def only_row(engine: Engine) -> Any:
    (row,) = rows_of(engine)
    return row


Rollups = dict[tuple[int, int, Any], tuple[int, int, int]]


def stored_days(engine: Engine) -> Rollups:
    return _stored(engine, ScanDay, "day")


def stored_hours(engine: Engine) -> Rollups:
    return _stored(engine, ScanHour, "hour_at")


def _stored(engine: Engine, table: Any, bucket: str) -> Rollups:
    with engine.connect() as connection:
        rows = connection.execute(select(table.__table__))
        return {
            (row.workspace_id, row.code_id, getattr(row, bucket)): (
                row.hits,
                row.people,
                row.unique_people,
            )
            for row in rows
        }


def expected_days(engine: Engine, zones: dict[int, str] | None = None) -> Rollups:
    """The sums of days, computed from the rows alone; `zones` by workspace id."""
    hits: Counter[Any] = Counter()
    people: Counter[Any] = Counter()
    visitors: dict[Any, set[str]] = defaultdict(set)
    for row in rows_of(engine):
        at = row.scanned_at.replace(tzinfo=row.scanned_at.tzinfo or UTC)
        day: date = at.astimezone(ZoneInfo((zones or {}).get(row.workspace_id, "UTC"))).date()
        for code_id in (row.code_id, WHOLE_WORKSPACE):
            key = (row.workspace_id, code_id, day)
            hits[key] += 1
            people[key] += row.robot_reason is None
            if row.robot_reason is None and row.visitor:
                visitors[key].add(row.visitor)
    return {key: (hits[key], people[key], len(visitors[key])) for key in hits}


def assert_rollups_equal_rows(engine: Engine, zones: dict[int, str] | None = None) -> None:
    days, hours = stored_days(engine), stored_hours(engine)
    assert days == expected_days(engine, zones)
    assert _totals(hours) == _totals(days)


def _totals(sums: Rollups) -> dict[tuple[int, int], tuple[int, ...]]:
    totals: dict[tuple[int, int], tuple[int, ...]] = {}
    for (workspace_id, code_id, _), three in sums.items():
        before = totals.get((workspace_id, code_id), (0, 0, 0))
        totals[workspace_id, code_id] = tuple(map(sum, zip(before, three, strict=True)))
    return totals
