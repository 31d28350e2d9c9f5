from pathlib import Path
from typing import Literal, Self

from pitchbar.core.setting_types import Rate, Seconds, SettingsGroup


class ScanSettings(SettingsGroup):
    spool_dir: Path = Path()
    privacy_store_ip: Literal["none", "truncated", "full"] = "truncated"
    robot_repeat_seconds: Seconds = 2.0
    resolver_max_stale_seconds: Seconds = 2.0
    ratelimit_redirect: Rate = "120/minute"

    def with_defaults_in(self, data_dir: Path) -> Self:
        if self.spool_dir == Path():
            return self.model_copy(update={"spool_dir": data_dir / "spool"})
        return self
