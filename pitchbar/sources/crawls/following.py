"""Where a page leads: to the address that it calls its own, and to others of its site."""

from collections.abc import Callable

from sqlalchemy import select

from pitchbar.crawling.addresses import normalise
from pitchbar.crawling.links import PageLinks
from pitchbar.crawling.traps import Traps
from pitchbar.extensions import db
from pitchbar.sources.crawls.previous import page_of
from pitchbar.sources.crawls.queues import add_pages, hash_of
from pitchbar.sources.models import OPEN_PAGES, READ, SITE, UNCHANGED, Generation, Page, Source

Skip = tuple[str, str]


def follow(
    page: Page, source: Source, final_url: str, links: PageLinks, is_wanted: Callable[[str], bool]
) -> Skip | None:
    """Adds what it links to. Returns a word and a sentence when the page itself is not to be kept,
    None when it is.
    """
    generation = db.session.get_one(Generation, page.generation_id)
    if source.kind == SITE and not source.chosen:
        _add_links(generation, source, page, links.followed, is_wanted)
    if links.is_noindex:
        return "noindex", "The page asks not to be kept (noindex)."
    if source.is_crawled and source.kind != "url":
        return _elsewhere(generation, source, page, final_url, links.canonical, is_wanted)
    return None


def _add_links(
    generation: Generation,
    source: Source,
    page: Page,
    urls: tuple[str, ...],
    is_wanted: Callable[[str], bool],
) -> None:
    wanted = [one for one in dict.fromkeys(map(normalise, urls)) if one and is_wanted(one)]
    fresh = _unknown(generation, wanted)
    if not fresh:
        return
    # All of them, which is much: but soon pages of a site lead to known ones alone.
    traps = Traps(db.session.scalars(select(Page.url).where(Page.generation_id == generation.id)))
    admitted = [one for one in fresh if not traps.admit(one)]
    add_pages(generation, admitted, source.page_cap, depth=page.depth + 1, found_in=page.url)


def _unknown(generation: Generation, urls: list[str]) -> list[str]:
    hashes = {hash_of(url): url for url in urls}
    if not hashes:
        return []
    known = db.session.scalars(
        select(Page.url_hash).where(
            Page.generation_id == generation.id, Page.url_hash.in_(list(hashes))
        )
    )
    there = {hashes[one] for one in known}
    return [url for url in urls if url not in there]


def _elsewhere(
    generation: Generation,
    source: Source,
    page: Page,
    final_url: str,
    canonical: str,
    is_wanted: Callable[[str], bool],
) -> Skip | None:
    """The same page under the address that counts is kept in its place, where that is one of the
    source.
    """
    for target, reason, sentence in (
        (normalise(final_url), "redirect", "It leads to {}, which is read by itself."),
        (normalise(canonical) if canonical else "", "canonical", "Its main address is {}."),
    ):
        if not target or target == page.url or not is_wanted(target):
            continue
        add_pages(generation, [target], source.page_cap, depth=page.depth, found_in=page.url)
        other = page_of(generation, hash_of(target))
        if other is not None and other.state in (*OPEN_PAGES, READ, UNCHANGED):
            return reason, sentence.format(target)[:500]
    return None
