"""Rounds of looks at servers that are really there."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from pitchbar.codes.models import Code
from pitchbar.codes.services import archive_code, delete_code, restore_code, update_code
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.link_health import rounds
from pitchbar.link_health.claims import claim_code, claim_host, list_due_hosts
from pitchbar.link_health.destinations import sync_all
from pitchbar.link_health.models import Link, LinkSpan
from pitchbar.link_health.results import purge_history
from pitchbar.link_health.tasks import check_links, sync_links
from pitchbar.rules.drafts import RuleDraft
from pitchbar.rules.services import replace_rules
from pitchbar.settings import current_settings
from tests.support.factories import People, make_code
from tests.support.faulty_servers import FaultyServer, Handle, answer, faulty_server
from tests.support.servers import on_both_databases

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Site:
    """A server whose answer a test changes."""

    def __init__(self) -> None:
        self.handle: Handle = answer(200, b"")
        self.server: FaultyServer

    def __call__(self, *call: Any) -> None:
        self.handle(*call)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    with faulty_server(site) as site.server:
        yield site


@pytest.fixture
def look(site: Site, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """A round, as its job goes; `later` moves the clock first."""
    now = [clock.now()]
    monkeypatch.setattr(clock, "now", lambda: now[0])

    def look(later: timedelta = timedelta(), **values: Any) -> int:
        now[0] += later
        settings = current_settings().replaced(
            outbound_allow=(site.server.pair,), link_host_pause=0.0, **values
        )
        return rounds.check_due_links(settings)

    return look


Look = Callable[..., int]


def link_of(code: Code) -> Link:
    db.session.expire_all()
    return db.session.scalars(select(Link).where(Link.code_id == code.id)).one()


def acts() -> list[str]:
    query = select(AuditEntry.action).where(AuditEntry.action.startswith("destination."))
    return list(db.session.scalars(query.order_by(AuditEntry.id)))


@on_both_databases
def test_a_new_code_is_looked_at_and_then_once_a_day(
    app: Flask, people: People, site: Site, look: Look
) -> None:
    code = make_code(people.workspace, destination_url=site.server.url)
    assert link_of(code).state == "new"
    assert look() == 1
    link = link_of(code)
    assert (link.state, link.said, link.status, link.failures) == ("well", "It answers.", 200, 0)
    assert look(HOUR) == 0
    assert look(2 * DAY) == 1
    span = db.session.scalars(select(LinkSpan)).one()
    assert (span.checks, span.outcome) == (2, "well")
    assert acts() == []


def test_three_failures_in_a_row_make_it_dead_and_one_answer_alive(
    people: People, site: Site, look: Look
) -> None:
    code = make_code(people.workspace, destination_url=site.server.url)
    look()
    site.handle = answer(503, b"")
    seen = []
    for later in (2 * DAY, 2 * HOUR, 2 * HOUR, 2 * DAY):
        assert look(later) == 1
        seen.append((link_of(code).state, link_of(code).failures))
    assert seen == [("failing", 1), ("failing", 2), ("dead", 3), ("dead", 4)]
    assert acts() == ["destination.died"]
    site.handle = answer(200, b"")
    look(2 * DAY)
    assert (link_of(code).state, link_of(code).failures) == ("well", 0)
    assert acts() == ["destination.died", "destination.recovered"]
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "destination.died")
    ).one()
    assert (entry.subject_kind, entry.subject_id) == ("code", str(code.id))
    assert entry.after["said"] == "Its server reports an error (503)."
    histories = select(LinkSpan.outcome, LinkSpan.checks).order_by(LinkSpan.id)
    assert [tuple(row) for row in db.session.execute(histories)] == [
        ("well", 1),
        ("failed", 4),
        ("well", 1),
    ]


def test_two_failures_and_an_answer_are_no_death(people: People, site: Site, look: Look) -> None:
    code = make_code(people.workspace, destination_url=site.server.url)
    for status in (404, 404, 200, 404, 404):
        site.handle = answer(status, b"")
        look(2 * DAY)
    assert (link_of(code).state, acts()) == ("failing", [])


def test_who_refuses_programs_is_not_dead(people: People, site: Site, look: Look) -> None:
    code = make_code(people.workspace, destination_url=site.server.url)
    site.handle = answer(403, b"")
    for _ in range(4):
        look(2 * DAY)
    assert (link_of(code).state, acts()) == ("unclear", [])


def test_many_codes_that_lead_to_one_address_cost_one_question(
    people: People, site: Site, look: Look
) -> None:
    codes = [make_code(people.workspace, destination_url=site.server.url) for _ in range(5)]
    codes.append(make_code(people.elsewhere, destination_url=site.server.url))
    assert look() == 1
    assert site.server.connections == 1
    assert {link_of(code).state for code in codes} == {"well"}


def test_destinations_of_rules_are_looked_at_too(people: People, site: Site, look: Look) -> None:
    code = make_code(people.workspace, destination_url=site.server.url)
    urls = [f"{site.server.url}{name}" for name in ("tonight", "menu", "set")]
    rules: list[dict[str, Any]] = [
        {"conditions": [], "match": "all", "destination_url": urls[0]},
        {
            "conditions": [],
            "match": "all",
            "split": [
                {"destination_url": urls[1], "weight": 50, "name": "a"},
                {"destination_url": urls[2], "weight": 50, "name": "b"},
            ],
        },
    ]
    drafts = [RuleDraft.model_validate(rule) for rule in rules]
    replace_rules(code, SYSTEM, current_settings(), drafts)
    db.session.commit()
    assert look() == 4
    found = set(db.session.scalars(select(Link.url)))
    assert found == {site.server.url, *urls}


def test_a_changed_destination_is_looked_at_in_place_of_the_old(
    people: People, site: Site, look: Look
) -> None:
    code = make_code(people.workspace, destination_url=site.server.url)
    look()
    update_code(code, SYSTEM, current_settings(), destination_url=site.server.url + "new")
    db.session.commit()
    link = link_of(code)
    assert (link.url, link.state) == (site.server.url + "new", "new")
    assert look() == 1
    update_code(code, SYSTEM, current_settings(), name="Another name")
    db.session.commit()
    assert link_of(code).state == "well"


def test_what_leads_nowhere_any_more_is_left_in_peace(
    people: People, site: Site, look: Look
) -> None:
    archived = make_code(people.workspace, destination_url=site.server.url)
    deleted = make_code(people.workspace, destination_url=site.server.url, name="Gone")
    ended = make_code(people.workspace, destination_url=site.server.url)
    archive_code(archived, SYSTEM)
    delete_code(deleted, SYSTEM, "Gone")
    ended.ends_at = clock.now() - DAY
    db.session.commit()
    sync_all(timedelta(0))
    assert (look(), site.server.connections) == (0, 0)
    restore_code(archived, SYSTEM)
    db.session.commit()
    assert look() == 1


def test_a_code_that_is_archived_while_it_is_asked_leaves_nothing(
    people: People, site: Site, look: Look, app: Flask
) -> None:
    code = make_code(people.workspace, destination_url=site.server.url)
    code_id = code.id

    def archive_meanwhile(*call: Any) -> None:
        with app.app_context():
            archive_code(db.session.get_one(Code, code_id), SYSTEM)
            db.session.commit()
        answer(404, b"")(*call)

    site.handle = archive_meanwhile
    look()
    assert db.session.scalar(select(func.count(Link.id))) == 0
    assert acts() == []


def test_hosts_of_examples_are_not_asked(people: People, look: Look) -> None:
    make_code(people.workspace, destination_url="https://destination.example/menu")
    assert db.session.scalar(select(func.count(Link.id))) == 0


def test_the_daily_search_finds_what_was_there_before_it(
    people: People, site: Site, look: Look
) -> None:
    code = make_code(people.workspace, destination_url=site.server.url)
    db.session.query(Link).delete()
    db.session.commit()
    sync_links()
    due = link_of(code).next_check_at
    assert due is not None
    assert clock.now() <= due <= clock.now() + DAY


@on_both_databases
def test_of_two_rounds_one_has_a_host(app: Flask, people: People, site: Site, look: Look) -> None:
    code = make_code(people.workspace, destination_url=site.server.url)
    make_code(people.workspace, destination_url=site.server.url + "other")
    now = clock.now()
    assert list_due_hosts(now, 10) == ["127.0.0.1"]
    assert len(claim_host("127.0.0.1", now)) == 2
    make_code(people.workspace, destination_url=site.server.url + "third")
    assert claim_host("127.0.0.1", now) == []
    assert claim_code(code.id, now) == []
    assert look() == 0
    # A round that died holds nothing for long.
    assert look(timedelta(minutes=5)) == 3


def test_what_the_time_does_not_suffice_for_is_due_as_before(
    people: People, site: Site, look: Look
) -> None:
    codes = [
        make_code(people.workspace, destination_url=f"{site.server.url}{number}")
        for number in range(3)
    ]
    settings = current_settings().replaced(outbound_allow=(site.server.pair,), link_host_pause=60.0)
    look()
    for code in codes:
        link_of(code).next_check_at = clock.now()
        db.session.commit()
    assert rounds.check_due_links(settings, seconds=0.05) == 1
    assert {link_of(code).claimed_until for code in codes} == {None}
    assert len(claim_host("127.0.0.1", clock.now())) == 2


def test_nothing_is_asked_by_itself_where_it_is_switched_off(
    app: Flask, people: People, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_code(people.workspace, destination_url=site.server.url)
    off = current_settings().replaced(link_check_hours=0, outbound_allow=(site.server.pair,))
    monkeypatch.setitem(app.extensions, "settings", off)
    check_links()
    assert site.server.connections == 0


def test_old_history_goes(people: People, site: Site, look: Look) -> None:
    make_code(people.workspace, destination_url=site.server.url)
    look()
    long_after: datetime = clock.now() + 400 * DAY
    assert purge_history(long_after, 0) == 0
    assert purge_history(long_after, 365) == 1
