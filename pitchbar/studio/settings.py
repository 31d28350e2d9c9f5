from pydantic import Field

from pitchbar.core.setting_types import Rate, SettingsGroup


class StudioSettings(SettingsGroup):
    # A slider that is moved asks some ten times a second.
    ratelimit_design_preview: Rate = "900/minute"
    # Each takes half a second of a processor.
    ratelimit_scan_check: Rate = "90/minute"
    design_images_max: int = Field(100, ge=1, le=10_000)
