"""Whatever order events come in, twice, late or never: in the end ours is what Stripe has."""

import copy
import json
import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from pitchbar.billing.deciding import decide, effective_plan
from pitchbar.billing.due import apply_due_changes
from pitchbar.billing.events import handle_event, receive_event
from pitchbar.billing.models import BillingEvent, PlanSubscription
from pitchbar.billing.reading import read_customer, store, take_reading
from pitchbar.billing.rows import take_ticket
from pitchbar.billing.settings import BillingSettings
from pitchbar.billing.syncing import sync_all
from pitchbar.clients.payments import Payments
from pitchbar.clients.payments_wire import PaidSubscription, moment, read_subscription
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.workspaces.models import Membership, Workspace
from tests.billing.factories import (
    WEBHOOK,
    billing_settings,
    make_customer,
    plan_of,
    row_of,
    run_billing_jobs,
)
from tests.fakes.stripe import FakeStripe, headers, in_process
from tests.fakes.stripe_account import GROWTH, LIVE, METERED, SCALE, STARTER, Account, Wire
from tests.support.browsing import FormClient
from tests.support.factories import People, make_workspace
from tests.support.servers import on_both_databases

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)

ACTS: dict[str, Callable[[Account, str], object]] = {
    "buy": lambda account, customer: account.subscribe(customer, [STARTER]),
    "try": lambda account, customer: account.subscribe(customer, [GROWTH], days=14, card=""),
    "pick_growth": lambda account, customer: account.set_price(_sub(account, customer), GROWTH),
    "pick_scale": lambda account, customer: account.set_price(_sub(account, customer), SCALE),
    "pick_unknown": lambda account, customer: account.set_price(
        _sub(account, customer), "price_old"
    ),
    "end": lambda account, customer: account.update(
        _sub(account, customer), {"cancel_at_period_end": "true"}
    ),
    "go_on": lambda account, customer: account.update(
        _sub(account, customer), {"cancel_at_period_end": "false"}
    ),
    "fail": lambda account, customer: _fail(account, customer),
    "pay": lambda account, customer: account.pay(_sub(account, customer)),
    "unpaid": lambda account, customer: account.set_status(_sub(account, customer), "unpaid"),
    "delete": lambda account, customer: account.cancel(_sub(account, customer)),
}


def _sub(account: Account, customer: str) -> str:
    alive = [
        one["id"] for one in account.all("subscription", customer=customer) if one["status"] in LIVE
    ]
    return str(alive[0])


def _fail(account: Account, customer: str) -> None:
    one = _sub(account, customer)
    account.get(customer)["card"] = "declined"
    account.update(one, {"cancel_at_period_end": "false"})
    account.renew(one)


def act(account: Account, customer: str, name: str) -> None:
    """One that cannot be done now, as nothing is there, is left out."""
    is_alive = any(one["status"] in LIVE for one in account.all("subscription", customer=customer))
    if is_alive != (name in ("buy", "try")):
        ACTS[name](account, customer)


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[tuple[str, float]], int]:
    """What happens at Stripe, how much of what is told then comes late, and the seed of how."""
    names = st.sampled_from(sorted(ACTS))
    steps = draw(st.lists(st.tuples(names, st.floats(0, 1)), min_size=1, max_size=9))
    return [("buy", 0.5), *steps], draw(st.integers(0, 2**32))


class Delivery:
    """Between Stripe and us: repeats, delays, mixes up and drops, as its seed says."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._late: list[Wire] = []
        self.dropped = 0

    def now(self, events: list[Wire], lateness: float) -> list[Wire]:
        self._late += events
        self._random.shuffle(self._late)
        some = [event for event in self._late if self._random.random() > lateness]
        self._late = [event for event in self._late if event not in some]
        lost = [event for event in some if self._random.random() < 0.1]
        self.dropped += len(lost)
        twice = [event for event in some if self._random.random() < 0.3]
        told = [event for event in some if event not in lost] + twice
        self._random.shuffle(told)
        return told

    def rest(self) -> list[Wire]:
        told, self._late = self._late, []
        return told


def hear(event: Wire, payments: Payments, billing: BillingSettings) -> None:
    receive_event(event, b"")
    db.session.commit()
    row_id = db.session.query(BillingEvent.id).filter_by(event_id=event["id"]).scalar()
    handle_event(row_id, payments, billing, clock.now())


def assert_same(workspace: Workspace, payments: Payments, billing: BillingSettings) -> None:
    row = row_of(workspace)
    reading = read_customer(payments, str(row.customer_id), row.subscription_id)
    facts = reading.facts()
    assert {name: getattr(row, name) for name in facts} == facts
    decided = decide(row.status, row.price_id, row.past_due_since, clock.now(), billing)
    assert plan_of(workspace) == effective_plan(decided.plan, "")


class Handling:
    """One job for one event, step by step, as threads and processes mix them: it draws a ticket,
    reads Stripe, and stores what it read.
    """

    def __init__(self, row: PlanSubscription, account: Account, customer: str) -> None:
        self._row, self._stripe, self._customer = row, ReadDirectly(account), customer
        self._steps = iter((self._begin, self._read, self._store))
        self.is_done = False

    def step(self) -> None:
        next(self._steps)()

    def _begin(self) -> None:
        self._row.tickets += 1
        self._ticket = self._row.tickets

    def _read(self) -> None:
        stripe = cast(Payments, self._stripe)
        self._reading = read_customer(stripe, self._customer, self._row.subscription_id)

    def _store(self) -> None:
        take_reading(self._row, self._ticket, self._reading, NOW)
        self.is_done = True


@dataclass
class ReadDirectly:
    """What `Payments` reads, in the same shapes, without the price of the library."""

    account: Account

    def list_subscriptions(self, customer: str) -> list[PaidSubscription]:
        found = self.account.all("subscription", customer=customer)
        return [read_subscription(copy.deepcopy(one), METERED) for one in found]

    def find_past_due_since(self, subscription_id: str) -> datetime | None:
        found = self.account.all("invoice", subscription=subscription_id, status="open")
        return moment(min((one["created"] for one in found), default=None))


class Mixed:
    """Handlers at once, in any order; the row is what they write."""

    def __init__(self, seed: int) -> None:
        self.account, self._random = Account(), random.Random(seed)
        self.customer = str(self.account.create_customer({})["id"])
        self.row = PlanSubscription(tickets=0, read_ticket=0, subscription_id="", had_trial=False)
        self.open: list[Handling] = []
        self.handled = self.most_at_once = 0

    def hear(self, events: list[Wire]) -> None:
        self.open += [Handling(self.row, self.account, self.customer) for _ in events]
        self.handled += len(events)
        self.most_at_once = max(self.most_at_once, len(self.open))
        self._advance(self._random.randrange(8))

    def finish(self) -> None:
        while self.open:
            self._advance(50)

    def _advance(self, steps: int) -> None:
        while self.open and steps:
            steps -= 1
            self._random.choice(self.open).step()
            self.open = [one for one in self.open if not one.is_done]

    def assert_same(self) -> None:
        stripe = cast(Payments, ReadDirectly(self.account))
        facts = read_customer(stripe, self.customer, self.row.subscription_id).facts()
        assert {name: getattr(self.row, name) for name in facts} == facts


def test_a_thousand_orders_end_in_what_stripe_has() -> None:
    """Each event may come twice, late or never; what is dropped is read by the sweep."""
    orders: list[Mixed] = []
    dropped = []

    @settings(max_examples=1000, deadline=None, database=None, derandomize=True)
    @given(stories())
    def run(story: tuple[list[tuple[str, float]], int]) -> None:
        steps, seed = story
        mixed, delivery = Mixed(seed), Delivery(seed)
        for name, lateness in steps:
            act(mixed.account, mixed.customer, name)
            events, mixed.account.events = mixed.account.events, []
            mixed.hear(delivery.now(events, lateness))
        mixed.hear(delivery.rest())
        if delivery.dropped:
            mixed.hear([{}])
        mixed.finish()
        mixed.assert_same()
        orders.append(mixed)
        dropped.append(delivery.dropped)

    run()
    assert len(orders) >= 1000
    assert sum(one.handled for one in orders) > 5000
    assert sum(dropped) > 500
    assert max(one.most_at_once for one in orders) > 5


@on_both_databases
def test_orders_by_stored_events_end_in_what_stripe_has(app: Flask) -> None:
    """By rows and jobs' work; BILLING_ORDERS=1000 runs as many of them as the test above."""
    workspace = make_workspace()
    # Nobody to be mailed: composing messages takes longer than all else.
    db.session.execute(delete(Membership).where(Membership.workspace_id == workspace.id))
    db.session.commit()

    @settings(
        max_examples=int(os.environ.get("BILLING_ORDERS", "12")),
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(stories())
    def run(story: tuple[list[tuple[str, float]], int]) -> None:
        steps, seed = story
        stripe, delivery = FakeStripe(), Delivery(seed)
        payments, billing = in_process(stripe), billing_settings()
        _forget(workspace)
        customer = str(make_customer(workspace, stripe).customer_id)
        for name, lateness in steps:
            act(stripe.account, customer, name)
            for event in delivery.now(stripe.take_events(), lateness):
                hear(event, payments, billing)
        for event in delivery.rest():
            hear(event, payments, billing)
        if delivery.dropped:
            sync_all(payments, billing, clock.now())
        assert_same(workspace, payments, billing)

    run()


def _forget(workspace: Workspace) -> None:
    db.session.rollback()
    for table in ("billing_events", "billing_notices", "subscriptions", "jobs", "audit_entries"):
        db.session.connection().exec_driver_sql(f"DELETE FROM {table}")
    workspace.plan = "free"
    db.session.commit()


@pytest.mark.parametrize("seed", range(6))
def test_orders_through_the_webhook(
    client: FormClient, people: People, stripe: FakeStripe, seed: int
) -> None:
    """The same by signed requests, a job for each event, and the real library over HTTP."""
    mixed = random.Random(seed)
    workspace = make_workspace()
    customer = str(make_customer(workspace, stripe).customer_id)
    delivery = Delivery(seed)
    names = ["buy", *mixed.choices(sorted(ACTS), k=5)]
    for name in names:
        act(stripe.account, customer, name)
        _post(client, delivery.now(stripe.take_events(), mixed.random()))
        if mixed.random() < 0.5:
            run_billing_jobs()
    _post(client, delivery.rest())
    run_billing_jobs()
    payments = in_process(stripe)
    if delivery.dropped:
        sync_all(payments, billing_settings(), clock.now())
    assert_same(workspace, payments, billing_settings())


def _post(client: FormClient, events: list[Wire]) -> None:
    for event in events:
        body = json.dumps(event)
        assert client.post(WEBHOOK, data=body, headers=headers(body)).status_code == 200


def test_an_older_reading_never_takes_the_place_of_a_newer(
    app: Flask, people: People, stripe: FakeStripe
) -> None:
    """The job that began first ends last, with what it read before the other began."""
    workspace, payments, billing = people.elsewhere, in_process(stripe), billing_settings()
    customer = str(make_customer(workspace, stripe).customer_id)
    bought = stripe.account.subscribe(customer, [STARTER])
    slow = take_ticket(workspace.id)
    db.session.commit()
    read_slowly = read_customer(payments, customer, "")
    stripe.account.cancel(bought["id"])
    quick = take_ticket(workspace.id)
    db.session.commit()
    now = clock.now()
    assert store(workspace.id, customer, quick, read_customer(payments, customer, ""), billing, now)
    assert not store(workspace.id, customer, slow, read_slowly, billing, now)
    assert (row_of(workspace).status, plan_of(workspace)) == ("canceled", "free")


def test_time_alone_ends_the_grace(
    app: Flask, people: People, stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, payments, billing = people.elsewhere, in_process(stripe), billing_settings()
    customer = str(make_customer(workspace, stripe).customer_id)
    stripe.account.subscribe(customer, [GROWTH])
    _fail(stripe.account, customer)
    for event in stripe.take_events():
        hear(event, payments, billing)
    assert plan_of(workspace) == "growth"
    since = row_of(workspace).past_due_since
    assert since
    apply_due_changes(billing, since + timedelta(days=13))
    assert plan_of(workspace) == "growth"
    apply_due_changes(billing, since + timedelta(days=14))
    assert plan_of(workspace) == "free"
    apply_due_changes(billing, since + timedelta(days=15))
    assert plan_of(workspace) == "free"
