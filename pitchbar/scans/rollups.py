"""The rollups: hits, people and unique people for each hour and day, of each code and workspace."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from operator import itemgetter

from sqlalchemy import Connection

from pitchbar.core.clock import start_of_hour
from pitchbar.scans.bulk_sql import insert_new, insert_or_add, insert_or_replace_older
from pitchbar.scans.enriched import EnrichedScan
from pitchbar.scans.models import FIGURES, WHOLE_WORKSPACE, ScanDay, ScanHour, ScanVisitor
from pitchbar.scans.set_apart import HEAD, OVER_LIMIT, OWN, REPEAT

_COLUMNS = {REPEAT: "repeats", OWN: "own", OVER_LIMIT: "over_limit", HEAD: "heads"}
_PLACES = {reason: FIGURES.index(name) for reason, name in _COLUMNS.items()}
_NO_FIGURES = [0] * len(FIGURES)
_KEY = ("workspace_id", "code_id", "day", "visitor")
_key = itemgetter(*_KEY)
# workspace, code, day, visitor
VisitorKey = tuple[int, int, date, str]


def add_to_rollups(connection: Connection, scans: Sequence[EnrichedScan]) -> None:
    """Adds scans that were really inserted, for their code and for the workspace."""
    new_visitors = _write_visitors(connection, scans)
    hours: dict[tuple[int, int, datetime], list[int]] = defaultdict(_NO_FIGURES.copy)
    days: dict[tuple[int, int, date], list[int]] = defaultdict(_NO_FIGURES.copy)
    for scan in scans:
        workspace_id, day, hour = scan.workspace_id, scan.day, start_of_hour(scan.at)
        place = _PLACES.get(scan.set_apart or "")
        for code_id in (scan.code_id, WHOLE_WORKSPACE):
            figures_of_hour = hours[workspace_id, code_id, hour]
            figures_of_day = days[workspace_id, code_id, day]
            figures_of_hour[0] += 1
            figures_of_day[0] += 1
            if scan.set_apart is None:
                figures_of_hour[1] += 1
                figures_of_day[1] += 1
                key = (workspace_id, code_id, day, scan.visitor or "")
                if key in new_visitors:
                    new_visitors.discard(key)
                    figures_of_hour[2] += 1
                    figures_of_day[2] += 1
            elif place:
                figures_of_hour[place] += 1
                figures_of_day[place] += 1
    # Sorted, so that two workers take row locks in the same order.
    _add(connection, ScanHour, "hour_at", sorted(hours.items()))
    _add(connection, ScanDay, "day", sorted(days.items()))


def _write_visitors(connection: Connection, scans: Sequence[EnrichedScan]) -> set[VisitorKey]:
    """Writes who counted and when; returns those who are new on their day."""
    last: dict[VisitorKey, tuple[datetime, str | None]] = {}
    for scan in scans:
        if scan.visitor and scan.set_apart is None:
            workspace_id, day, visitor = scan.workspace_id, scan.day, scan.visitor
            last[workspace_id, scan.code_id, day, visitor] = (scan.at, scan.network)
            last[workspace_id, WHOLE_WORKSPACE, day, visitor] = (scan.at, None)
    if not last:
        return set()
    rows = [
        {"workspace_id": w, "code_id": c, "day": d, "visitor": v, "last_at": at, "network": n}
        for (w, c, d, v), (at, n) in sorted(last.items())
    ]
    inserted = insert_new(connection, ScanVisitor, rows, _KEY)
    if len(inserted) == len(rows):
        return set(last)
    new = set(map(_key, inserted))
    # Only a code's own row is read again, by the search for repeats; a batch may arrive after
    # younger ones.
    seen = [row for row in rows if row["code_id"] != WHOLE_WORKSPACE and _key(row) not in new]
    if seen:
        insert_or_replace_older(connection, ScanVisitor, seen, "last_at")
    return new


def _add(
    connection: Connection,
    model: type[ScanHour] | type[ScanDay],
    bucket: str,
    rollups: list[tuple[tuple[int, int, object], list[int]]],
) -> None:
    names = ("workspace_id", "code_id", bucket, *FIGURES)
    rows = [dict(zip(names, (*key, *counts), strict=True)) for key, counts in rollups]
    insert_or_add(connection, model, rows, FIGURES)
