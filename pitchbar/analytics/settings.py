from pydantic import Field

from pitchbar.core.setting_types import SettingsGroup


class AnalyticsSettings(SettingsGroup):
    analytics_timeout_seconds: float = Field(8.0, gt=0, le=120)
