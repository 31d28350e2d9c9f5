"""Where pages open their sockets."""

from pydantic import Field, field_validator

from pitchbar.core import hosts
from pitchbar.core.setting_types import SettingsGroup


class LiveSettings(SettingsGroup):
    realtime_url: str = Field("", description="Empty: the host of the pages themselves.")

    @field_validator("realtime_url")
    @classmethod
    def _is_origin(cls, value: str) -> str:
        return hosts.check_origin(value) if value else ""
