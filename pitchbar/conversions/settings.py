from pitchbar.core.setting_types import Rate, SettingsGroup


class ConversionSettings(SettingsGroup):
    ratelimit_pixel: Rate = "600/minute"
