"""What this installation stores, said from the settings by which it does so."""

from dataclasses import dataclass

from pitchbar.accounts.settings import AccountSettings
from pitchbar.events.settings import AuditSettings
from pitchbar.scans.settings import ScanSettings
from pitchbar.scans.visitors import SALT_LIFETIME
from pitchbar.settings import Settings
from pitchbar.workspaces.models import UNDO_DAYS


@dataclass(frozen=True)
class Privacy:
    host: str
    stored_address: str
    salt_hours: int
    undo_days: int
    session_days: int
    audit_days: int
    has_google: bool
    attribution_days: int


def describe_privacy(settings: Settings) -> Privacy:
    accounts = settings[AccountSettings]
    return Privacy(
        host=settings.own_host,
        stored_address=settings[ScanSettings].privacy_store_ip,
        salt_hours=int(SALT_LIFETIME.total_seconds() // 3600),
        undo_days=UNDO_DAYS,
        session_days=accounts.session_days,
        audit_days=settings[AuditSettings].audit_retention_days,
        has_google=accounts.has_google,
        attribution_days=settings[ScanSettings].attribution_days,
    )
