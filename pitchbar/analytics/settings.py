import re
from typing import Annotated

from pydantic import AfterValidator, Field

from pitchbar.core.setting_types import SettingsGroup


def _is_clickhouse(value: str) -> str:
    if value and not re.fullmatch(r"https?://[^/\s]+(/\w*)?", value):
        raise ValueError("must look like https://user:password@host:8443/database")
    return value


class AnalyticsSettings(SettingsGroup):
    analytics_timeout_seconds: float = Field(8.0, gt=0, le=120)
    clickhouse_url: Annotated[str, AfterValidator(_is_clickhouse)] = ""
    clickhouse_timeout: float = Field(10.0, ge=1, le=60)
    clickhouse_waiting_scans: int = Field(5_000_000, ge=1)
