from pydantic import Field

from pitchbar.core.setting_types import SettingsGroup


class AgentSettings(SettingsGroup):
    agents_per_workspace: int = Field(25, ge=1)
    # Older ones than these are cleared away, but for the one that is published.
    agent_versions_kept: int = Field(50, ge=2)
