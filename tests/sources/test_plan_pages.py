"""Pages beyond the plan are left out, and say so; what was read stays."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.jobs import Queue
from pitchbar.sources.models import READ, SKIPPED, UNCHANGED, Generation, Page, Source
from pitchbar.sources.services import crawl_now
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plan_limits import PlanLimitReached
from pitchbar.workspaces.plan_usage import count_used
from pitchbar.workspaces.plans import FREE, PAGES, PLANS
from tests.sources.factories import make_site, make_source, work_off
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People
from tests.support.hostile_site import HostileSite
from tests.support.servers import on_both_databases

LIMIT = 5


@pytest.fixture
def workspace(people: People, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setitem(PLANS, FREE, replace(PLANS[FREE], pages=LIMIT))
    people.workspace.plan = FREE
    db.session.commit()
    return people.workspace


def latest(source: Source) -> Generation:
    mine = select(Generation).where(Generation.source_id == source.id)
    return db.session.scalars(mine.order_by(Generation.number.desc())).first()  # type: ignore[return-value]


def pages_in(source: Source, *states: str) -> list[Page]:
    mine = select(Page).where(Page.generation_id == latest(source).id, Page.state.in_(states))
    return list(db.session.scalars(mine.order_by(Page.id)))


@on_both_databases
def test_a_crawl_stops_at_the_plan_and_tells_each_page(
    client: FormClient, people: People, workspace: Workspace, site: HostileSite
) -> None:
    make_source(workspace, "text", text="Open from nine to five.")
    make_site(site, 9)
    source = make_source(workspace, url=site.origin)
    work_off()
    assert len(pages_in(source, READ)) == LIMIT - 1
    left_out = pages_in(source, SKIPPED)
    assert len(left_out) == 9 - (LIMIT - 1)
    assert {page.reason for page in left_out} == {"plan_limit"}
    assert left_out[0].detail.startswith("Left out: All 5 pages of the Free plan are in use.")
    # Nothing was asked for that would have been thrown away.
    asked = [one for one in site.asked if one.path.startswith("/page/")]
    assert len(asked) <= LIMIT + 1
    assert count_used(workspace, PAGES) == LIMIT
    sign_in(client, people.editor)
    shown = client.get(f"/w/{workspace.slug}/sources/{source.id}").text
    assert "5 pages were left out" in shown
    assert "Left out: All 5 pages" in shown
    with pytest.raises(PlanLimitReached):
        make_source(workspace, "text", text="One page more.")


def test_what_was_read_stays_when_the_plan_becomes_smaller(
    workspace: Workspace, site: HostileSite
) -> None:
    workspace.plan = "growth"
    db.session.commit()
    make_site(site, 8)
    source = make_source(workspace, url=site.origin)
    work_off()
    assert count_used(workspace, PAGES) == 8
    workspace.plan = FREE
    db.session.commit()
    make_site(site, 11)
    crawl_now(source, SYSTEM)
    db.session.commit()
    work_off()
    # All that answered answers still; the three new ones wait for room.
    assert len(pages_in(source, READ, UNCHANGED)) == 8
    assert len(pages_in(source, SKIPPED)) == 3
    assert count_used(workspace, PAGES) == 8
    workspace.plan = "growth"
    db.session.commit()
    crawl_now(source, SYSTEM)
    db.session.commit()
    work_off()
    assert count_used(workspace, PAGES) == 11


def test_new_pages_do_not_take_the_places_of_known_ones(
    workspace: Workspace, site: HostileSite
) -> None:
    make_site(site, 4)
    source = make_source(workspace, url=site.origin)
    work_off()
    make_site(site, 9)
    crawl_now(source, SYSTEM)
    db.session.commit()
    work_off()
    urls = {page.url for page in pages_in(source, READ, UNCHANGED)}
    assert {site.url(f"/page/{number}") for number in (1, 2, 3)} <= urls
    assert len(urls) == LIMIT


def test_two_sources_that_are_read_at_once_share_the_room(
    workspace: Workspace, site: HostileSite
) -> None:
    make_site(site, 9)
    first = make_source(workspace, url=site.origin)
    second = make_source(workspace, url=site.origin)
    work_off(Queue.CRAWL)
    assert len(pages_in(first, READ)) + len(pages_in(second, READ)) == LIMIT
