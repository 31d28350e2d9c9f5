"""Held readings, going back, and what answers meanwhile: with the real index behind it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.jobs import Queue
from pitchbar.retrieval.search import search
from pitchbar.settings import current_settings
from pitchbar.sources import tasks
from pitchbar.sources.crawls.trimming import trim_source
from pitchbar.sources.errors import CannotGoBack, IsNotHeld
from pitchbar.sources.generations import accept, active_generations, discard, go_back
from pitchbar.sources.models import Document, Generation, Source
from pitchbar.sources.services import crawl_now, update_source
from pitchbar.webhooks.models import Message
from tests.alerts.factories import make_rule, the_alerts
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
from tests.support.hostile_site import HostileSite, page
from tests.support.servers import on_both_databases
from tests.webhooks.factories import make_endpoint, run_pump

BANNER = "<p>We use cookies to give you the best experience. Accept all of them or choose.</p>"


def read_again(source: Source) -> Generation:
    crawl_now(source, SYSTEM)
    db.session.commit()
    work_off()
    return latest(source)


@pytest.fixture
def source(people: People, site: HostileSite) -> Source:
    """Ten pages, in the index."""
    make_site(site, 10)
    made = make_source(people.workspace, url=site.origin)
    work_off()
    assert latest(made).state == "active"
    return made


def found(source: Source, question: str) -> list[str]:
    db.session.rollback()
    hits = search(source.workspace_id, question, limit=3).hits
    return [hit.text for hit in hits]


@on_both_databases
def test_a_reading_that_empties_pages_waits_and_the_old_one_answers(
    source: Source, site: HostileSite
) -> None:
    before = source.active_generation_id
    for number in range(1, 6):
        site.pages[f"/page/{number}"] = page("<main>Please sign in.</main>")
    held = read_again(source)

    assert (held.state, source.status) == ("held", "indexed")
    assert held.held_reason == "5 of 10 pages would have nothing left to answer from"
    assert source.active_generation_id == before
    assert any("Number 3." in text for text in found(source, "Number 3.0 says"))

    accept(held, SYSTEM)
    db.session.commit()
    work_off()
    assert source.active_generation_id == held.id
    assert (db.session.get_one(Generation, before).state, held.state) == ("kept", "active")
    assert held.documents == 5


def test_a_reading_that_adds_a_banner_waits_and_can_be_thrown_away(
    source: Source, site: HostileSite
) -> None:
    before = source.active_generation_id
    make_site(site, 10, BANNER)
    held = read_again(source)
    assert held.held_reason.endswith("would get the same new text")
    assert held.held_facts["block"].startswith("We use cookies")
    discard(held, SYSTEM)
    db.session.commit()

    assert (held.state, source.active_generation_id) == ("discarded", before)
    with pytest.raises(IsNotHeld):
        accept(held, SYSTEM)


def test_any_version_that_answered_can_answer_again(source: Source, site: HostileSite) -> None:
    first = latest(source)
    site.pages["/page/4"] = page(article(404))
    second = read_again(source)
    assert (first.state, second.state) == ("kept", "active")
    assert any("Number 404." in text for text in found(source, "Number 404.0 says"))

    go_back(first, SYSTEM)
    db.session.commit()
    work_off()
    assert (first.state, second.state) == ("active", "kept")
    texts = found(source, "Number 404.0 says")
    assert texts
    assert not any("Number 404." in text for text in texts)
    with pytest.raises(CannotGoBack):
        go_back(first, SYSTEM)


def test_a_reading_that_finds_nothing_new_changes_nothing(source: Source) -> None:
    before = source.active_generation_id
    again = read_again(source)
    assert (again.state, source.active_generation_id, source.status) == ("same", before, "indexed")


def test_a_site_that_is_down_for_a_while_takes_nothing_away(
    source: Source, site: HostileSite
) -> None:
    before = source.active_generation_id
    for path in list(site.pages):
        site.pages[path] = answer(503, b"")
    broken = read_again(source)

    assert (broken.state, source.status) == ("same", "indexed")
    assert source.active_generation_id == before
    pages = pages_of(broken)
    assert (
        pages["/"].document_id == pages_of(db.session.get_one(Generation, before))["/"].document_id
    )


def test_pages_that_could_not_be_had_are_asked_for_again_alone(
    people: People, site: HostileSite
) -> None:
    make_site(site, 6)
    good = site.pages["/page/2"]
    site.pages["/page/2"] = answer(500, b"")
    source = make_source(people.workspace, url=site.origin)
    work_off()
    assert (latest(source).state, latest(source).documents) == ("active", 5)
    site.pages["/page/2"] = good
    site.asked.clear()
    tasks.retry_sources()
    work_off()

    assert (latest(source).state, latest(source).documents) == ("active", 6)
    assert {path for path in site.paths() if path.startswith("/page/")} == {"/page/2"}
    assert source.retries == 1


def test_a_source_that_failed_for_the_moment_is_tried_three_times(
    people: People, site: HostileSite
) -> None:
    source = make_source(people.workspace, "url", url=site.url("/status/500"))
    work_off()
    for _ in range(5):
        tasks.retry_sources()
        work_off()
    assert (source.status, source.retries, latest(source).number) == ("failed", 3, 4)


def test_a_source_is_read_by_itself_when_its_time_has_come(source: Source) -> None:
    update_source(source, SYSTEM, current_settings(), schedule="daily")
    due = source.next_crawl_at
    assert due is not None
    assert abs((due - clock.now()).total_seconds() - 86_400) < 60
    tasks.tend_crawls()
    assert latest(source).number == 1
    source.next_crawl_at = clock.now() - timedelta(minutes=1)
    db.session.commit()
    tasks.tend_crawls()
    assert latest(source).number == 2
    assert source.next_crawl_at > clock.now() + timedelta(hours=23)


def test_old_versions_are_cleared_away_and_their_documents_with_them(
    source: Source, site: HostileSite
) -> None:
    for number in range(4):
        site.pages["/page/4"] = page(article(500 + number))
        read_again(source)
    trim_source(source.id, 2)
    db.session.commit()
    work_off()
    query = select(Generation.number).where(Generation.source_id == source.id)

    assert sorted(db.session.scalars(query)) == [4, 5]
    count = select(func.count()).where(Document.source_id == source.id)
    assert db.session.scalar(count) == 11
    (active,) = active_generations(source.workspace_id)
    assert active[0] == source.active_generation_id
    assert active_generations(source.workspace_id, [source.id]) == [active]
    assert active_generations(source.workspace_id, [source.id + 1]) == []


def test_webhooks_and_alerts_hear_of_sources_that_fail_and_answer(
    people: People, site: HostileSite
) -> None:
    endpoint = make_endpoint(
        people.workspace, "https://hooks.example.com/", "source.indexed", "source.failed"
    )
    make_rule(people.workspace, kind="source_failed")
    source = make_source(people.workspace, "url", url=site.url("/page/1"))
    work_off(Queue.CRAWL, Queue.INDEX)
    assert [alert.detail for alert in the_alerts()] == ["There is no such page (404)."]
    site.pages["/page/1"] = page(article(1))
    read_again(source)
    events = select(Message.event).where(Message.workspace_id == endpoint.workspace_id)
    run_pump(webhook_waits="100")
    assert sorted(db.session.scalars(events)) == ["source.failed", "source.indexed"]
    assert the_alerts()[0].recovered_at is not None
