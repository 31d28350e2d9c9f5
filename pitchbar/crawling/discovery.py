"""What there is to read on a site, found within some seconds and requests, for people to tick."""

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from pitchbar.crawling import politeness
from pitchbar.crawling.addresses import is_same_site, normalise
from pitchbar.crawling.agent import agent_name
from pitchbar.crawling.errors import CrawlError
from pitchbar.crawling.feeds import read_feed
from pitchbar.crawling.fetching import fetch
from pitchbar.crawling.links import read_links
from pitchbar.crawling.patterns import Patterns
from pitchbar.crawling.robots import Site, origin_of, site_of
from pitchbar.crawling.sitemaps import (
    LeftOut,
    ask_for_sitemap,
    read_sitemap,
    usual_sitemap,
)
from pitchbar.crawling.traps import Traps
from pitchbar.crawling.tree import Branch, tree_of
from pitchbar.crawling.wishes import Fetched

URL, SITE, SITEMAP, FEED = "url", "site", "sitemap", "feed"
_MAX_SITEMAPS = 10
_MAX_LEFT_OUT = 500


@dataclass(frozen=True)
class Caps:
    """Within what to look."""

    seconds: float = 20.0
    requests: int = 12
    pages: int = 2000


@dataclass(frozen=True)
class FoundPage:
    """`found_in` says where its address stands, for people."""

    url: str
    found_in: str
    last_modified: datetime | None = None


@dataclass(frozen=True)
class Found:
    """Attributes:
    how: a sentence on where the pages were found.
    is_whole: all there is was looked at; else a crawl may find more.
    """

    pages: tuple[FoundPage, ...]
    how: str
    left_out: tuple[LeftOut, ...] = ()
    is_whole: bool = True

    @property
    def tree(self) -> list[Branch]:
        return tree_of(page.url for page in self.pages)


@dataclass(frozen=True)
class Scope:
    """What belongs to a source: its own host, those that were allowed, and by which patterns."""

    url: str
    hosts: tuple[str, ...] = ()
    patterns: Patterns = field(default_factory=Patterns)

    def refuse(self, url: str) -> str:
        """A sentence on why an address does not belong; "" when it does."""
        if not is_same_site(url, self.url) and politeness.host_of(url) not in self.hosts:
            return f"It is of another host, {urlsplit(url).netloc}."
        explained = self.patterns.explain(url)
        return "" if explained.is_included else explained.sentence


def discover(
    url: str,
    kind: str,
    caps: Caps | None = None,
    *,
    hosts: Iterable[str] = (),
    patterns: Patterns | None = None,
) -> Found:
    """Finds the pages of a source before it is crawled; waits for turns as the crawl does.

    Raises:
        CrawlError: the address is none, or nothing could be had of it.
    """
    start = normalise(url)
    scope = Scope(start, tuple(hosts), patterns or Patterns())
    search = _Search(scope, caps or Caps())
    if kind == URL:
        search.take(start, "You named it.")
        return search.found("It is the page that you named.")
    if kind == SITEMAP:
        search.look_into_sitemap(start, must_be_there=True)
        return search.found("From the sitemap that you named.")
    if kind == FEED:
        search.look_into_feed(start)
        return search.found("From the feed that you named.")
    return _discover_site(start, search)


def _discover_site(start: str, search: "_Search") -> Found:
    named = search.site(start).decide(start).sitemaps[:_MAX_SITEMAPS]
    for sitemap in named or (usual_sitemap(start),):
        search.look_into_sitemap(sitemap)
    if not search.is_whole and not search.pages:
        search.take(start, "You named it.")
        return search.found("Its sitemap takes longer than there is time; a crawl reads it whole.")
    if search.pages:
        search.take(start, "You named it.")
        how = "From the sitemap that its robots.txt names." if named else "From its sitemap.xml."
        return search.found(how)
    search.follow_links(start)
    return search.found("By the links from its first page, as it has no sitemap.")


class _Search:
    def __init__(self, scope: Scope, caps: Caps) -> None:
        self._scope = scope
        self._caps = caps
        self._until = time.monotonic() + caps.seconds
        self._requests_left = caps.requests
        self._sites: dict[str, Site] = {}
        self._traps = Traps()
        self._refused: dict[str, str] = {}
        self.pages: dict[str, FoundPage] = {}
        self.is_whole = True

    def found(self, how: str) -> Found:
        left_out = tuple(LeftOut(url, reason) for url, reason in self._refused.items())
        return Found(tuple(self.pages.values()), how, left_out, self.is_whole)

    def site(self, url: str) -> Site:
        origin = origin_of(url)
        if origin not in self._sites:
            self._sites[origin] = site_of(url)
        return self._sites[origin]

    def take(self, url: str, found_in: str, last_modified: datetime | None = None) -> bool:
        """Whether it belongs to the source, is allowed, and is not known yet."""
        if url in self.pages or url in self._refused:
            return False
        if len(self.pages) >= self._caps.pages:
            self.is_whole = False
            return False
        if reason := self._reason_against(url):
            self._leave_out(url, reason)
            return False
        self.pages[url] = FoundPage(url, found_in, last_modified)
        return True

    def look_into_sitemap(self, url: str, must_be_there: bool = False) -> None:
        sitemap = read_sitemap(url, lambda one: self._ask(one, is_sitemap=True))
        try:
            for entry in sitemap:
                self.take(entry.url, "It stands in the sitemap.", entry.last_modified)
        except CrawlError as error:
            if must_be_there:
                raise
            # Most sites have none where one is usual: nothing to tell.
            if error.kind not in ("http_404", "http_410"):
                self._leave_out(url, str(error))
        for one in sitemap.left_out:
            self._leave_out(one.url, one.reason)

    def look_into_feed(self, url: str) -> None:
        for entry in read_feed(self._ask(url)).entries:
            self.take(entry.url, "It stands in the feed.", entry.updated_at)

    def follow_links(self, start: str) -> None:
        """Breadth first; a page that cannot be had is left out, but for the first."""
        waiting = deque([start])
        while waiting:
            url = waiting.popleft()
            try:
                page = self._ask(url)
            except CrawlError as error:
                if url == start:
                    raise
                if error.kind == "over":
                    break
                self.pages.pop(url, None)
                self._leave_out(url, str(error))
                continue
            waiting.extend(self._follow(page, url))

    def _follow(self, page: Fetched, url: str) -> list[str]:
        self.take(url, "You named it.")
        if "html" not in page.content_type.lower():
            return []
        read = read_links(
            page.body, page.charset, page.final_url, agent=agent_name(), headers=dict(page.headers)
        )
        found_in = f"It is linked to on {urlsplit(url).path or '/'}."
        return [one for one in read.followed if self.take(one, found_in)]

    def _ask(self, url: str, is_sitemap: bool = False) -> Fetched:
        host = politeness.host_of(url)
        spacing = politeness.spacing_of(self.site(url).decide(url).delay)
        if not self._requests_left or not politeness.wait_for_turn(host, spacing, self._until):
            self.is_whole = False
            raise CrawlError("over", "There was no time to look into it; a crawl will.")
        self._requests_left -= 1
        return ask_for_sitemap(url) if is_sitemap else fetch(url)

    def _reason_against(self, url: str) -> str:
        if reason := self._scope.refuse(url):
            return reason
        try:
            decision = self.site(url).decide(url)
        except CrawlError as error:
            return str(error)
        return self._traps.admit(url) if decision.is_allowed else f"{decision.rule}."

    def _leave_out(self, url: str, reason: str) -> None:
        if len(self._refused) < _MAX_LEFT_OUT:
            self._refused[url] = reason
