from typing import Annotated

from pydantic import Field

from pitchbar.core.setting_types import SettingsGroup


class InboxSettings(SettingsGroup):
    # After so long, a request that nobody took no longer waits.
    inbox_release_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 5
