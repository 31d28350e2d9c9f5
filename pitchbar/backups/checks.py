"""Whether there is a backup of today that can be brought back."""

from datetime import timedelta

from pitchbar.backups.errors import BackupError
from pitchbar.backups.kept import KeptBackups
from pitchbar.backups.log import find_last
from pitchbar.backups.models import DRILL, FAILED
from pitchbar.backups.settings import BackupSettings
from pitchbar.core import clock
from pitchbar.core.checks import Check, Circumstances, Finding, failed, ok, warning
from pitchbar.settings import current_settings

# A day, and the time that a backup takes.
FRESH = timedelta(hours=26)
DRILLED = timedelta(days=31)
_DAILY = "The scheduler makes one each night at 02:40 UTC, by a worker of the queue index."
_OFF = "BACKUP_DAILY is off: let whatever makes backups in its place run `pitchbar backup create`."


def look_at_backup(_: Circumstances) -> Finding:
    own = current_settings()[BackupSettings]
    remedy = _DAILY if own.backup_daily else _OFF
    try:
        kept = KeptBackups(own.backup_url).list_all()
    except BackupError as error:
        return failed(error.message, "Mend the storage, then run `pitchbar backup create`.")
    if not kept:
        return failed("There is no backup.", f"Run `pitchbar backup create` now. {remedy}")
    newest, age = kept[0], clock.now() - kept[0].made
    told = f"The newest backup is from {newest.made:%Y-%m-%d %H:%M} UTC ({newest.rows:,} rows)"
    if age > FRESH:
        return failed(
            f"{told}, which is {age.total_seconds() / 3600:,.0f} hours ago.",
            f"Run `pitchbar backup create` now, and see why none was made since. {remedy}",
        )
    is_local = own.backup_url.startswith("file:")
    if is_local and not current_settings().is_development:
        return warning(
            f"{told}, on a disk of this machine.",
            "A disk goes with its machine: name a bucket in BACKUP_URL, or copy the folder away.",
        )
    return ok(f"{told}; {len(kept)} are kept.")


def look_at_drill(_: Circumstances) -> Finding:
    last = find_last(DRILL)
    remedy = "Run `pitchbar backup drill`: it touches nothing of what runs."
    if last is None:
        return failed("No backup was ever brought back to see whether it can be.", remedy)
    when = f"{last.finished_at:%Y-%m-%d %H:%M} UTC"
    if last.state == FAILED:
        return failed(f"The last restore drill, of {when}, failed: {last.error}", remedy)
    if clock.now() - last.started_at > DRILLED:
        return warning(f"The last restore drill was on {when}.", remedy)
    return ok(f"{last.name} came back whole on {when}: {last.rows:,} rows in {last.seconds:.1f} s.")


CHECKS = (
    Check("backup", "A backup of today", "Data", look_at_backup, 60),
    Check("restore-drill", "A restore that was tried", "Data", look_at_drill, 70),
)
