"""From an address to documents: crawls by real jobs, on a site that does whatever sites do."""

import pytest
from flask import current_app
from sqlalchemy import func, select, update

from pitchbar.crawling.models import CrawlHost
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.jobs import Queue
from pitchbar.jobs.ledger.models import Job
from pitchbar.settings import current_settings
from pitchbar.sources import tasks
from pitchbar.sources.errors import IsBeingRead, IsPaused
from pitchbar.sources.generations import activate
from pitchbar.sources.models import Chunk, Document
from pitchbar.sources.services import (
    crawl_now,
    delete_source,
    pause_source,
    resume_source,
)
from tests.sources.factories import (
    article,
    latest,
    make_site,
    make_source,
    pages_of,
    work_off,
)
from tests.support.factories import People
from tests.support.faulty_servers import answer
from tests.support.hostile_site import HostileSite, page, redirect, sitemap
from tests.support.servers import on_both_databases

HTML = (("Content-Type", "text/html; charset=utf-8"),)


@on_both_databases
def test_a_site_is_read_by_its_links_page_by_page(people: People, site: HostileSite) -> None:
    urls = make_site(site, 12)
    source = make_source(people.workspace, url=site.origin)
    work_off(Queue.CRAWL)
    generation = latest(source)
    pages = pages_of(generation)

    assert {one.url for one in pages.values()} == set(urls)
    assert {one.state for one in pages.values()} == {"read"}
    assert (generation.documents, generation.read_at is not None) == (12, True)
    assert generation.chunks == db.session.scalar(select(func.count()).select_from(Chunk))
    assert site.count("/page/3") == 1
    document = db.session.get_one(Document, pages["/page/3"].document_id)
    assert "# Article 3" in document.markdown
    assert document.language == "en"


def test_only_a_few_jobs_of_a_source_wait_at_a_time(people: People, site: HostileSite) -> None:
    make_site(site, 30)
    make_source(people.workspace, url=site.origin)
    work_off(Queue.CRAWL, most=6)
    waiting = select(func.count()).where(Job.task == "sources.crawl_page", Job.state == "queued")
    assert 0 < (db.session.scalar(waiting) or 0) <= 4


def test_pages_of_another_customer_wait_behind_a_few_only(
    people: People, site: HostileSite
) -> None:
    make_site(site, 40)
    make_source(people.workspace, url=site.origin)
    work_off(Queue.CRAWL, most=8)
    single = make_source(people.workspace, "url", url=site.url("/page/7"))
    ran = 0
    while not latest(single).read_at and ran < 40:
        ran += work_off(Queue.CRAWL, most=1)
    assert ran <= 16


@on_both_databases
def test_a_second_reading_asks_for_what_changed_and_shares_what_stayed(
    people: People, site: HostileSite
) -> None:
    make_site(site, 5)
    etag = ("ETag", '"one"')

    def unchanging(connection, head, over):  # type: ignore[no-untyped-def]
        known = b'if-none-match: "one"' in head.lower()
        body = article(2).encode()
        (answer(304, b"") if known else answer(200, body, (*HTML, etag)))(connection, head, over)

    site.pages["/page/2"] = unchanging
    source = make_source(people.workspace, url=site.origin)
    work_off(Queue.CRAWL)
    first = pages_of(latest(source))
    activate(latest(source))
    db.session.commit()
    site.pages["/page/3"] = page(article(303, '<a href="/page/4">4</a>'))
    crawl_now(source, SYSTEM)
    db.session.commit()
    work_off(Queue.CRAWL)
    second = pages_of(latest(source))

    assert (second["/page/2"].state, second["/page/2"].status) == ("unchanged", 304)
    assert second["/page/4"].state == "unchanged"
    assert second["/page/3"].state == "read"
    assert second["/page/2"].document_id == first["/page/2"].document_id
    assert second["/page/3"].document_id != first["/page/3"].document_id


@pytest.mark.parametrize(
    ("path", "state", "reason", "said"),
    [
        ("/status/404", "missed", "http_404", "There is no such page (404)."),
        ("/status/403", "missed", "http_403", "does not let our crawler"),
        ("/status/410", "missed", "http_410", "gone for good"),
        ("/status/451", "missed", "http_451", "legal reasons"),
        ("/to/inner", "missed", "private_address", ""),
        ("/circle", "missed", "redirect_loop", ""),
    ],
)
def test_what_never_can_be_had_is_asked_for_once_and_said(
    people: People, site: HostileSite, path: str, state: str, reason: str, said: str
) -> None:
    source = make_source(people.workspace, "url", url=site.url(path))
    work_off()
    (found,) = pages_of(latest(source)).values()

    assert (found.state, found.reason, found.tries) == (state, reason, 1)
    assert said in found.detail
    assert (source.status, source.error) == ("failed", found.detail)
    assert not source.error_is_transient
    assert "Error" not in source.error
    assert "Traceback" not in source.error


@pytest.mark.parametrize("path", ["/status/500", "/status/503", "/reset", "/silent"])
def test_what_may_get_better_is_tried_three_times(
    people: People, site: HostileSite, path: str
) -> None:
    source = make_source(people.workspace, "url", url=site.url(path))
    work_off(Queue.CRAWL, most=2)
    job = db.session.scalars(select(Job).where(Job.task == "sources.crawl_page")).one()
    wait = (job.due_at - job.queued_at).total_seconds()
    work_off()
    (found,) = pages_of(latest(source)).values()

    assert 29 < wait < 31
    assert (found.state, found.tries, found.is_transient) == ("missed", 3, True)
    assert (source.status, source.error_is_transient) == ("failed", True)
    assert site.count(path) == 3


@pytest.mark.settings(source_releases=5)
def test_a_site_that_asks_to_come_back_later_uses_no_try(people: People, site: HostileSite) -> None:
    left = [4]

    def storm(connection, head, over):  # type: ignore[no-untyped-def]
        left[0] -= 1
        busy = answer(429, b"", (("Retry-After", "7"),))
        (page(article(1)) if left[0] < 0 else busy)(connection, head, over)

    site.pages["/later"] = storm
    source = make_source(people.workspace, "url", url=site.url("/later"))
    work_off(Queue.CRAWL, most=2)
    job = db.session.scalars(select(Job).where(Job.task == "sources.crawl_page")).one()
    wait = (job.due_at - job.queued_at).total_seconds()
    _unrest()
    for _ in range(8):
        work_off(Queue.CRAWL, most=1)
        _unrest()
    (found,) = pages_of(latest(source)).values()

    assert 6 < wait < 8
    assert (found.state, found.tries, found.releases) == ("read", 1, 4)


def _unrest() -> None:
    """The host's rest is over."""
    db.session.execute(update(CrawlHost).values(next_at=0, rests_until=0))
    db.session.commit()


def test_robots_txt_is_obeyed_and_named(people: People, site: HostileSite) -> None:
    make_site(site, 4)
    site.robots = "User-agent: *\nDisallow: /page/2\n"
    source = make_source(people.workspace, url=site.origin)
    work_off(Queue.CRAWL)
    found = pages_of(latest(source))["/page/2"]

    assert (found.state, found.reason, site.count("/page/2")) == ("skipped", "robots", 0)
    assert "Disallow: /page/2" in found.detail
    assert site.count("/robots.txt") == 1


def test_pages_that_say_nothing_say_the_same_or_live_elsewhere_are_left_out(
    people: People, site: HostileSite
) -> None:
    make_site(site, 3)
    links = " ".join(f'<a href="{path}">x</a>' for path in ("/empty", "/twin", "/moved", "/named"))
    site.pages["/"] = page(article(0, links + '<a href="/page/1">1</a><a href="/page/2">2</a>'))
    site.pages["/empty"] = page("<main><p>Nothing.</p></main>")
    site.pages["/twin"] = page(article(1))
    site.pages["/moved"] = redirect("/page/2")
    site.pages["/named"] = page(article(9), f'<link rel="canonical" href="{site.url("/page/1")}">')
    source = make_source(people.workspace, url=site.origin)
    work_off(Queue.CRAWL)
    found = pages_of(latest(source))

    assert {path: found[path].reason for path in ("/empty", "/moved", "/named")} == {
        "/empty": "too_little",
        "/moved": "redirect",
        "/named": "canonical",
    }
    assert sorted([found["/twin"].reason, found["/page/1"].reason]) == ["", "duplicate"]
    assert latest(source).documents == 3


def test_a_sitemap_leads_to_its_pages_and_to_no_others(people: People, site: HostileSite) -> None:
    make_site(site, 6)
    site.pages["/map.xml"] = sitemap(
        site.url("/page/1"), site.url("/page/4"), "https://elsewhere.example/"
    )
    source = make_source(people.workspace, "sitemap", url=site.url("/map.xml"))
    work_off(Queue.CRAWL)
    assert set(pages_of(latest(source))) == {"/page/1", "/page/4"}


def test_patterns_ticks_and_the_cap_say_which_pages_are_read(
    people: People, site: HostileSite
) -> None:
    make_site(site, 9)
    some = make_source(people.workspace, url=site.origin, exclude=["/page/1", "/page/2"])
    few = make_source(people.workspace, url=site.origin, page_cap=4)
    ticked = make_source(people.workspace, url=site.origin, chosen=[site.url("/page/5")])
    work_off(Queue.CRAWL)

    assert {"/page/1", "/page/2"}.isdisjoint(pages_of(latest(some)))
    assert (len(pages_of(latest(few))), latest(few).left_out) == (4, 5)
    assert set(pages_of(latest(ticked))) == {"/page/5"}


def test_two_readings_of_a_source_never_run_at_once(people: People, site: HostileSite) -> None:
    make_site(site, 3)
    source = make_source(people.workspace, url=site.origin)
    with pytest.raises(IsBeingRead):
        crawl_now(source, SYSTEM)


def test_a_pause_stops_a_reading_and_resuming_goes_on_with_it(
    people: People, site: HostileSite
) -> None:
    make_site(site, 10)
    source = make_source(people.workspace, url=site.origin)
    work_off(Queue.CRAWL, most=4)
    pause_source(source, SYSTEM)
    db.session.commit()
    work_off(Queue.CRAWL)
    asked = len(site.asked)
    assert latest(source).read_at is None
    with pytest.raises(IsPaused):
        crawl_now(source, SYSTEM)
    resume_source(source, SYSTEM, current_settings())
    db.session.commit()
    work_off(Queue.CRAWL)

    assert len(site.asked) > asked
    assert latest(source).documents == 10
    assert all(site.count(f"/page/{number}") == 1 for number in range(1, 10))


def test_deleting_a_source_leaves_nothing_of_it(people: People, site: HostileSite) -> None:
    make_site(site, 4)
    source = make_source(people.workspace, url=site.origin)
    work_off(Queue.CRAWL)
    delete_source(source, SYSTEM)
    db.session.commit()
    work_off()
    for model in (Document, Chunk):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0


def test_a_worker_that_is_killed_between_two_pages_loses_nothing(
    people: People, site: HostileSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_site(site, 5)
    source = make_source(people.workspace, url=site.origin)
    with monkeypatch.context() as killed:
        # The outcome of a page is written, and nothing calls for the next.
        killed.setattr(tasks, "_go_on", lambda _generation_id: None)
        work_off(Queue.CRAWL)
    assert latest(source).read_at is None
    tasks.tend_crawls()
    work_off(Queue.CRAWL)
    assert latest(source).documents == 5


def test_a_page_that_only_scripts_write_is_drawn_where_a_browser_is_there(
    people: People, site: HostileSite
) -> None:
    shell = '<div id="root"></div><noscript>You need to enable JavaScript.</noscript>'
    site.pages["/app"] = page(shell + "<script src='/a.js'></script>")
    site.pages["/render"] = page(article(77))
    source = make_source(people.workspace, "url", url=site.url("/app"))
    work_off(Queue.CRAWL)
    (found,) = pages_of(latest(source)).values()
    assert (found.state, found.reason) == ("skipped", "javascript_only")

    drawing = current_settings().replaced(browser_render_url=site.url("/render"))
    current_app.extensions["settings"] = drawing
    crawl_now(source, SYSTEM)
    db.session.commit()
    work_off(Queue.CRAWL)
    (found,) = pages_of(latest(source)).values()
    assert (found.state, site.count("/render")) == ("read", 1)
    assert "Article 77" in db.session.get_one(Document, found.document_id).markdown


def test_a_redirect_to_another_site_is_not_followed(people: People, site: HostileSite) -> None:
    make_site(site, 3)
    site.pages["/page/1"] = redirect(site.url("/page/2").replace("127.0.0.1", "localhost"))
    source = make_source(people.workspace, url=site.origin)
    work_off(Queue.CRAWL)
    found = pages_of(latest(source))["/page/1"]
    assert (found.state, found.document_id) == ("missed", None)
    assert found.detail


def test_pages_that_wait_for_another_try_hold_up_no_other(
    people: People, site: HostileSite
) -> None:
    paths = make_site(site, 12)
    for number in range(1, 7):
        site.pages[f"/page/{number}"] = answer(500, b"")
    source = make_source(people.workspace, url=site.origin)
    work_off(Queue.CRAWL, most=1 + len(paths))
    assert pages_of(latest(source))["/page/11"].state == "read"
