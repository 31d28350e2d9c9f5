from pitchbar.backups.creating import create_backup
from pitchbar.backups.errors import BackupRunning
from pitchbar.backups.settings import BackupSettings
from pitchbar.jobs import Queue, every, task
from pitchbar.settings import current_settings


# In the queue that can wait best: a large database takes minutes, and mail must not wait behind it.
@task(
    queue=Queue.INDEX,
    tries=3,
    waits=(300, 1800),
    timeout=6 * 3600,
    schedule=every.day_at("02:40"),
)
def create_daily() -> None:
    settings = current_settings()
    if not settings[BackupSettings].backup_daily:
        return
    try:
        create_backup(settings, "schedule")
    except BackupRunning:
        # Somebody makes one at this moment, which is as good.
        return
