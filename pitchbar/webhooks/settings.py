from typing import Annotated

from pydantic import AfterValidator, Field

from pitchbar.core.setting_types import SettingsGroup

_LONGEST_SECONDS = 172_800


def _are_waits(value: str) -> str:
    try:
        waits = read_waits(value)
    except ValueError:
        waits = (-1.0,)
    if not all(0 <= one <= _LONGEST_SECONDS for one in waits):
        raise ValueError("must be seconds, at most two days each, separated by commas: 5,60,300")
    return value


def read_waits(text: str) -> tuple[float, ...]:
    """Seconds before the second try, the third and so on."""
    return tuple(float(part) for part in text.split(",") if part.strip())


class WebhookSettings(SettingsGroup):
    # 8 tries over about a day.
    webhook_waits: Annotated[str, AfterValidator(_are_waits)] = "5,60,300,1800,7200,21600,54000"
    webhook_timeout_seconds: float = Field(15.0, ge=0.1, le=60)
    # For each endpoint.
    webhook_concurrency: int = Field(5, ge=1, le=100)
    webhook_rate: float = Field(50.0, gt=0, le=10_000)
    # For each process that delivers, and how many of them do.
    webhook_threads: int = Field(64, ge=2, le=512)
    webhook_pumps: int = Field(1, ge=1, le=16)
    webhook_disable_days: float = Field(3.0, gt=0)
    webhook_log_days: int = Field(30, ge=1)
    webhook_endpoints_per_workspace: int = Field(20, ge=1)
