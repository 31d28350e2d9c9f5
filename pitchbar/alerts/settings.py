from pydantic import Field

from pitchbar.core.setting_types import SettingsGroup


class AlertSettings(SettingsGroup):
    alert_cooldown_minutes: int = Field(60, ge=0, le=10_080)
    alert_rules_most: int = Field(200, ge=1, le=10_000)
