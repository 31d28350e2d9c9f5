"""Which addresses belong to a source."""

from collections.abc import Callable
from urllib.parse import urlsplit

from pitchbar.crawling.patterns import Patterns
from pitchbar.sources.models import FEED, SITE, SITEMAP, Source


def is_wanted_by(source: Source) -> Callable[[str], bool]:
    """By its patterns, its hosts, and the pages that were ticked, if any were."""
    patterns = Patterns(tuple(source.include), tuple(source.exclude))
    hosts = {_host(source.url), *source.hosts}
    chosen = set(source.chosen)

    def is_wanted(url: str) -> bool:
        if not url or source.kind not in (SITE, SITEMAP, FEED):
            return True
        if chosen and url not in chosen:
            return False
        return (source.kind == FEED or _host(url) in hosts) and patterns.allows(url)

    return is_wanted


def _host(url: str) -> str:
    host = (urlsplit(url).hostname or "").lower()
    return host.removeprefix("www.")
