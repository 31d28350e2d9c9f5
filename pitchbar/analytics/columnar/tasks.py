from functools import cache

from pitchbar.analytics.columnar.connecting import connect_store
from pitchbar.analytics.columnar.consumer import Consumer
from pitchbar.analytics.columnar.copying import is_planned, plan_all
from pitchbar.analytics.settings import AnalyticsSettings
from pitchbar.extensions import bus, db
from pitchbar.jobs import Queue, every, task
from pitchbar.settings import Settings, current_settings

RUN_SECONDS = 50.0
LINGER_SECONDS = 5.0


@task(
    queue=Queue.ANALYTICS,
    tries=3,
    timeout=180,
    schedule=every.minutes(1),
    missed="skip",
    name="analytics.feed_scan_store",
)
def feed_scan_store() -> None:
    """Brings to ClickHouse what was stored and deleted, and history that it lacks."""
    settings = current_settings()
    if settings[AnalyticsSettings].clickhouse_url:
        if not is_planned(db.session()):
            plan_all(db.session())
        db.session.commit()
        make_consumer(settings).run(RUN_SECONDS, LINGER_SECONDS)


@cache
def make_consumer(settings: Settings) -> Consumer:
    """Once for each process."""
    own = settings[AnalyticsSettings]
    return Consumer(db.engine, connect_store(settings), bus, own.clickhouse_waiting_scans)
