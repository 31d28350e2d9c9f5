"""Which device a User-Agent header speaks for, in words that its owner recognises."""

from dataclasses import dataclass
from functools import lru_cache

import ua_parser

_UNKNOWN = {"", "Other"}
_SYSTEMS = {"Mac OS X": "macOS"}


@dataclass(frozen=True, slots=True)
class Device:
    """`name` such as "Firefox on Windows"; `kind` is "phone", "tablet" or "computer"."""

    name: str
    kind: str


@lru_cache(maxsize=1024)
def read_device(user_agent: str) -> Device:
    """Unknown is said to be unknown, never guessed."""
    parsed = ua_parser.parse(user_agent)
    browser = parsed.user_agent.family if parsed.user_agent else ""
    browser = browser.removeprefix("Mobile ").removesuffix(" Mobile")
    system = parsed.os.family if parsed.os else ""
    if system == "iOS" and parsed.device:
        system = parsed.device.family
    return Device(_name(browser, _SYSTEMS.get(system, system)), _kind(user_agent, system))


def _name(browser: str, system: str) -> str:
    known = [part for part in (browser, system) if part not in _UNKNOWN]
    return " on ".join(known) or "Unknown device"


def _kind(user_agent: str, system: str) -> str:
    if system == "iPad" or (system == "Android" and "Mobi" not in user_agent):
        return "tablet"
    return "phone" if "Mobi" in user_agent else "computer"
