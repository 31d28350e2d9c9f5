"""Takes the mark of a rolled day away, in the transaction that adds a row to it: from then on the
day is read from its raw rows, until it is rolled again.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from pitchbar.analytics.sql.models import RolledDay
from pitchbar.analytics.sql.rolling import GRACE, lock_workspace
from pitchbar.conversions.models import Conversion
from pitchbar.core import clock
from pitchbar.scans.enriched import EnrichedScan
from pitchbar.scans.models import WHOLE_WORKSPACE

# Workspace, code, moment.
Row = tuple[int, int, datetime]


def unroll_days_of_scans(connection: Connection, scans: Sequence[EnrichedScan]) -> None:
    """Those that come in time, nearly all, cost a look each."""
    over = clock.now() - GRACE
    late = [scan for scan in scans if scan.at < over]
    if late:
        rows = [(scan.workspace_id, scan.code_id, scan.at) for scan in late]
        _unroll(connection, rows)
        # What came of them is told apart by what they are.
        _unroll(connection, _conversions_of(connection, late))


def unroll_days_of_conversions(connection: Connection, inserted: Sequence[dict[str, Any]]) -> None:
    over = clock.now() - GRACE
    _unroll(
        connection,
        [
            (row["workspace_id"], row["code_id"], row["occurred_at"])
            for row in inserted
            if row["occurred_at"] < over
        ],
    )


def _unroll(connection: Connection, rows: Iterable[Row]) -> None:
    by_workspace: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        by_workspace[row[0]].append(row)
    # Sorted, so that two workers take locks in the same order.
    for workspace_id, own in sorted(by_workspace.items()):
        lock_workspace(connection, workspace_id, is_shared=True)
        codes = {WHOLE_WORKSPACE, *(code_id for _, code_id, _ in own)}
        for first, last in _by_day(own):
            connection.execute(
                delete(RolledDay).where(
                    RolledDay.workspace_id == workspace_id,
                    RolledDay.code_id.in_(codes),
                    RolledDay.start_at <= last,
                    RolledDay.end_at > first,
                    RolledDay.is_final.is_(False),
                )
            )


def _by_day(rows: Sequence[Row]) -> list[tuple[datetime, datetime]]:
    """The first and the last moment of each day of UTC."""
    days: dict[date, tuple[datetime, datetime]] = {}
    for _, _, at in rows:
        first, last = days.get(at.date(), (at, at))
        days[at.date()] = (min(first, at), max(last, at))
    return [edges for _, edges in sorted(days.items())]


def _conversions_of(connection: Connection, late: Sequence[EnrichedScan]) -> list[Row]:
    query = select(Conversion.workspace_id, Conversion.code_id, Conversion.occurred_at).where(
        Conversion.code_id.in_({scan.code_id for scan in late}),
        Conversion.occurred_at >= min(scan.at for scan in late),
        Conversion.scan_id.in_([scan.id for scan in late]),
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]
