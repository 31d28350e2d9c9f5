from typing import Annotated

from pydantic import Field

from pitchbar.core.setting_types import Days, Rate, Seconds, SettingsGroup


class LinkHealthSettings(SettingsGroup):
    # 0: nothing is looked at by itself.
    link_check_hours: Annotated[int, Field(ge=0)] = 24
    link_retry_minutes: Annotated[int, Field(ge=1)] = 60
    link_host_pause: Seconds = 1.0
    link_history_days: Days = 365
    ratelimit_link_check: Rate = "6/minute"
