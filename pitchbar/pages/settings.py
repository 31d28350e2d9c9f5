from typing import Literal

from pitchbar.core.setting_types import HttpsUrl, SettingsGroup


class PageSettings(SettingsGroup):
    source_url: HttpsUrl | Literal[""] = ""
