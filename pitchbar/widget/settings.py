from pydantic import field_validator

from pitchbar.core.hosts import check_origin
from pitchbar.core.setting_types import Rate, SettingsGroup


class WidgetSettings(SettingsGroup):
    # Where customers' pages load the widget's files, such as a CDN before this installation.
    widget_url: str = ""
    ratelimit_install_check: Rate = "12/minute"
    ratelimit_widget_look: Rate = "300/minute"

    @field_validator("widget_url")
    @classmethod
    def _is_origin(cls, value: str) -> str:
        return check_origin(value) if value else value
