from functools import lru_cache

from pitchbar.analytics.settings import AnalyticsSettings
from pitchbar.clients.scan_store import ScanStore
from pitchbar.settings import Settings


def connect_store(settings: Settings) -> ScanStore:
    """The one of this process; `CLICKHOUSE_URL` must be set."""
    own = settings[AnalyticsSettings]
    return _connect(own.clickhouse_url, own.clickhouse_timeout)


@lru_cache(maxsize=8)
def _connect(url: str, timeout: float) -> ScanStore:
    return ScanStore(url, timeout)
