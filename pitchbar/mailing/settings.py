from pydantic import field_validator

from pitchbar.core.setting_types import SettingsGroup


class MailSettings(SettingsGroup):
    mail_url: str = ""
    mail_from: str = "Pitchbar <pitchbar@localhost>"

    @field_validator("mail_url")
    @classmethod
    def _is_smtp(cls, value: str) -> str:
        if value and not value.startswith(("smtp://", "smtps://")):
            raise ValueError("must start with smtp:// or smtps://")
        return value
