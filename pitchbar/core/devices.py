"""Which device, system and browser a User-Agent header speaks of."""

from dataclasses import dataclass
from functools import lru_cache

import ua_parser

from pitchbar.core.device_kinds import find_kind
from pitchbar.core.device_names import find_browser, find_system


@dataclass(frozen=True, slots=True)
class Device:
    """`kind` is "phone", "tablet", "tv", "desktop", "console", "watch" or "headset"; `name` is what
    its owner would say, such as "Firefox on Windows". Every other part may be None: unknown is
    never guessed.
    """

    kind: str | None
    os: str | None
    browser: str | None
    name: str = "Unknown device"


@lru_cache(maxsize=16384)
def read_device(user_agent: str) -> Device:
    """Parses the header once for each distinct value."""
    if not user_agent:
        return Device(None, None, None)
    parsed = ua_parser.parse(user_agent)
    os = _fit(find_system(user_agent, _known(parsed.os.family if parsed.os else None)))
    browser = _fit(
        find_browser(user_agent, _known(parsed.user_agent.family if parsed.user_agent else None))
    )
    model = _known(parsed.device.family if parsed.device else None)
    return Device(find_kind(user_agent), os, browser, _name(browser, os, model))


def _known(family: str | None) -> str | None:
    return family if family and family != "Other" else None


def _fit(name: str | None) -> str | None:
    return name[:64] if name else None


def _name(browser: str | None, os: str | None, model: str | None) -> str:
    # People say iPhone or iPad.
    system = model or os if os == "iOS" else os
    return " on ".join(part for part in (browser, system) if part) or "Unknown device"
