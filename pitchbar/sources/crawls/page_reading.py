"""One page: asked for, read, and what became of it put down."""

import time
from dataclasses import dataclass

from pitchbar.core import clock
from pitchbar.crawling import politeness
from pitchbar.crawling.agent import agent_name
from pitchbar.crawling.errors import THROTTLED_SECONDS, CrawlError
from pitchbar.crawling.fetching import fetch
from pitchbar.crawling.links import PageLinks, read_links
from pitchbar.crawling.rendering import can_render, render
from pitchbar.crawling.robots import ask_robots
from pitchbar.crawling.wishes import Fetched, MayFollow
from pitchbar.extensions import db
from pitchbar.jobs import Release
from pitchbar.reading.files import read_file
from pitchbar.reading.gates import GATES
from pitchbar.reading.pages import read_html
from pitchbar.reading.results import ReadText, Unreadable
from pitchbar.sources.crawls.following import follow
from pitchbar.sources.crawls.previous import Before, find_before
from pitchbar.sources.crawls.storing import store_document
from pitchbar.sources.crawls.wanted import is_wanted_by, may_lead_to
from pitchbar.sources.models import (
    CALLED,
    MISSED,
    QUEUED,
    READ,
    SKIPPED,
    UNCHANGED,
    Page,
    Source,
)
from pitchbar.sources.plan_pages import BEYOND, find_lack_of_pages
from pitchbar.sources.settings import SourceSettings
from pitchbar.sources.telling import tell

# For a browser's turn, within the 90 seconds of a job.
_TURN_SECONDS = 30.0
_HTML = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True)
class Outcome:
    """Why a page has nothing to offer: a word for programs and a sentence for people."""

    reason: str
    detail: str


def read_page(page_id: int, settings: SourceSettings) -> int | None:
    """Reads it, and commits. Returns its generation when it is done with, None when somebody else
    has done it.

    Raises:
        Release: not yet; the try does not count.
        CrawlError: it cannot be had for the moment.
    """
    page = db.session.get(Page, page_id)
    if page is None or page.state != CALLED:
        return page.generation_id if page else None
    source = db.session.get(Source, page.source_id)
    if source is None or source.paused_at is not None:
        page.state = QUEUED
        db.session.commit()
        return None
    generation_id = page.generation_id
    _wait_for_turn(page.url)
    before = find_before(page)
    if before is None and (lack := find_lack_of_pages(page.workspace_id)):
        # Nothing of the site's is asked for that nobody could find.
        _leave_out(page, lack)
        tell(page.workspace_id, page.source_id)
        db.session.commit()
        return generation_id
    fetched = _fetch(page, before, may_lead_to(source), settings)
    if fetched is not None:
        _put_down(page, source, fetched, before)
    tell(page.workspace_id, page.source_id)
    db.session.commit()
    return generation_id


def give_up(page_id: int, sentence: str) -> int | None:
    """After its last try; commits. Time may still mend it."""
    page = db.session.get(Page, page_id)
    if page is None or page.state != CALLED:
        return None
    page.state, page.is_transient = MISSED, True
    page.reason = page.reason or "timeout"
    page.detail = (page.detail or sentence)[:500]
    page.fetched_at = clock.now()
    tell(page.workspace_id, page.source_id)
    generation_id = page.generation_id
    db.session.commit()
    return generation_id


def _wait_for_turn(url: str) -> None:
    db.session.commit()
    try:
        decision = ask_robots(url)
    except CrawlError:
        # Whoever fetches meets it again, and says it.
        return
    if not decision.is_allowed:
        return
    delay = decision.delay
    if wait := politeness.reserve(politeness.host_of(url), politeness.spacing_of(delay)):
        raise Release(wait)


def _fetch(
    page: Page, before: Before | None, may_follow: MayFollow, settings: SourceSettings
) -> Fetched | None:
    """None where it cannot be had, and that is put down."""
    url = page.url
    etag, last_modified = (before.etag, before.last_modified) if before else ("", "")
    # No transaction is open while a stranger's server takes its time.
    db.session.commit()
    try:
        return fetch(url, etag=etag, last_modified=last_modified, may_follow=may_follow)
    except CrawlError as error:
        _meet(page, error, settings)
        return None


def _meet(page: Page, error: CrawlError, settings: SourceSettings) -> None:
    page.reason, page.detail = error.kind[:40], str(error)[:500]
    page.status, page.hops = error.status, list(error.hops)
    page.robots = (error.robots or page.robots)[:300]
    page.fetched_at = clock.now()
    seconds = error.retry_after if error.retry_after is not None else THROTTLED_SECONDS
    if error.is_throttled and page.releases < settings.source_releases:
        page.releases += 1
        db.session.commit()
        politeness.rest(politeness.host_of(page.url), seconds)
        raise Release(seconds)
    if error.is_permanent or error.is_throttled:
        page.tries += error.is_permanent
        page.is_transient = not error.is_permanent
        page.state = SKIPPED if error.kind == "robots" else MISSED
        return
    page.tries += 1
    db.session.commit()
    if error.retry_after is not None:
        politeness.rest(politeness.host_of(page.url), seconds)
    raise error


def _put_down(page: Page, source: Source, fetched: Fetched, before: Before | None) -> None:
    page.tries += 1
    page.reason = page.detail = ""
    page.status, page.hops, page.robots = fetched.status, list(fetched.hops), fetched.robots[:300]
    page.elapsed_ms, page.fetched_at = fetched.elapsed_ms, clock.now()
    page.etag, page.last_modified = fetched.etag[:300], fetched.last_modified[:100]
    if fetched.is_unchanged and before is not None:
        _keep(page, before)
        return
    is_html = fetched.content_type.partition(";")[0].strip().lower() in (*_HTML, "")
    links = _links_of(fetched) if is_html else PageLinks()
    page.characters_in = len(fetched.body)
    page.canonical = links.canonical[:2048]
    if outcome := follow(page, source, fetched.final_url, links, is_wanted_by(source)):
        page.state, page.reason, page.detail = SKIPPED, *outcome
        return
    text = _text_of(fetched, is_html)
    if isinstance(text, Outcome) and text.reason == "javascript_only" and can_render():
        text = _drawn(fetched.final_url, text)
    if isinstance(text, Outcome):
        page.state, page.reason, page.detail = SKIPPED, text.reason, text.detail[:500]
        return
    page.characters_in = text.characters_in or page.characters_in
    page.characters_kept = text.characters_kept
    if before is None and (lack := find_lack_of_pages(page.workspace_id, is_last_word=True)):
        _leave_out(page, lack)
        return
    document = store_document(source, fetched.final_url[:2048], text)
    page.document_id, page.content_hash = document.id, document.content_hash
    is_same = before is not None and before.document_id == document.id
    page.state = UNCHANGED if is_same else READ


def _leave_out(page: Page, lack: str) -> None:
    page.state, page.reason, page.detail = SKIPPED, BEYOND, lack[:500]
    page.fetched_at = page.fetched_at or clock.now()


def _keep(page: Page, before: Before) -> None:
    page.state, page.document_id = UNCHANGED, before.document_id
    page.content_hash, page.canonical = before.content_hash, before.canonical
    page.characters_in, page.characters_kept = before.characters_in, before.characters_kept


def _links_of(fetched: Fetched) -> PageLinks:
    return read_links(
        fetched.body,
        fetched.charset,
        fetched.final_url,
        agent=agent_name(),
        headers=dict(fetched.headers),
    )


def _drawn(url: str, otherwise: Outcome) -> ReadText | Outcome:
    """As a browser shows it; it is asked for again, so it takes another turn."""
    db.session.commit()
    until = time.monotonic() + _TURN_SECONDS
    if not politeness.wait_for_turn(politeness.host_of(url), politeness.spacing_of(None), until):
        return otherwise
    try:
        return _text_of(render(url), is_html=True)
    except CrawlError as error:
        return Outcome(error.kind, str(error))


def _text_of(fetched: Fetched, is_html: bool) -> ReadText | Outcome:
    if is_html:
        text = read_html(fetched.body, fetched.charset, fetched.final_url, fetched.status)
        if text.gate:
            return Outcome(text.gate, GATES[text.gate].sentence)
        return text
    try:
        return read_file(fetched.body, fetched.final_url)
    except Unreadable as error:
        return Outcome(error.kind, str(error))
