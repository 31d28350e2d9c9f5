from collections.abc import Callable

from pitchbar.core.bus import Bus
from pitchbar.core.logs import set_up_logs
from pitchbar.scans.pipeline import run_ingestion_worker
from pitchbar.settings import Settings


def run_worker(settings: Settings, stopped: Callable[[], bool]) -> None:
    """Stores scans from the Redis inbox until `stopped()`."""
    set_up_logs(settings.log_level, as_json=not settings.is_development)
    bus = Bus()
    bus.connect(settings.redis_url)
    run_ingestion_worker(settings, bus, stopped)
