from pydantic import Field

from pitchbar.core.setting_types import SettingsGroup


class JobSettings(SettingsGroup):
    failed_jobs_days: int = Field(90, ge=1)
    failed_jobs_most: int = Field(100_000, ge=1)
