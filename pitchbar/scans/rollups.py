"""The rollups: hits, people and unique people for each hour and day, of each code and workspace."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from pitchbar.core.clock import start_of_hour
from pitchbar.scans.bulk_sql import bulk_insert, insert_or_add, insert_or_ignore, run_insert
from pitchbar.scans.enriched import EnrichedScan
from pitchbar.scans.models import FIGURES, WHOLE_WORKSPACE, ScanDay, ScanHour, ScanVisitor
from pitchbar.scans.set_apart import OVER_LIMIT, OWN, REPEAT

_COLUMNS = {REPEAT: "repeats", OWN: "own", OVER_LIMIT: "over_limit"}
_PLACES = {reason: FIGURES.index(name) for reason, name in _COLUMNS.items()}
# workspace, code, day, visitor
VisitorKey = tuple[int, int, date, str]


def add_to_rollups(connection: Connection, scans: Sequence[EnrichedScan]) -> None:
    """Adds scans that were really inserted, for their code and for the workspace."""
    new_visitors = _upsert_visitors(connection, scans)
    hours: dict[tuple[int, int, datetime], list[int]] = defaultdict(lambda: [0] * len(FIGURES))
    days: dict[tuple[int, int, date], list[int]] = defaultdict(lambda: [0] * len(FIGURES))
    for scan in scans:
        for code_id in (scan.code_id, WHOLE_WORKSPACE):
            key = (scan.workspace_id, code_id, scan.day, scan.visitor or "")
            first = scan.is_person and key in new_visitors
            if first:
                new_visitors.discard(key)
            for figures in (
                hours[scan.workspace_id, code_id, start_of_hour(scan.at)],
                days[scan.workspace_id, code_id, scan.day],
            ):
                figures[0] += 1
                figures[1] += scan.is_person
                figures[2] += first
                if scan.set_apart in _PLACES:
                    figures[_PLACES[scan.set_apart]] += 1
    # Sorted, so that two workers take row locks in the same order.
    _add(connection, ScanHour, "hour_at", sorted(hours.items()))
    _add(connection, ScanDay, "day", sorted(days.items()))


def _upsert_visitors(connection: Connection, scans: Sequence[EnrichedScan]) -> set[VisitorKey]:
    """Writes who counted and when; returns those who are new on their day."""
    last: dict[VisitorKey, tuple[datetime, str | None]] = {}
    for scan in scans:
        if scan.visitor and scan.is_person:
            for code_id, network in ((scan.code_id, scan.network), (WHOLE_WORKSPACE, None)):
                key = (scan.workspace_id, code_id, scan.day, scan.visitor)
                last[key] = (scan.at, network)
    if not last:
        return set()
    rows: list[dict[str, object]] = [
        {"workspace_id": w, "code_id": c, "day": d, "visitor": v, "last_at": at, "network": n}
        for (w, c, d, v), (at, n) in sorted(last.items())
    ]
    table = ScanVisitor
    statement = insert_or_ignore(connection, table, list(rows[0])).returning(
        table.workspace_id, table.code_id, table.day, table.visitor
    )
    new = {tuple(row) for row in run_insert(connection, statement, rows)}
    _update_last_seen(connection, [row for row in rows if _key(row) not in new])
    return new


def _key(row: dict[str, object]) -> tuple[object, ...]:
    return row["workspace_id"], row["code_id"], row["day"], row["visitor"]


def _update_last_seen(connection: Connection, rows: list[dict[str, object]]) -> None:
    # Only a code's own row is read again, by the search for repeats.
    rows = [row for row in rows if row["code_id"] != WHOLE_WORKSPACE]
    if not rows:
        return
    statement = bulk_insert(connection, ScanVisitor, list(rows[0]))
    later = statement.excluded.last_at
    statement = statement.on_conflict_do_update(
        index_elements=["workspace_id", "code_id", "day", "visitor"],
        # A worker of the release before knew no networks.
        set_={"last_at": later, "network": statement.excluded.network},
        # A batch may arrive after younger ones.
        where=later > ScanVisitor.last_at,
    )
    run_insert(connection, statement, rows)


def _add(
    connection: Connection,
    model: type[ScanHour] | type[ScanDay],
    bucket: str,
    rollups: list[tuple[tuple[int, int, object], list[int]]],
) -> None:
    rows = [
        {"workspace_id": workspace_id, "code_id": code_id, bucket: at}
        | dict(zip(FIGURES, counts, strict=True))
        for (workspace_id, code_id, at), counts in rollups
    ]
    run_insert(connection, insert_or_add(connection, model, list(rows[0]), FIGURES), rows)
