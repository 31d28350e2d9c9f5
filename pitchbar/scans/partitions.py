"""Monthly partitions of `scans` on PostgreSQL, made when the first scan of a month arrives."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, text

_known: set[tuple[str, int, int]] = set()


def ensure_partitions(connection: Connection, times: Iterable[datetime]) -> None:
    """Makes the partitions for these times (UTC months); costs nothing when they are known."""
    if connection.dialect.name != "postgresql":
        return
    url = str(connection.engine.url)
    for year, month in {(at.year, at.month) for at in times}:
        if (url, year, month) in _known:
            continue
        create_partition(connection, year, month)
        _known.add((url, year, month))


def create_partition(connection: Connection, year: int, month: int) -> None:
    """Two workers that meet here wait for each other instead of failing."""
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('pitchbar.scans.partitions'))"))
    ahead = (year + 1, 1) if month == 12 else (year, month + 1)
    connection.execute(
        text(
            f"CREATE TABLE IF NOT EXISTS scans_{year:04d}_{month:02d} PARTITION OF scans "
            f"FOR VALUES FROM ('{year:04d}-{month:02d}-01 00:00:00+00') "
            f"TO ('{ahead[0]:04d}-{ahead[1]:02d}-01 00:00:00+00')"
        )
    )
