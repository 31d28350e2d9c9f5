"""The first pages of a generation: where it begins, by the kind of its source."""

from collections.abc import Iterable, Iterator

from pitchbar.core import clock
from pitchbar.crawling.addresses import normalise
from pitchbar.crawling.errors import CrawlError
from pitchbar.crawling.feeds import read_feed
from pitchbar.crawling.fetching import fetch
from pitchbar.crawling.robots import ask_robots
from pitchbar.crawling.sitemaps import read_sitemap, usual_sitemap
from pitchbar.crawling.traps import trap_of
from pitchbar.extensions import db
from pitchbar.jobs import Fail
from pitchbar.sources.crawls.previous import documents_by_url
from pitchbar.sources.crawls.queues import add_pages
from pitchbar.sources.crawls.uploads import read_upload
from pitchbar.sources.crawls.wanted import is_wanted_by
from pitchbar.sources.models import (
    FEED,
    FILE,
    READING,
    SITE,
    SITEMAP,
    TEXT,
    URL,
    Generation,
    Source,
)
from pitchbar.sources.telling import tell


def plan(generation_id: int) -> None:
    """Commits. A second time changes nothing.

    Raises:
        CrawlError: what lists the pages cannot be had for the moment.
        Fail: it never can.
    """
    generation = db.session.get(Generation, generation_id)
    if generation is None or generation.state != READING or generation.planned_at is not None:
        return
    source = generation.source
    if source.kind in (TEXT, FILE):
        read_upload(source, generation)
    else:
        _add(generation, source)
    generation.planned_at = clock.now()
    tell(generation.workspace_id, generation.source_id)
    db.session.commit()


def _add(generation: Generation, source: Source) -> None:
    try:
        found = list(_addresses(source))
    except CrawlError as error:
        if error.is_permanent:
            raise Fail(str(error)) from error
        generation.error = str(error)[:500]
        db.session.commit()
        raise
    for place, urls in found:
        add_pages(generation, urls, source.page_cap, found_in=place)
    if source.kind in (SITE, FEED) and source.active_generation_id and not source.chosen:
        # Also when the page that leads to them is down today, or the feed has moved on.
        known = documents_by_url(source.active_generation_id)
        add_pages(generation, _wanted(source, known), source.page_cap, found_in="the last reading")


def _addresses(source: Source) -> Iterator[tuple[str, list[str]]]:
    """Where they were found, and which."""
    db.session.commit()
    if source.chosen:
        yield "", list(source.chosen)
        return
    first = normalise(source.url)
    if source.kind == URL:
        yield "", [first]
    elif source.kind == SITE:
        yield "", [first]
        for sitemap in _sitemaps_of(first):
            yield sitemap, _wanted(source, _listed(sitemap))
    elif source.kind == SITEMAP:
        yield source.url, _wanted(source, (one.url for one in read_sitemap(source.url)))
    elif source.kind == FEED:
        feed = read_feed(fetch(source.url))
        yield source.url, _wanted(source, (one.url for one in feed.entries))


def _sitemaps_of(url: str) -> tuple[str, ...]:
    """Those that the site names, or the one at the usual place; links lead on without any."""
    try:
        named = ask_robots(url).sitemaps
    except CrawlError:
        return ()
    return named or (usual_sitemap(url),)


def _listed(sitemap: str) -> list[str]:
    try:
        return [one.url for one in read_sitemap(sitemap)]
    except CrawlError:
        return []


def _wanted(source: Source, urls: Iterable[str]) -> list[str]:
    is_wanted = is_wanted_by(source)
    normal = dict.fromkeys(map(normalise, urls))
    return [one for one in normal if one and is_wanted(one) and not trap_of(one)]
