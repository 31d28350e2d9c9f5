from pitchbar.core.setting_types import NameList, SettingsGroup


class CodeSettings(SettingsGroup):
    qr_destination_host_allowlist: NameList = ()
