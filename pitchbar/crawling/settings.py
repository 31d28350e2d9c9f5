import re
from typing import Annotated

from pydantic import AfterValidator, Field

from pitchbar.core.setting_types import Seconds, SettingsGroup


def _is_product_token(value: str) -> str:
    # What robots.txt can name (RFC 9309, 2.2.1).
    if not re.fullmatch(r"[A-Za-z_-]{2,40}", value):
        raise ValueError("must be letters, - and _ only, such as PitchbarBot")
    return value


def _is_web_address(value: str) -> str:
    if value and not re.fullmatch(r"https?://[^/\s]\S*", value):
        raise ValueError("must start with https:// or http://")
    return value


class CrawlSettings(SettingsGroup):
    crawl_agent: Annotated[str, AfterValidator(_is_product_token)] = "PitchbarBot"
    crawl_host_pause: Seconds = 2.0
    crawl_timeout: Annotated[float, Field(ge=1, le=60)] = 15.0
    browser_render_url: Annotated[str, AfterValidator(_is_web_address)] = ""
