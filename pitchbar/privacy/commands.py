import click

from pitchbar.commands import in_app
from pitchbar.core import clock
from pitchbar.privacy.purge import purge_scans
from pitchbar.scans.settings import ScanSettings
from pitchbar.settings import current_settings


@click.command("purge-privacy")
@in_app
def purge_privacy() -> None:
    """Delete scans past PRIVACY_SCAN_RETENTION_DAYS now; the schedule does so each night."""
    days = current_settings()[ScanSettings].privacy_scan_retention_days
    if not days:
        click.echo("PRIVACY_SCAN_RETENTION_DAYS is 0: scans are kept for as long as workspaces.")
        return
    count, is_done = 0, False
    while not is_done:
        some, is_done = purge_scans(clock.now(), days)
        count += some
        if not is_done:
            click.echo(f"{count:,} scans so far …")
    click.echo(f"Scans deleted: {count:,}, all that were older than {days} days.")
