"""The same workspace as in `analytics_world`, made within ClickHouse's engine."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from bench.analytics_world import _OF_SCAN, _VALUES, CODES, DAYS
from pitchbar.analytics.columnar.schema import WORDS
from pitchbar.clients.scan_store import ScanStore
from pitchbar.extensions import db
from pitchbar.scans.models import WHOLE_WORKSPACE, ScanDay

_DAY = timedelta(days=1)
# So many at once, that memory stays small.
_AT_ONCE = 1_000_000
# So many are made one by one; of more, each is one of these with an id and a visitor of its own.
_MADE = 10_000_000


def fill_clickhouse(
    store: ScanStore, workspace_id: int, first_code: int, scans: int, most_made: int = _MADE
) -> None:
    """Scans of a year up to now, and in the application's database the days that have some."""
    today = datetime.now(UTC).date()
    first = today - (DAYS - 1) * _DAY
    start = int(datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp())
    length = int(datetime.now(UTC).timestamp()) - start
    made = min(scans, most_made)
    for offset in range(0, made, _AT_ONCE):
        count = min(_AT_ONCE, made - offset)
        rows = f"numbers({offset}, {count})"
        store.command(_statement(workspace_id, first_code, made, start, length, rows))
    for copy in range(1, scans // made):
        for month in _months(first, today):
            store.command(_copying(workspace_id, copy, month))
    store.command("OPTIMIZE TABLE scans")
    # As the engine does by itself an hour later.
    for month in _months(first, today)[:-1]:
        store.command(f"OPTIMIZE TABLE scans PARTITION {month} FINAL")
    for code_id in (WHOLE_WORKSPACE, *range(first_code, first_code + CODES)):
        for day in (first, today):
            db.session.add(_day(workspace_id, code_id, day))
    db.session.commit()


def _months(first: date, last: date) -> list[int]:
    days = (first + number * _DAY for number in range((last - first).days + 1))
    return sorted({day.year * 100 + day.month for day in days})


def _copying(workspace_id: int, copy: int, month: int) -> str:
    return f"""
        INSERT INTO scans
        SELECT * REPLACE (generateUUIDv4() AS id, {1 + copy} AS written,
            reinterpretAsUUID(concat(reinterpretAsFixedString(sipHash64(visitor, {copy})),
                reinterpretAsFixedString(sipHash64({copy}, visitor)))) AS visitor)
        FROM (
            SELECT * FROM scans
            WHERE workspace_id = {workspace_id} AND toYYYYMM(scanned_at) = {month} AND written = 1
        )"""


def _day(workspace_id: int, code_id: int, day: date) -> ScanDay:
    return ScanDay(workspace_id=workspace_id, code_id=code_id, day=day, hits=1)


def _statement(
    workspace_id: int, first_code: int, scans: int, start: int, length: int, rows: str
) -> str:
    listed: list[tuple[str, Sequence[object]]] = [*_VALUES.items(), *_OF_SCAN.items()]
    words = {
        name: _chosen([str(value or "") for value in values], 7 + place)
        for place, (name, values) in enumerate(listed)
    }
    words["campaign"] = "'Campaign ' || toString(code % 12)"
    words["robot_reason"] = (
        "multiIf(chance < 0.05, 'known_robot', chance < 0.06, 'head', chance < 0.07, 'repeat', '')"
    )
    names = ", ".join(WORDS)
    values = ", ".join(f"{words[name]} AS {name}" for name in WORDS)
    people = max(1, scans // DAYS // 2)
    return f"""
        INSERT INTO scans (workspace_id, code_id, scanned_at, id, visitor, variant, rule_id,
            domain_id, {names}, written)
        SELECT {workspace_id}, code, fromUnixTimestamp64Micro(toInt64(at * 1000000), 'UTC'),
            generateUUIDv4(number),
            reinterpretAsUUID(toString(1000000000000000 + intDiv(toInt64(at), 86400) * 100000000
                + rand(3) % {people})),
            -1, code % 7, if(code % 5 = 0, 1, 0), {values}, 1
        FROM (
            SELECT number, {start} + intDiv(number * {length}, {scans}) AS at,
                {first_code} + toInt64(floor({CODES} * pow(rand(1) / 4294967296, 2.5))) AS code,
                rand(2) / 4294967296 AS chance
            FROM {rows}
        )"""


def _chosen(values: list[str], seed: int) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    place = f"1 + toInt64(floor({len(values)} * pow(rand({seed}) / 4294967296, 2)))"
    return f"[{listed}][{place}]"
