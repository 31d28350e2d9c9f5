"""Monthly partitions of `scans` on PostgreSQL, made when the first scan of a month arrives."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, Engine, text

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
        _known.add((url, year, month))


def forget_known_partitions() -> None:
    """After an error: perhaps one was dropped since."""
    _known.clear()


def create_partition(connection: Connection, year: int, month: int) -> None:
    """Two workers that meet here wait for each other instead of failing.

    Attaching a finished table disturbs nobody; creating it as a partition at once would wait for
    every reader of `scans` to end, with everybody else waiting behind.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('pitchbar.scans.partitions'))"))
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
