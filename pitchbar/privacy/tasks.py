from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import Queue, enqueue, every, task
from pitchbar.privacy.purge import purge_scans
from pitchbar.scans.settings import ScanSettings
from pitchbar.settings import current_settings


@task(queue=Queue.DEFAULT, tries=3, timeout=300, schedule=every.day_at("03:40"))
def purge_old_scans() -> None:
    """Single scans past PRIVACY_SCAN_RETENTION_DAYS, some at a time until none is left."""
    days = current_settings()[ScanSettings].privacy_scan_retention_days
    _, is_done = purge_scans(clock.now(), days)
    if not is_done:
        enqueue(purge_old_scans)
        db.session.commit()
