from typing import Annotated, Self

from pydantic import Field, model_validator

from pitchbar.core.setting_types import HttpsUrl, Rate, SettingsGroup

_LinkMinutes = Annotated[int, Field(ge=1, le=10_080)]


class AccountSettings(SettingsGroup):
    password_reset_minutes: _LinkMinutes = 60
    email_change_minutes: _LinkMinutes = 60
    email_verification_hours: int = Field(72, ge=1, le=720)
    session_days: int = Field(30, ge=1, le=365)

    google_client_id: str = ""
    google_client_secret: str = ""
    google_server_metadata_url: HttpsUrl = (
        "https://accounts.google.com/.well-known/openid-configuration"
    )

    ratelimit_login: Rate = "5/minute"
    ratelimit_login_account: Rate = "30/minute"
    ratelimit_signup: Rate = "20/hour"
    ratelimit_signup_all: Rate = "300/hour"
    ratelimit_taken: Rate = "5/day"
    ratelimit_taken_all: Rate = "60/hour"
    ratelimit_verification: Rate = "5/hour"
    ratelimit_two_factor: Rate = "5/minute"
    ratelimit_two_factor_account: Rate = "30/hour"
    ratelimit_confirm: Rate = "5/minute"
    ratelimit_reset: Rate = "5/minute"
    ratelimit_reset_account: Rate = "5/hour"

    @property
    def has_google(self) -> bool:
        return bool(self.google_client_id)

    @model_validator(mode="after")
    def _has_all_of_google(self) -> Self:
        if bool(self.google_client_id) != bool(self.google_client_secret):
            raise ValueError("GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET belong together: set both")
        return self
