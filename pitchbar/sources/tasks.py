"""The jobs that read sources."""

from pitchbar.crawling.errors import CrawlError
from pitchbar.extensions import db
from pitchbar.jobs import AttemptError, Queue, Release, every, task
from pitchbar.settings import current_settings
from pitchbar.sources.crawls import page_reading
from pitchbar.sources.crawls.calling import jobs
from pitchbar.sources.crawls.finishing import finish_when_read
from pitchbar.sources.crawls.planning import plan
from pitchbar.sources.crawls.progress import spacing_of
from pitchbar.sources.crawls.queues import call_pages
from pitchbar.sources.crawls.rounds import crawl_due, retry_transient, tend
from pitchbar.sources.crawls.trimming import trim
from pitchbar.sources.generations import break_off
from pitchbar.sources.models import Generation, Page
from pitchbar.sources.settings import SourceSettings
from pitchbar.sources.telling import tell

# Seconds before the second try, the third, and those of a policy with more.
WAITS = (30.0, 90.0, 180.0)
TIMEOUT = 90
_TIMED_OUT = "Reading it took longer than 90 seconds, three times."
_LOST = "Reading it was interrupted, three times."


def _settings() -> SourceSettings:
    return current_settings()[SourceSettings]


@task(queue=Queue.CRAWL, tries=3, waits=WAITS, timeout=TIMEOUT)
def plan_crawl(generation_id: int) -> None:
    """Finds the first pages of a generation, and calls for their jobs."""
    plan(generation_id)
    _go_on(generation_id)


@plan_crawl.failed
def plan_failed(error: AttemptError, generation_id: int) -> None:
    generation = db.session.get(Generation, generation_id)
    if generation is not None:
        sentence = _sentence(error) or generation.error
        is_transient = error.outcome != "refused"
        break_off(
            generation,
            sentence or "Its pages could not be found out. We try again later.",
            is_transient=is_transient,
        )
        tell(generation.workspace_id, generation.source_id)
        db.session.commit()


@task(queue=Queue.CRAWL, tries=3, waits=WAITS, timeout=TIMEOUT)
def crawl_page(page_id: int) -> None:
    """Reads one page."""
    try:
        generation_id = page_reading.read_page(page_id, _settings())
    except (CrawlError, Release):
        _call_next(page_id)
        raise
    if generation_id is not None:
        _go_on(generation_id)


def _call_next(page_id: int) -> None:
    """While a page waits for its next try, others have their turn."""
    page = db.session.get(Page, page_id)
    generation = db.session.get(Generation, page.generation_id) if page else None
    if generation is not None:
        own = _settings()
        call_pages(generation, own.source_pages_at_once, spacing_of(generation.source))
        db.session.commit()


@crawl_page.failed
def page_failed(error: AttemptError, page_id: int) -> None:
    sentence = _sentence(error) or "The page could not be read."
    generation_id = page_reading.give_up(page_id, sentence)
    if generation_id is not None:
        _go_on(generation_id)


@task(queue=Queue.DEFAULT, tries=1, schedule=every.minutes(1), missed="skip")
def tend_crawls() -> None:
    """Goes on with crawls whose worker died between two steps, and begins those that are due."""
    for generation_id in tend():
        _go_on(generation_id)
    crawl_due()
    db.session.commit()


@task(queue=Queue.DEFAULT, tries=1, schedule=every.minutes(15), missed="skip")
def retry_sources() -> None:
    """Asks again for what could not be had for the moment."""
    retry_transient(_settings().source_retries)
    db.session.commit()


@task(queue=Queue.DEFAULT, tries=2, timeout=300, schedule=every.day_at("03:50"))
def trim_sources() -> None:
    """Clears generations away that nobody can go back to any more."""
    trim(_settings().source_generations_kept)


jobs.plan = plan_crawl
jobs.page = crawl_page


def _go_on(generation_id: int) -> None:
    generation = db.session.get(Generation, generation_id)
    if generation is None:
        return
    own = _settings()
    call_pages(generation, own.source_pages_at_once, spacing_of(generation.source))
    db.session.commit()
    finish_when_read(generation_id, own.source_held_share)


def _sentence(error: AttemptError) -> str:
    return {"timeout": _TIMED_OUT, "lost": _LOST}.get(error.outcome, "")
