from pydantic import Field

from pitchbar.core.setting_types import Rate, SettingsGroup


class ApiSettings(SettingsGroup):
    idempotency_hours: int = Field(24, ge=1, le=24 * 30)
    ratelimit_api: Rate = "120/minute"
    ratelimit_api_workspace: Rate = "600/minute"
