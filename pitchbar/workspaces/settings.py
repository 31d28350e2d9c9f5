from pydantic import Field

from pitchbar.core.setting_types import Rate, SettingsGroup


class WorkspaceSettings(SettingsGroup):
    invitation_days: int = Field(7, ge=1, le=90)
    tokens_per_workspace: int = Field(50, ge=1, le=1000)
    ratelimit_invitation: Rate = "30/hour"
