"""What this installation stores, said from the settings by which it does so."""

from dataclasses import dataclass

from pitchbar.accounts.settings import AccountSettings
from pitchbar.answers.settings import AnswerSettings
from pitchbar.chat.settings import ChatSettings
from pitchbar.events.settings import AuditSettings
from pitchbar.scans.settings import ScanSettings
from pitchbar.scans.visitors import SALT_LIFETIME
from pitchbar.settings import Settings
from pitchbar.workspaces.models import UNDO_DAYS


@dataclass(frozen=True)
class Stored:
    host: str
    stored_address: str
    salt_hours: int
    undo_days: int
    session_days: int
    audit_days: int
    has_google: bool
    attribution_days: int
    scan_days: int
    chat_days: int
    chat_idle_hours: int
    has_model: bool
    has_places: bool
    respects_wishes: bool


def describe_stored(settings: Settings) -> Stored:
    accounts, scans = settings[AccountSettings], settings[ScanSettings]
    chat = settings[ChatSettings]
    return Stored(
        host=settings.own_host,
        stored_address=scans.privacy_store_ip,
        salt_hours=int(SALT_LIFETIME.total_seconds() // 3600),
        undo_days=UNDO_DAYS,
        session_days=accounts.session_days,
        audit_days=settings[AuditSettings].audit_retention_days,
        has_google=accounts.has_google,
        attribution_days=scans.attribution_days,
        scan_days=scans.privacy_scan_retention_days,
        chat_days=chat.chat_retention_days,
        chat_idle_hours=chat.chat_idle_hours,
        has_model=bool(settings[AnswerSettings].llm_base_url),
        has_places=scans.geoip_database is not None,
        respects_wishes=scans.privacy_respect_dnt,
    )
