"""A workspace with millions of scans of a year, made within PostgreSQL, for the bench of boards."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from pitchbar.analytics.sql.months import list_open_months, sum_month
from pitchbar.analytics.sql.open_days import list_open_days, list_running_days
from pitchbar.analytics.sql.rolling import roll_day
from pitchbar.analytics.tasks import LEAST_OF_RUNNING_DAY
from pitchbar.extensions import db
from pitchbar.scans.partitions import create_partition

CODES, DAYS = 500, 365

# Of each the first is the most frequent: about as the square of a random number lets it be.
_VALUES = {
    "country": [
        "DE", "AT", "CH", "US", "GB", "FR", "NL", "IT", "ES", "PL", "SE", "BE", "DK", "CZ", "NO",
        "PT", "IE", "FI", "HU", "GR", "RO", "BR", "IN", "JP", "AU", "CA", "MX", "TR", "ZA", "KR",
    ],
    "region": [f"Region {n}" for n in range(90)],
    "city": [f"City {n}" for n in range(400)],
    "language": ["de-DE", "en-US", "de-AT", "en-GB", "fr-FR", "it-IT", "es-ES", "pl-PL", "tr-TR"],
    "device": ["phone", "phone", "phone", "desktop", "tablet"],
    "os": ["iOS", "Android", "Android", "Windows", "macOS", "Linux", "ChromeOS"],
    "browser": ["Safari", "Chrome", "Chrome", "Samsung Internet", "Firefox", "Edge", "Instagram"],
}  # fmt: skip
_OF_SCAN = {
    "referrer_host": [None, None, None, *(f"site{n}.example" for n in range(40))],
    "utm_source": ["print", "poster", "flyer", None, *(f"partner{n}" for n in range(15))],
    "utm_medium": ["qr", None, "nfc"],
    "utm_campaign": ["spring", "summer", "autumn", None, *(f"drive{n}" for n in range(25))],
    "utm_term": [None, None, "a", "b", "c"],
    "utm_content": [None, *(f"version{n}" for n in range(10))],
}

_SCANS = """
INSERT INTO scans (id, scanned_at, code_id, workspace_id, visitor, country, region, city, language,
  device, os, browser, referrer_host, utm_source, utm_medium, utm_campaign, utm_term, utm_content,
  campaign, rule_id, domain_id, robot_reason)
SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
    || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid,
  at, code, :workspace, md5(at::date || ':' || who), {visitor_columns}, {scan_columns},
  'Campaign ' || code % 12, NULLIF(code % 7, 0), CASE WHEN code % 5 = 0 THEN 1 END,
  CASE WHEN chance < 0.05 THEN 'known_robot' WHEN chance < 0.06 THEN 'head'
    WHEN chance < 0.07 THEN 'repeat' END
FROM (
  SELECT CAST(:start AS timestamptz)
    + random() * (CAST(:end AS timestamptz) - CAST(:start AS timestamptz)) AS at,
    :first + floor({codes} * power(random(), 2.5))::bigint AS code, random() AS chance,
    -- One in seven comes from somebody who is seen several times on that day.
    CASE WHEN random() < 0.85 THEN n ELSE :scans + floor(random() * :people)::bigint END AS who
  FROM generate_series(1, :scans) n
) made
"""
_HOURS = """
INSERT INTO scan_hours (workspace_id, code_id, hour_at, hits, people, unique_people, repeats)
SELECT :workspace, {code}, date_trunc('hour', scanned_at, 'UTC'), count(*),
  count(*) FILTER (WHERE robot_reason IS NULL), count(*) FILTER (WHERE place = 1),
  count(*) FILTER (WHERE robot_reason = 'repeat')
FROM (
  SELECT *, CASE WHEN robot_reason IS NULL THEN row_number() OVER (
    PARTITION BY {code}, visitor, robot_reason IS NULL ORDER BY scanned_at) END AS place
  FROM scans WHERE workspace_id = :workspace AND scanned_at >= :start AND scanned_at < :end
) seen GROUP BY 2, 3
"""
_SCAN_DAYS = """
INSERT INTO scan_days (workspace_id, code_id, day, hits, people, unique_people, repeats)
SELECT workspace_id, code_id, CAST(:day AS date), sum(hits), sum(people), sum(unique_people),
  sum(repeats)
FROM scan_hours WHERE workspace_id = :workspace AND hour_at >= :start AND hour_at < :end
GROUP BY 1, 2
"""
_CONVERSIONS = """
INSERT INTO conversions (id, workspace_id, code_id, scan_id, scanned_at, event, value_minor,
  currency, occurred_at, day, scan_day, rule_id, source)
SELECT gen_random_uuid(), workspace_id, code_id, id, scanned_at, 'sale',
  floor(random() * 10000)::bigint, 'EUR', scanned_at + interval '1 hour',
  ((scanned_at + interval '1 hour') AT TIME ZONE 'UTC')::date, CAST(:day AS date), rule_id, 'api'
FROM scans WHERE workspace_id = :workspace AND scanned_at >= :start AND scanned_at < :end
  AND robot_reason IS NULL AND random() < 0.01
"""
_CONVERSION_DAYS = """
INSERT INTO conversion_days (workspace_id, code_id, day, currency, conversions, value_minor,
  of_scans, of_scans_value_minor)
SELECT :workspace, {code}, day, currency, count(*), sum(value_minor), 0, 0
FROM conversions WHERE workspace_id = :workspace GROUP BY 2, 3, 4
"""


def fill(workspace_id: int, first_code: int, scans: int) -> None:
    """Days of UTC, the last one today up to now; every scan stands in the rollups as if it had been
    stored. Breakdowns of days are made by the product's own code.
    """
    now = datetime.now(UTC)
    today = datetime(now.year, now.month, now.day, tzinfo=UTC)
    starts = [today - timedelta(days=back) for back in range(DAYS)]
    with db.engine.begin() as connection:
        for year, month in sorted({(start.year, start.month) for start in starts}):
            create_partition(connection, year, month)
    engine = db.engine

    def fill_day(start: datetime) -> None:
        end = min(now, start + timedelta(days=1))
        count = int(scans // DAYS * ((end - start) / timedelta(days=1)))
        with engine.begin() as connection:
            _fill_day(connection, workspace_id, first_code, start, end, count)

    # Each is one core's work in the database.
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(fill_day, starts))
    with db.engine.begin() as connection:
        for code in ("0", "code_id"):
            statement = _CONVERSION_DAYS.format(code=code)
            connection.execute(text(statement), {"workspace": workspace_id})
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _fill_day(
    connection: Connection,
    workspace_id: int,
    first_code: int,
    start: datetime,
    end: datetime,
    scans: int,
) -> None:
    values: dict[str, Any] = {
        "workspace": workspace_id,
        "first": first_code,
        "day": start.date(),
        "start": start,
        "end": end,
        "scans": scans,
        "people": max(1, int(scans * 0.06)),
    }
    # What belongs to a visitor is the same in each of their scans.
    of_visitor = [_choice(v, f"abs(hashint8(who * 31 + {n}))::float8 / 2147483648.0")
                  for n, v in enumerate(_VALUES.values())]  # fmt: skip
    of_scan = [_choice(v, "random()") for v in _OF_SCAN.values()]
    statement = _SCANS.format(
        visitor_columns=", ".join(of_visitor), scan_columns=", ".join(of_scan), codes=CODES
    )
    connection.execute(text(statement), values)
    for code in ("0", "code_id"):
        connection.execute(text(_HOURS.format(code=code)), values)
    connection.execute(text(_SCAN_DAYS), values)
    connection.execute(text(_CONVERSIONS), values)


def _choice(values: list[Any], chance: str) -> str:
    quoted = ", ".join("NULL" if value is None else f"'{value}'" for value in values)
    return f"(ARRAY[{quoted}])[1 + floor({len(values)} * power({chance}, 2.5))::int]"


def roll_all() -> int:
    """As the job does it; how many days."""
    today = datetime.now(UTC).date()
    with db.engine.connect() as connection:
        days = list_open_days(connection, date(2000, 1, 1), today, 10_000)
        days += list_running_days(connection, LEAST_OF_RUNNING_DAY)
    for one in days:
        roll_day(db.engine, one)
    with db.engine.connect() as connection:
        months = list_open_months(connection, today)
    for month in months:
        sum_month(db.engine, month)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in (
            "scan_breakdowns",
            "conversion_breakdowns",
            "scan_month_breakdowns",
            "conversion_month_breakdowns",
            "rolled_days",
        ):
            connection.execute(text(f"VACUUM ANALYZE {table}"))
    return len(days)
