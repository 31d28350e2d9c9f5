"""Which scans no person made, and why we think so."""

import re
from functools import lru_cache

import crawleruseragents

from pitchbar.scans.accepted import AcceptedScan

# As people read them. `repeat` is found by the enrichment, which knows what came before.
ROBOT_LABELS = {
    "known_agent": "known robot",
    "link_preview": "link preview",
    "head": "checked the link only",
    "prefetch": "loaded ahead",
    "repeat": "repeat within seconds",
    "no_agent": "names no browser",
}

# Fetchers that draw a preview of a link in a chat or a post.
_PREVIEWS = re.compile(
    r"facebookexternalhit|facebookcatalog|Twitterbot|Slackbot|Slack-ImgProxy|LinkedInBot|WhatsApp/|"
    r"TelegramBot|Discordbot|SkypeUriPreview|redditbot|Pinterestbot|Viber|vkShare|Mastodon/|"
    r"Bluesky|Iframely|Embedly|Google-PageRenderer|MicrosoftPreview|BingPreview|Snap URL Preview",
    re.IGNORECASE,
)
# "prefetch", "prefetch;prerender", "preview": a browser that looks ahead of its person.
_AHEAD = re.compile("prefetch|prerender|preview", re.IGNORECASE)


def find_robot_reason(scan: AcceptedScan) -> str | None:
    """A key of ROBOT_LABELS, or None for what a person may have made."""
    if scan.method == "HEAD":
        return "head"
    if scan.purpose and _AHEAD.search(scan.purpose):
        return "prefetch"
    return robot_reason_of_agent(scan.user_agent)


@lru_cache(maxsize=16384)
def robot_reason_of_agent(user_agent: str) -> str | None:
    """Searched once for each distinct header: the list of known robots is long."""
    if not user_agent:
        return "no_agent"
    if _PREVIEWS.search(user_agent):
        return "link_preview"
    return "known_agent" if crawleruseragents.is_crawler(user_agent) else None
