from pydantic import Field

from pitchbar.core.setting_types import Rate, SettingsGroup


class WorkspaceSettings(SettingsGroup):
    invitation_days: int = Field(7, ge=1, le=90)
    ratelimit_invitation: Rate = "30/hour"
