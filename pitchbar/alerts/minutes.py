"""People by minute: counted with the scans, in their transaction, of what a rule watches so
closely, and kept for a day. Everybody else pays a look into a set that a process reads every few
seconds.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select

from pitchbar.alerts.evaluation import MOST_MINUTES
from pitchbar.alerts.models import AlertRule, ScanMinute
from pitchbar.core.database import changed_rows
from pitchbar.extensions import db
from pitchbar.scans.bulk_sql import insert_or_add
from pitchbar.scans.enriched import EnrichedScan
from pitchbar.scans.models import WHOLE_WORKSPACE

_KEPT = timedelta(days=1)
_ANEW_SECONDS = 5.0
# By database, as tests have many: what is counted, and until when that is believed.
_known: dict[str, tuple[frozenset[tuple[int, int]], float]] = {}
_lock = threading.Lock()


def count_minutes(connection: Connection, scans: Sequence[EnrichedScan]) -> None:
    """A subscriber of stored scans."""
    wanted = _wanted(connection)
    if not wanted:
        return
    counts: dict[tuple[int, int, datetime], int] = defaultdict(int)
    for scan in scans:
        if scan.set_apart is None:
            for code_id in (scan.code_id, WHOLE_WORKSPACE):
                if (scan.workspace_id, code_id) in wanted:
                    minute = scan.at.replace(second=0, microsecond=0)
                    counts[scan.workspace_id, code_id, minute] += 1
    if counts:
        names = ("workspace_id", "code_id", "minute_at", "people")
        # Sorted, so that two workers take row locks in the same order.
        rows = [dict(zip(names, (*key, n), strict=True)) for key, n in sorted(counts.items())]
        insert_or_add(connection, ScanMinute, rows, ("people",))


def forget_wanted() -> None:
    """A rule of this process changed: it counts from the next batch on."""
    _known.clear()


def trim_minutes(now: datetime) -> int:
    old = ScanMinute.minute_at < now - _KEPT
    return changed_rows(db.session, delete(ScanMinute).where(old))


def _wanted(connection: Connection) -> frozenset[tuple[int, int]]:
    url, now = str(connection.engine.url), time.monotonic()
    known = _known.get(url)
    if known and known[1] > now:
        return known[0]
    rows = connection.execute(
        select(AlertRule.workspace_id, func.coalesce(AlertRule.code_id, WHOLE_WORKSPACE))
        .where(
            AlertRule.kind == "scans_over",
            AlertRule.window_minutes <= MOST_MINUTES,
            AlertRule.is_paused.is_(False),
        )
        .distinct()
    )
    found = frozenset((row[0], row[1]) for row in rows)
    with _lock:
        _known[url] = (found, now + _ANEW_SECONDS)
    return found
