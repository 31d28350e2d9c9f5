"""All hours that are not settled, each in a transaction of its own."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pitchbar.analytics.reconciliation.hours import HOUR
from pitchbar.analytics.reconciliation.models import ReconciledHour
from pitchbar.analytics.reconciliation.services import (
    list_open_hours,
    rebuild_rollups,
    reconcile_hour,
)
from pitchbar.core import clock
from pitchbar.core.redis_client import connect_redis
from pitchbar.extensions import db
from pitchbar.scans.spool_figures import list_spools
from pitchbar.settings import current_settings

# Rollups of an hour are rebuilt when it is over for so long: what comes late has come.
_CLOSED = timedelta(hours=1)


def look_at_hours(now: datetime, back: timedelta, *, rebuild: bool) -> Sequence[ReconciledHour]:
    """This is an entry point: it commits. Oldest first."""
    waits_since = find_waits_since()
    return [
        look_at_hour(hour, now, waits_since, rebuild=rebuild) for hour in list_open_hours(now, back)
    ]


def look_at_hour(
    hour: datetime, now: datetime, waits_since: datetime | None, *, rebuild: bool
) -> ReconciledHour:
    """What was found stays on record, also when it was rebuilt."""
    row = reconcile_hour(hour, waits_since=waits_since)
    db.session.commit()
    if rebuild and row.rollup_differences and now >= hour + HOUR + _CLOSED:
        rebuild_rollups(hour)
        row.rebuilt_at = clock.now()
        db.session.commit()
    return row


def find_waits_since() -> datetime | None:
    """When the oldest scan came that waits, as far as all processes tell; the epoch when they
    cannot be asked: then nothing that is not stored is said to be lost.
    """
    url = current_settings().redis_url
    try:
        spools = list_spools(connect_redis(url, 0.5) if url else None)
    except Exception:
        return datetime.fromtimestamp(0, UTC)
    times = [one.waits_since for one in spools if one.kind == "scans" and one.waits_since]
    return datetime.fromtimestamp(min(times), UTC) if times else None
