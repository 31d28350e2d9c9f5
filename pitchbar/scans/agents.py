"""What a User-Agent header says: device, system, browser, and whether a robot sent it."""

import re
from dataclasses import dataclass
from functools import lru_cache

import crawleruseragents
import ua_parser

# Fetchers that draw a preview of a link in a chat or a post.
_PREVIEWS = re.compile(
    r"facebookexternalhit|facebookcatalog|Twitterbot|Slackbot|Slack-ImgProxy|LinkedInBot|WhatsApp/|"
    r"TelegramBot|Discordbot|SkypeUriPreview|redditbot|Pinterestbot|Viber|vkShare|Mastodon/|"
    r"Bluesky|Iframely|Embedly|Google-PageRenderer|MicrosoftPreview|BingPreview|Snap URL Preview",
    re.IGNORECASE,
)
_TABLET = re.compile(r"iPad|Tablet|PlayBook|Silk/|Kindle|SM-T\d|Nexus (?:7|9|10)\b", re.IGNORECASE)
_PHONE = re.compile(r"Mobi|iPhone|iPod|Windows Phone|BlackBerry|Opera Mini", re.IGNORECASE)
_TV = re.compile(
    r"SmartTV|SMART-TV|AppleTV|GoogleTV|HbbTV|Web0S|Tizen.+TV|BRAVIA|Roku", re.IGNORECASE
)
_DESKTOPS = ("Windows", "Mac OS X", "Linux", "Ubuntu", "Fedora", "Chrome OS", "FreeBSD", "Debian")


@dataclass(frozen=True, slots=True)
class Agent:
    """Every part may be None: unknown is never guessed."""

    device: str | None
    os: str | None
    browser: str | None
    robot_reason: str | None


@lru_cache(maxsize=16384)
def read_agent(user_agent: str) -> Agent:
    """Parses the header once for each distinct value."""
    reason = _robot_reason(user_agent)
    if not user_agent:
        return Agent(None, None, None, reason)
    parsed = ua_parser.parse(user_agent)
    os = parsed.os.family if parsed.os else None
    browser = parsed.user_agent.family if parsed.user_agent else None
    os = None if os == "Other" else os
    browser = None if browser == "Other" else browser
    return Agent(_device(user_agent, os), _cut(os), _cut(browser), reason)


def _robot_reason(user_agent: str) -> str | None:
    if not user_agent:
        return "no_agent"
    if _PREVIEWS.search(user_agent):
        return "link_preview"
    if crawleruseragents.is_crawler(user_agent):
        return "known_agent"
    return None


def _device(user_agent: str, os: str | None) -> str | None:
    if _TV.search(user_agent):
        return "tv"
    if _TABLET.search(user_agent) or ("Android" in user_agent and "Mobi" not in user_agent):
        return "tablet"
    if _PHONE.search(user_agent):
        return "phone"
    return "desktop" if os and os.startswith(_DESKTOPS) else None


def _cut(text: str | None) -> str | None:
    return text[:64] if text else None
