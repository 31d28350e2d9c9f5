"""Monthly partitions of `scans` on PostgreSQL: made ahead, or when the first scan of a month
arrives, and dropped whole.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, text

from pitchbar.core import clock

_LOCK = "SELECT pg_advisory_xact_lock(hashtext('pitchbar.scans.partitions'))"
_NAME = re.compile(r"scans_\d{4}_\d{2}")
_known: set[tuple[str, int, int]] = set()


def ensure_partitions(engine: Engine, times: Iterable[datetime]) -> None:
    """Makes the partitions for these times (UTC months); costs nothing when they are known.

    In a transaction of its own: within that of a batch, two workers that have both read from
    `scans` would wait for each other, and a rollback would take a partition away that counts as
    known.
    """
    if engine.dialect.name != "postgresql":
        return
    url = str(engine.url)
    for year, month in {(at.year, at.month) for at in times}:
        if (url, year, month) in _known:
            continue
        with engine.begin() as connection:
            create_partition(connection, year, month)
        # Those of the past may be dropped by another process at any time.
        if (year, month) >= (clock.now().year, clock.now().month):
            _known.add((url, year, month))


def forget_known_partitions() -> None:
    """After an error: perhaps one was dropped since."""
    _known.clear()


def create_partition(connection: Connection, year: int, month: int) -> None:
    """Two workers that meet here wait for each other instead of failing.

    Attaching a finished table disturbs nobody; creating it as a partition at once would wait for
    every reader of `scans` to end, with everybody else waiting behind.
    """
    connection.execute(text(_LOCK))
    name = f"scans_{year:04d}_{month:02d}"
    if connection.execute(text("SELECT to_regclass(:name)"), {"name": name}).scalar() is not None:
        return
    next_year, next_month = (year + 1, 1) if month == 12 else (year, month + 1)
    connection.execute(text(f"CREATE TABLE {name} (LIKE scans INCLUDING ALL)"))
    connection.execute(
        text(
            f"ALTER TABLE scans ATTACH PARTITION {name} "
            f"FOR VALUES FROM ('{year:04d}-{month:02d}-01 00:00:00+00') "
            f"TO ('{next_year:04d}-{next_month:02d}-01 00:00:00+00')"
        )
    )


def prepare_partitions(engine: Engine, now: datetime, *, months: int = 3) -> None:
    """Those of this month and the next ones, so that no scan waits for one to be made."""
    first = now.year * 12 + now.month - 1
    coming = (divmod(first + ahead, 12) for ahead in range(months + 1))
    ensure_partitions(engine, (datetime(year, month + 1, 1, tzinfo=UTC) for year, month in coming))


def drop_partitions_before(
    connection: Connection, moment: datetime, *, seconds: float = 3.0
) -> list[tuple[str, int]]:
    """Months that are over by then, whole, in the caller's transaction; their names, and how many
    scans each had. Nothing on SQLite, where there are none.

    Whoever reads `scans` at this moment is waited for, but not for long: meanwhile all others wait
    behind. Raises OperationalError then, and dropped nothing.
    """
    if connection.dialect.name != "postgresql":
        return []
    connection.execute(text(f"SET LOCAL lock_timeout = {round(seconds * 1000)}"))
    connection.execute(text(_LOCK))
    names = [name for name in _list_partitions(connection) if _end_of(name) <= moment]
    return [(name, _drop(connection, name)) for name in names]


def _drop(connection: Connection, name: str) -> int:
    count = connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()  # noqa: S608  # our names
    connection.execute(text(f"DROP TABLE {name}"))
    return int(count)


def _list_partitions(connection: Connection) -> list[str]:
    """Their names alone decide: `scans_2026_02`."""
    names = connection.execute(
        text(
            "SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid "
            "WHERE inhparent = 'scans'::regclass ORDER BY relname"
        )
    ).scalars()
    return [name for name in names if _NAME.fullmatch(name)]


def _end_of(name: str) -> datetime:
    _, year, month = name.split("_")
    months = int(year) * 12 + int(month)
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)
