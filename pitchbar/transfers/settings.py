from pydantic import Field

from pitchbar.core.setting_types import SettingsGroup


class TransferSettings(SettingsGroup):
    code_import_bytes: int = Field(30 * 1024 * 1024, ge=1024)
    code_import_rows: int = Field(100_000, ge=1, le=500_000)
