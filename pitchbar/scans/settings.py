from pathlib import Path
from typing import Literal, Self

from pydantic import Field

from pitchbar.core.setting_types import Days, KeyList, Rate, Seconds, SettingsGroup


class ScanSettings(SettingsGroup):
    spool_dir: Path = Path()
    spool_overflow_bytes: int = Field(64 << 20, ge=1 << 20)
    spool_wait_alert: int = Field(120, ge=1)
    rejected_file_bytes: int = Field(16 << 20, ge=1)
    privacy_respect_dnt: bool = False
    privacy_scan_retention_days: Days = 365
    privacy_store_ip: Literal["none", "truncated", "full"] = "truncated"
    robot_repeat_seconds: Seconds = 2.0
    shared_address_visitors: int = Field(4, ge=1)
    resolver_max_stale_seconds: Seconds = 2.0
    attribution_days: Days = Field(30, ge=1, le=3650)
    attribution_old_keys: KeyList = ()
    ratelimit_redirect: Rate = "600/minute"
    ratelimit_redirect_max: Rate = "3000/minute"
    ratelimit_unknown_code: Rate = "60/minute"
    ratelimit_code_password: Rate = "10/minute"  # noqa: S105  # a rate
    quota_enabled: bool = True
    geoip_database: Path | None = None

    def with_defaults_in(self, data_dir: Path) -> Self:
        if self.spool_dir == Path():
            return self.model_copy(update={"spool_dir": data_dir / "spool"})
        return self
