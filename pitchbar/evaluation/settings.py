from pydantic import Field

from pitchbar.core.setting_types import SettingsGroup


class EvaluationSettings(SettingsGroup):
    regression_questions_per_agent: int = Field(300, ge=1)
    regression_runs_kept: int = Field(50, ge=2)
