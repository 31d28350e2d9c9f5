from pydantic import Field

from pitchbar.core.setting_types import SettingsGroup


class CurationSettings(SettingsGroup):
    curated_answers_per_workspace: int = Field(500, ge=1)
