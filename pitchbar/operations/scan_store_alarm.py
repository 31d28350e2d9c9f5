"""Every night: whether ClickHouse has what the database has. What differs is copied again, and
operators hear of it.
"""

from datetime import timedelta

from pitchbar.analytics.columnar.connecting import connect_store
from pitchbar.analytics.columnar.drift import Difference, find_drift, repair
from pitchbar.analytics.settings import AnalyticsSettings
from pitchbar.clients.scan_store import ScanStoreUnavailable
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.mailing.services import queue_mail
from pitchbar.operations.settings import OperationsSettings
from pitchbar.settings import Settings, current_settings

# Later ones were compared in the nights before.
_DAYS = timedelta(days=35)
_MOST_TOLD = 20


def compare_scan_store() -> int:
    """Returns how many days differ; 0 where there is no ClickHouse."""
    settings = current_settings()
    if not settings[AnalyticsSettings].clickhouse_url:
        return 0
    today = clock.now().date()
    try:
        found = find_drift(db.engine, connect_store(settings), today - _DAYS, today)
    except ScanStoreUnavailable as error:
        _tell(settings, [f"ClickHouse could not be compared: {error}."])
        return 0
    if found:
        repair(db.session(), found)
        _tell(settings, [_describe(one) for one in found[:_MOST_TOLD]], more=len(found))
    return len(found)


def _describe(one: Difference) -> str:
    return (
        f"{one.day}: {one.database[0]} {one.kind} in the database, {one.clickhouse[0]} in "
        "ClickHouse"
    )


def _tell(settings: Settings, sentences: list[str], more: int = 0) -> None:
    for email in settings[OperationsSettings].ops_email_allowlist:
        queue_mail(
            "operations/scan_store_differs",
            to=email,
            subject="ClickHouse and the database differ" if more else "ClickHouse does not answer",
            sentences=sentences,
            left=max(0, more - len(sentences)),
            link=f"{settings.app_url}/ops/queues/analytics",
            link_label="Open the queue",
        )
