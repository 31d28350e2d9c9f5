from pydantic import field_validator

from pitchbar.core.setting_types import Rate, SettingsGroup


class MailSettings(SettingsGroup):
    mail_url: str = ""
    ratelimit_mail_strangers: Rate = "100/hour"
    mail_from: str = "Pitchbar <pitchbar@localhost>"

    @field_validator("mail_url")
    @classmethod
    def _is_smtp(cls, value: str) -> str:
        if value and not value.startswith(("smtp://", "smtps://")):
            raise ValueError("must start with smtp:// or smtps://")
        return value
