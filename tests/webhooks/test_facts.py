"""Scans and conversions: joined to messages, and never a burden to whom nobody listens."""

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select

from pitchbar.core import clock
from pitchbar.core.personal_data import Whom, list_holdings
from pitchbar.extensions import db
from pitchbar.scans.models import Scan
from pitchbar.webhooks.hearing import hearing
from pitchbar.webhooks.joining import join_facts
from pitchbar.webhooks.models import Delivery, Fact, Message
from tests.support.factories import People, make_code
from tests.support.receivers import Receiver
from tests.support.scans import Visit, make_scans, store
from tests.support.servers import on_both_databases
from tests.webhooks.factories import deliveries_of, make_endpoint, run_pump


@pytest.fixture(autouse=True)
def _nothing_is_known() -> None:
    hearing.wants.forget()


def ripen() -> None:
    """As if the facts had waited for long enough."""
    earlier = clock.now() - timedelta(seconds=5)
    db.session.execute(Fact.__table__.update().values(told_at=earlier))  # type: ignore[attr-defined]  # a Table, which the model calls a FromClause
    db.session.commit()


@on_both_databases
def test_scans_of_a_moment_come_in_one_message(people: People, receiver: Receiver) -> None:
    code = make_code(people.workspace, short_code="menu")
    endpoint = make_endpoint(people.workspace, receiver.url, "scan.recorded")
    make_scans(code, 3)
    make_scans(code, 2)
    ripen()
    run_pump(receiver.pair)
    (got,) = receiver.received
    scans = json.loads(got.body)["data"]["scans"]

    assert len(deliveries_of(endpoint)) == 1
    assert {one["id"] for one in scans} == {str(one) for one in db.session.scalars(select(Scan.id))}
    assert {(one["code_id"], one["short_code"], one["device"]) for one in scans} == {
        (code.id, "menu", "phone")
    }
    assert not {"ip", "visitor"} & scans[0].keys()
    assert db.session.scalar(select(func.count(Fact.id))) == 0


def test_scan_is_on_its_way_with_the_pump_that_runs(people: People, receiver: Receiver) -> None:
    code = make_code(people.workspace)
    make_endpoint(people.workspace, receiver.url, "scan.recorded")
    make_scans(code, 1)
    stored_at = time.time()
    run_pump(receiver.pair, linger=1.0, seconds=3.0)

    # `bin/bench webhooks` tells how soon; here others may want the processor, too.
    assert receiver.received[0].at - stored_at < 5.0


def test_many_scans_are_split_into_messages_of_a_hundred(people: People) -> None:
    make_endpoint(people.workspace, "https://receiver.example.com/", "scan.recorded")
    make_scans(make_code(people.workspace), 230)
    ripen()
    join_facts(db.engine)
    bodies = db.session.scalars(select(Message.body)).all()

    assert sorted(len(json.loads(body)["data"]["scans"]) for body in bodies) == [30, 100, 100]


def test_facts_wait_for_others_first(people: People) -> None:
    make_endpoint(people.workspace, "https://receiver.example.com/", "scan.recorded")
    make_scans(make_code(people.workspace), 1)

    assert join_facts(db.engine) == 0
    ripen()
    assert join_facts(db.engine) == 1


def test_workspace_to_which_nobody_listens_costs_one_look_for_all(people: People) -> None:
    code, other = make_code(people.workspace), make_code(people.elsewhere)
    make_endpoint(people.elsewhere, "https://receiver.example.com/", "code.created")
    asked: list[str] = []
    event.listen(
        db.engine,
        "before_cursor_execute",
        lambda _c, _u, statement, *_rest: asked.append(statement),
    )
    for _ in range(5):
        make_scans(code, 1)
        make_scans(other, 1)
    looks = [one for one in asked if "webhook_" in one]

    assert len(looks) == 1
    assert db.session.scalar(select(func.count(Fact.id))) == 0


def test_new_endpoint_is_known_at_once_in_the_process_that_stores(people: People) -> None:
    from pitchbar.events.actors import SYSTEM
    from pitchbar.settings import current_settings
    from pitchbar.webhooks.services import create_endpoint

    code = make_code(people.workspace)
    make_scans(code, 1)
    url, events = "https://receiver.example.com/", ["scan.recorded"]
    create_endpoint(people.workspace, SYSTEM, current_settings(), url=url, events=events)
    db.session.commit()
    make_scans(code, 1)

    assert db.session.scalar(select(func.count(Fact.id))) == 1


def test_scans_that_come_again_are_told_once(people: People, monkeypatch: Any) -> None:
    from pitchbar.extensions import bus
    from pitchbar.scans.factories import make_ingestion
    from pitchbar.scans.visitors import EphemeralSalts
    from pitchbar.settings import current_settings
    from tests.support.scans import _line

    code = make_code(people.workspace)
    make_endpoint(people.workspace, "https://receiver.example.com/", "scan.recorded")
    ingestion = make_ingestion(current_settings(), db.engine, bus, EphemeralSalts())
    line = _line(Visit(code))
    db.session.commit()
    ingestion.ingest_scans(line)
    ingestion.ingest_scans(line)

    assert db.session.scalar(select(func.count(Fact.id))) == 1


@on_both_databases
def test_erased_visitor_is_erased_from_messages_and_from_what_waits(people: People) -> None:
    code = make_code(people.workspace)
    make_endpoint(people.workspace, "https://receiver.example.com/", "scan.recorded")
    store(Visit(code, address="198.51.100.7"), Visit(code, address="203.0.113.9"))
    ripen()
    join_facts(db.engine)
    store(Visit(code, address="198.51.100.7"))
    first = db.session.scalars(select(Scan.visitor).order_by(Scan.scanned_at, Scan.id)).first()
    holdings = {one.table: one for one in list_holdings()}
    messages, facts = holdings["webhook_messages"], holdings["webhook_facts"]
    whom, session, at = Whom(visitor=first or ""), db.session(), people.workspace.id
    counted = [one.count(session, at, whom) for one in (messages, facts)]
    told = list(messages.list_rows(session, at, whom))
    for one in (messages, facts):
        one.erase(session, at, whom)
    session.commit()
    devices = [
        scan["device"]
        for body in db.session.scalars(select(Message.body))
        for scan in json.loads(body)["data"]["scans"]
    ]

    assert counted[0] == 1
    assert [one["device"] for one in told] == ["phone"]
    assert sorted(map(str, devices)) == ["None", "phone"]
    assert [one.count(session, at, whom) for one in (messages, facts)] == [0, 0]


def test_conversion_is_told_with_its_code(people: People, receiver: Receiver, app: Any) -> None:
    from pitchbar.conversions.lines import read_line
    from pitchbar.conversions.services import keep_conversion
    from tests.conversions.calling import make_line

    code = make_code(people.workspace, short_code="menu")
    make_endpoint(people.workspace, receiver.url, "conversion.recorded")
    line = read_line(make_line(code, value_minor=1250, currency="EUR", order_id="4711")).facts
    keep_conversion(line)
    db.session.commit()
    ripen()
    run_pump(receiver.pair)
    (told,) = json.loads(receiver.received[0].body)["data"]["conversions"]

    assert (told["value"], told["order_id"], told["short_code"]) == ("12.50", "4711", "menu")
    assert db.session.scalar(select(func.count(Delivery.id))) == 1
