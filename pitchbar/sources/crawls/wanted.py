"""Which addresses belong to a source."""

from collections.abc import Callable

from pitchbar.crawling.discovery import Scope
from pitchbar.crawling.patterns import Patterns
from pitchbar.sources.models import FEED, SITE, SITEMAP, Source


def scope_of(source: Source) -> Scope:
    patterns = Patterns(tuple(source.include), tuple(source.exclude))
    return Scope(source.url, tuple(source.hosts), patterns)


def is_wanted_by(source: Source) -> Callable[[str], bool]:
    """By its patterns, its hosts, and the pages that were ticked, if any were. A feed may list
    pages of anybody.
    """
    scope, chosen = scope_of(source), set(source.chosen)

    def is_wanted(url: str) -> bool:
        if not url or source.kind not in (SITE, SITEMAP, FEED):
            return True
        if chosen:
            return url in chosen
        if source.kind == FEED:
            return scope.patterns.allows(url)
        return not scope.refuse(url)

    return is_wanted


def may_lead_to(source: Source) -> Callable[[str], bool]:
    """Where redirects may lead; a page that was ticked may have moved within its site."""
    scope = scope_of(source)
    if source.kind not in (SITE, SITEMAP):
        return lambda _url: True
    return lambda url: not scope.refuse(url)
