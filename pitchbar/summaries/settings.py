from typing import Annotated

from pydantic import Field

from pitchbar.core.setting_types import SettingsGroup


class SummarySettings(SettingsGroup):
    summary_hour: Annotated[int, Field(ge=0, le=23)] = 8
