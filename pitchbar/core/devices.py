"""Which device, system and browser a User-Agent header speaks of."""

import re
from dataclasses import dataclass
from functools import lru_cache

import ua_parser

_TABLET = re.compile(r"iPad|Tablet|PlayBook|Silk/|Kindle|SM-T\d|Nexus (?:7|9|10)\b", re.IGNORECASE)
_PHONE = re.compile(r"Mobi|iPhone|iPod|Windows Phone|BlackBerry|Opera Mini", re.IGNORECASE)
_TV = re.compile(
    r"SmartTV|SMART-TV|AppleTV|GoogleTV|HbbTV|Web0S|Tizen.+TV|BRAVIA|Roku", re.IGNORECASE
)
_DESKTOPS = ("Windows", "Mac OS X", "Linux", "Ubuntu", "Fedora", "Chrome OS", "FreeBSD", "Debian")


@dataclass(frozen=True, slots=True)
class Device:
    """`kind` is "phone", "tablet", "tv" or "desktop"; `name` is what its owner would say, such as
    "Firefox on Windows". Every other part may be None: unknown is never guessed.
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
    os = _known(parsed.os.family if parsed.os else None)
    browser = _known(parsed.user_agent.family if parsed.user_agent else None)
    model = parsed.device.family if parsed.device else None
    return Device(_kind(user_agent, os), os, browser, _name(browser, os, model))


def _known(family: str | None) -> str | None:
    return family[:64] if family and family != "Other" else None


def _kind(user_agent: str, os: str | None) -> str | None:
    if _TV.search(user_agent):
        return "tv"
    if _TABLET.search(user_agent) or ("Android" in user_agent and "Mobi" not in user_agent):
        return "tablet"
    if _PHONE.search(user_agent):
        return "phone"
    return "desktop" if os and os.startswith(_DESKTOPS) else None


def _name(browser: str | None, os: str | None, model: str | None) -> str:
    if browser:
        browser = browser.removeprefix("Mobile ").removesuffix(" Mobile")
    # People say iPhone or iPad, and macOS.
    system = {"Mac OS X": "macOS", "iOS": _known(model) or "iOS"}.get(os or "", os)
    return " on ".join(part for part in (browser, system) if part) or "Unknown device"
