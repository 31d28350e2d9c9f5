from flask import Flask

from pitchbar.analytics.columnar import deletions
from pitchbar.analytics.columnar.feed import feed
from pitchbar.analytics.columnar.tasks import feed_scan_store
from pitchbar.analytics.settings import AnalyticsSettings
from pitchbar.conversions import stored as stored_conversions
from pitchbar.events.services import subscribe
from pitchbar.scans import stored as stored_scans
from pitchbar.settings import Settings


def register() -> None:
    feed.job = feed_scan_store
    stored_scans.subscribe(feed.add_scans)
    stored_conversions.subscribe(feed.add_conversions)
    subscribe("workspace.purged", deletions.forget_purged)


def configure(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    feed.is_on = bool(settings[AnalyticsSettings].clickhouse_url)
