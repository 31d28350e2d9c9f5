from pitchbar.core.setting_types import NameList, Rate, SettingsGroup


class CodeSettings(SettingsGroup):
    qr_destination_host_allowlist: NameList = ()
    ratelimit_code_preview: Rate = "240/minute"
