"""Every setting, typed, read once from the environment.

`NAME_FILE=/path` gives the value of `NAME` from a file, so that secrets need not stand in the
environment. A value that does not fit stops the start with a sentence that names the variable.
"""

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pitchbar.core.environment import SettingsError as SettingsError
from pitchbar.core.environment import read_environment
from pitchbar.core.limits import parse_rate as parse_rate
from pitchbar.core.limits import parse_thresholds


class Settings(BaseModel):
    """The whole configuration; see docs/settings.md for one line on each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    app_env: Literal["development", "preview", "staging", "production"] = "development"
    app_key: str = ""
    app_url: str = "http://localhost:8000"
    port: int = Field(8000, ge=1, le=65535)
    data_dir: Path = Path("var")
    spool_dir: Path = Path()
    database_url: str = ""
    redis_url: str = ""
    ops_email_allowlist: tuple[str, ...] = ()
    metrics_token: str = ""
    queue_wait_alerts: str = "ingestion=60,analytics=300,crawl=1800,index=600,default=300"
    trusted_proxies: int = Field(0, ge=0, le=10)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    mail_url: str = ""
    mail_from: str = "Pitchbar <pitchbar@localhost>"

    invitation_days: int = Field(7, ge=1, le=90)
    audit_retention_days: int = Field(365, ge=0)
    password_reset_minutes: int = Field(60, ge=1, le=10_080)
    email_change_minutes: int = Field(60, ge=1, le=10_080)
    session_days: int = Field(30, ge=1, le=365)
    google_client_id: str = ""
    google_client_secret: str = ""
    google_server_metadata_url: str = "https://accounts.google.com/.well-known/openid-configuration"

    qr_destination_host_allowlist: tuple[str, ...] = ()
    privacy_store_ip: Literal["none", "truncated", "full"] = "truncated"
    robot_repeat_seconds: float = Field(2.0, ge=0, le=60)
    resolver_max_stale_seconds: float = Field(2.0, ge=0, le=60)
    live_max_sockets: int = Field(40, ge=0)

    internal_queue_token: str = ""
    cloudflare_account_id: str = ""
    cloudflare_api_token: str = ""
    cloudflare_api_base: str = "https://api.cloudflare.com/client/v4"
    cron_worker_name: str = "pitchbar-queue-tick"

    ratelimit_enabled: bool = True
    ratelimit_redirect: str = "120/minute"
    ratelimit_login: str = "5/minute"
    ratelimit_signup: str = "20/hour"
    ratelimit_two_factor: str = "5/minute"
    ratelimit_two_factor_account: str = "30/hour"
    ratelimit_confirm: str = "5/minute"
    ratelimit_reset: str = "5/minute"
    ratelimit_reset_account: str = "20/day"
    ratelimit_api: str = "120/minute"
    idempotency_hours: int = Field(24, ge=1, le=24 * 30)
    ratelimit_invitation: str = "30/hour"

    @field_validator("app_url")
    @classmethod
    def _is_origin(cls, value: str) -> str:
        if not re.fullmatch(r"https?://[^/\s?#@]+/?", value):
            raise ValueError("must be an address such as https://pitchbar.example, without a path")
        return value.rstrip("/")

    @field_validator("internal_queue_token")
    @classmethod
    def _is_long(cls, value: str) -> str:
        # Whoever has it can start jobs, and nothing slows down guessing.
        if value and (len(value) < 24 or not re.fullmatch(r"[!-~]+", value)):
            raise ValueError("must have at least 24 characters, and neither spaces nor umlauts")
        return value

    @field_validator("cloudflare_api_base")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        # The API token travels there; http is for the fake of the tests alone.
        if not re.match(r"https://[^/\s]+|http://127\.0\.0\.1(:\d+)?(/|$)", value):
            raise ValueError("must start with https://")
        return value.rstrip("/")

    @field_validator("cron_worker_name")
    @classmethod
    def _is_script_name(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", value):
            raise ValueError("must be of lower-case letters, digits, - and _, 63 at most")
        return value

    @field_validator("qr_destination_host_allowlist", "ops_email_allowlist", mode="before")
    @classmethod
    def _split_list(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip().lower() for part in value.split(",") if part.strip())
        return value

    @field_validator(
        "ratelimit_redirect",
        "ratelimit_login",
        "ratelimit_signup",
        "ratelimit_api",
        "ratelimit_invitation",
    )
    @classmethod
    def _is_rate(cls, value: str) -> str:
        parse_rate(value)
        return value

    @field_validator(
        "ratelimit_two_factor",
        "ratelimit_two_factor_account",
        "ratelimit_confirm",
        "ratelimit_reset",
        "ratelimit_reset_account",
    )
    @classmethod
    def _is_account_rate(cls, value: str) -> str:
        return cls._is_rate(value)

    @field_validator("google_server_metadata_url")
    @classmethod
    def _is_https(cls, value: str) -> str:
        if not re.fullmatch(r"(https://|http://(127\.0\.0\.1|localhost)[:/])\S+", value):
            raise ValueError("must start with https:// (or http:// on this machine, for tests)")
        return value

    @model_validator(mode="after")
    def _has_all_of_google(self) -> Self:
        if bool(self.google_client_id) != bool(self.google_client_secret):
            raise ValueError("GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET belong together: set both")
        return self

    @field_validator("database_url")
    @classmethod
    def _name_driver(cls, value: str) -> str:
        # Hosts hand out postgres://, which SQLAlchemy does not know.
        for scheme in ("postgres://", "postgresql://"):
            if value.startswith(scheme):
                return "postgresql+psycopg://" + value.removeprefix(scheme)
        if value and not value.startswith(("postgresql+psycopg://", "sqlite:///")):
            raise ValueError("must start with postgresql:// or sqlite:///")
        return value

    @field_validator("queue_wait_alerts")
    @classmethod
    def _are_thresholds(cls, value: str) -> str:
        parse_thresholds(value)
        return value

    @field_validator("mail_url")
    @classmethod
    def _is_smtp(cls, value: str) -> str:
        if value and not value.startswith(("smtp://", "smtps://")):
            raise ValueError("must start with smtp:// or smtps://")
        return value

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must start with redis://, rediss:// or unix://")
        return value

    @model_validator(mode="after")
    def _fill_from_data_dir(self) -> Self:
        data_dir = self.data_dir.absolute()
        object.__setattr__(self, "data_dir", data_dir)
        if self.spool_dir == Path():
            object.__setattr__(self, "spool_dir", data_dir / "spool")
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{data_dir / 'pitchbar.db'}")
        return self

    @property
    def queue_wait_thresholds(self) -> dict[str, int]:
        """Seconds that a queue's oldest job may wait before operators are told."""
        return parse_thresholds(self.queue_wait_alerts)

    @property
    def is_development(self) -> bool:
        return self.app_env == "development"

    @property
    def has_google(self) -> bool:
        return bool(self.google_client_id)

    @property
    def uses_tls(self) -> bool:
        return self.app_url.startswith("https://")

    @property
    def own_host(self) -> str:
        """The host of our own addresses, without port, lower case."""
        return self.app_url.split("://", 1)[1].rsplit("@")[-1].split(":")[0].lower()


def current_settings() -> Settings:
    """The settings of the application that is at work: a request, a job, or a command."""
    # Here, because the edge reads settings too and runs without Flask.
    from flask import current_app

    settings: Settings = current_app.extensions["settings"]
    return settings


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Reads the settings from the environment.

    Raises:
        SettingsError: a variable is malformed, or a needed one is missing.
    """
    environ = os.environ if environ is None else environ
    values = read_environment(tuple(Settings.model_fields), environ)
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "the settings"
        sentence = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{name} is not usable: {sentence}.") from None
    if settings.app_key:
        return settings
    if not settings.is_development:
        raise SettingsError(
            f"APP_KEY is missing: APP_ENV={settings.app_env} needs a long random secret."
        )
    return settings.model_copy(update={"app_key": _development_key(settings.data_dir)})


def _development_key(data_dir: Path) -> str:
    """A key kept beside the data, so that sign-ins outlive a restart of `bin/dev`."""
    path = data_dir / "app_key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()
