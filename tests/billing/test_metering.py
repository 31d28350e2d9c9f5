"""Scans beyond a plan: each is reported once, whatever fails in between."""

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from pitchbar.billing import hooks
from pitchbar.billing.changing import set_overage
from pitchbar.billing.errors import OverageNotOffered
from pitchbar.billing.meter_sending import collect_units, send_batches
from pitchbar.billing.models import MeterBatch, MeterMonth
from pitchbar.billing.reading import refresh
from pitchbar.billing.syncing import sync_all
from pitchbar.clients.payments import Payments
from pitchbar.clients.payments_errors import PaymentsUnavailable
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.scans.counting import Counting, count_recorded
from pitchbar.scans.quota import Quota
from pitchbar.scans.resolver import Resolver
from pitchbar.scans.unrecorded import Unrecorded
from pitchbar.workspaces.models import Workspace
from tests.billing.factories import (
    batches_of,
    billing_settings,
    make_customer,
    payments,
    plan_of,
    row_of,
)
from tests.fakes.stripe import FakeStripe, in_process
from tests.fakes.stripe_account import GROWTH, METERED, STARTER
from tests.support.factories import People, make_code, make_workspace
from tests.support.servers import on_both_databases


class Scans:
    """How many scans were recorded in each month, as the rollups would say."""

    def __init__(self) -> None:
        self.by_month: dict[object, int] = {}

    def count(self, _workspace: Workspace, month: object) -> int:
        return self.by_month.get(month, 0)

    def record(self, number: int, now: datetime) -> None:
        month = now.date().replace(day=1)
        self.by_month[month] = self.by_month.get(month, 0) + number


@pytest.fixture
def scans(app: Flask) -> Iterator[Scans]:
    known, made = hooks._count_recorded[:], Scans()
    hooks.register_scan_counter(made.count)
    yield made
    hooks._count_recorded[:] = known


@pytest.fixture
def workspace(app: Flask) -> Workspace:
    return make_workspace()


@pytest.fixture
def now() -> datetime:
    """Within a month, so that no hour of a test lies in the next one."""
    return datetime.now(UTC).replace(day=10, hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def metered(workspace: Workspace, scans: Scans, stripe: FakeStripe, now: datetime) -> Payments:
    """Starter, 25,000 scans a month, and what is beyond is paid for."""
    stripe.account.skew = now.timestamp() - datetime.now(UTC).timestamp()
    customer = str(make_customer(workspace, stripe).customer_id)
    stripe.account.subscribe(customer, [STARTER])
    found, settings = in_process(stripe), billing_settings()
    refresh(workspace.id, found, settings, now)
    set_overage(workspace, SYSTEM, found, settings, now, wants=True)
    return found


def at_stripe(workspace: Workspace, stripe: FakeStripe) -> int:
    return stripe.account.count_units(str(row_of(workspace).customer_id))


def test_scans_within_the_plan_cost_nothing(
    workspace: Workspace, metered: Payments, scans: Scans, stripe: FakeStripe, now: datetime
) -> None:
    scans.record(25_000, now)
    assert collect_units(now) == 0
    scans.record(1, now)
    assert collect_units(now) == 1
    assert send_batches(metered, now) == 1
    assert at_stripe(workspace, stripe) == 1
    [batch] = batches_of(workspace)
    customer, named, month, span = batch.identifier.split(":")
    assert (customer, named) == (row_of(workspace).customer_id, str(workspace.id))
    assert (month, span) == (f"{now:%Y-%m}", "0-1")


def test_what_was_recorded_before_is_the_plans(
    workspace: Workspace, scans: Scans, stripe: FakeStripe, now: datetime
) -> None:
    """Under Growth 200,000 were recorded; then Starter, then pay for what is beyond."""
    stripe.account.skew = now.timestamp() - datetime.now(UTC).timestamp()
    scans.record(200_000, now)
    stripe.account.subscribe(str(make_customer(workspace, stripe).customer_id), [STARTER])
    found, settings = in_process(stripe), billing_settings()
    refresh(workspace.id, found, settings, now)
    set_overage(workspace, SYSTEM, found, settings, now, wants=True)
    assert collect_units(now) == 0
    scans.record(7, now)
    assert collect_units(now) == 7


def test_smaller_plan_bills_nothing_of_before(
    workspace: Workspace, metered: Payments, scans: Scans, stripe: FakeStripe, now: datetime
) -> None:
    paid = row_of(workspace).subscription_id
    stripe.account.set_price(paid, GROWTH)
    refresh(workspace.id, metered, billing_settings(), now)
    scans.record(100_000, now)
    stripe.account.set_price(paid, STARTER)
    refresh(workspace.id, metered, billing_settings(), now)
    assert plan_of(workspace) == "starter"
    assert collect_units(now) == 0
    scans.record(10, now)
    assert collect_units(now) == 10


def test_months_are_counted_apart_and_late_scans_still_count(
    workspace: Workspace, metered: Payments, scans: Scans, stripe: FakeStripe, now: datetime
) -> None:
    scans.record(25_010, now)
    assert collect_units(now) == 10
    next_month = (now.replace(day=1) + timedelta(days=32)).replace(day=1, hour=1)
    scans.record(25_003, next_month)
    scans.record(5, now)
    assert collect_units(next_month) == 8
    scans.record(100, now)
    assert collect_units(next_month + timedelta(days=5)) == 0, "that month is closed"


def test_erased_scans_are_not_paid_back_and_not_paid_twice(
    workspace: Workspace, metered: Payments, scans: Scans, now: datetime
) -> None:
    scans.record(25_100, now)
    assert collect_units(now) == 100
    scans.record(-60, now)
    assert collect_units(now) == 0
    scans.record(80, now)
    assert collect_units(now) == 20


def break_something(
    what: int, workspace: Workspace, metered: Payments, stripe: FakeStripe, at: datetime
) -> None:
    if what == 0:
        stripe.fail("/meter_events", status=500)
    elif what == 1:
        stripe.fail("/meter_events", status=500, is_done=True)
    elif what == 2:
        stripe.fail("/meter_events", status=400, times=1)
    elif what == 3:
        # It was sent, and the worker died before that was noted.
        with suppress(PaymentsUnavailable):
            send_batches(metered, at)
        for batch in batches_of(workspace)[-1:]:
            batch.sent_at = None
        db.session.commit()


@on_both_databases
@pytest.mark.parametrize("seed", range(2))
def test_units_used_are_units_reported_whatever_fails(
    workspace: Workspace,
    metered: Payments,
    scans: Scans,
    stripe: FakeStripe,
    now: datetime,
    seed: int,
) -> None:
    """A day of hours: Stripe is away, loses answers, refuses; workers die before they note it."""
    mixed = random.Random(seed)
    for hour in range(24):
        at = now + timedelta(hours=hour)
        stripe.account.skew = at.timestamp() - datetime.now(UTC).timestamp()
        scans.record(mixed.randrange(4_000), at)
        collect_units(at)
        stripe.heal()
        break_something(mixed.randrange(5), workspace, metered, stripe, at)
        with suppress(PaymentsUnavailable):
            send_batches(metered, at)
    stripe.heal()
    end = now + timedelta(hours=24)
    stripe.account.skew = end.timestamp() - datetime.now(UTC).timestamp()
    send_batches(metered, end)
    used = max(0, scans.by_month[now.date().replace(day=1)] - 25_000)
    assert used > 1000
    assert at_stripe(workspace, stripe) == used
    assert db.session.scalar(select(func.sum(MeterMonth.billable))) == used
    assert db.session.scalar(select(func.count()).where(MeterBatch.sent_at.is_(None))) == 0
    synced = sync_all(metered, billing_settings(), end)
    assert (synced.drifts, synced.failures) == ([], [])


def test_answer_that_was_lost_for_days_is_looked_up_and_not_sent_again(
    workspace: Workspace, metered: Payments, scans: Scans, stripe: FakeStripe, now: datetime
) -> None:
    """Stripe knows identifiers for a day; then it would take the same units again."""
    scans.record(25_040, now)
    collect_units(now)
    stripe.fail("/meter_events", status=500, is_done=True)
    with pytest.raises(PaymentsUnavailable):
        send_batches(metered, now)
    stripe.heal()
    for known in list(stripe.account.meter_events):
        stripe.account.meter_events[f"forgotten {known}"] = stripe.account.meter_events.pop(known)
    later = now + timedelta(hours=30)
    stripe.account.skew += 30 * 3600
    assert send_batches(metered, later) == 1
    assert at_stripe(workspace, stripe) == 40


def test_what_never_arrived_is_sent_after_days(
    workspace: Workspace, metered: Payments, scans: Scans, stripe: FakeStripe, now: datetime
) -> None:
    scans.record(25_040, now)
    collect_units(now)
    stripe.fail("/meter_events", status=500)
    with pytest.raises(PaymentsUnavailable):
        send_batches(metered, now)
    stripe.heal()
    stripe.account.skew += 30 * 3600
    assert send_batches(metered, now + timedelta(hours=30)) == 1
    assert at_stripe(workspace, stripe) == 40


@pytest.mark.parametrize("hours", [-3, 3, 24 * 40])
def test_clock_that_is_wrong_loses_no_units(
    workspace: Workspace,
    metered: Payments,
    scans: Scans,
    stripe: FakeStripe,
    now: datetime,
    hours: float,
) -> None:
    """Stripe's clock is that far from ours; it takes 5 minutes ahead and 35 days behind."""
    stripe.account.skew += hours * 3600
    scans.record(25_011, now)
    collect_units(now)
    assert send_batches(metered, now) == 1
    assert at_stripe(workspace, stripe) == 11


def test_batch_that_is_refused_holds_up_no_other(
    workspace: Workspace, metered: Payments, scans: Scans, stripe: FakeStripe, now: datetime
) -> None:
    scans.record(25_001, now)
    collect_units(now)
    scans.record(2, now)
    collect_units(now)
    stripe.fail("/meter_events", status=400, times=1)
    assert send_batches(metered, now) == 1
    assert [bool(batch.error) for batch in batches_of(workspace)] == [True, False]
    assert send_batches(metered, now) == 1
    assert at_stripe(workspace, stripe) == 3


def test_edge_records_beyond_the_plan_only_while_it_is_paid_for(
    workspace: Workspace, metered: Payments, stripe: FakeStripe, now: datetime
) -> None:
    settings = billing_settings()
    assert row_of(workspace).metered_item_id
    db.session.refresh(workspace)
    assert workspace.records_overage
    set_overage(workspace, SYSTEM, metered, settings, now, wants=False)
    db.session.refresh(workspace)
    assert not workspace.records_overage
    set_overage(workspace, SYSTEM, metered, settings, now, wants=True)
    stripe.account.cancel(row_of(workspace).subscription_id)
    refresh(workspace.id, metered, settings, now)
    db.session.refresh(workspace)
    assert (workspace.plan, workspace.records_overage) == ("free", False)


def test_trial_without_a_card_pays_for_nothing_beyond(
    workspace: Workspace, scans: Scans, stripe: FakeStripe, now: datetime
) -> None:
    customer = str(make_customer(workspace, stripe).customer_id)
    stripe.account.subscribe(customer, [STARTER], days=14, card="")
    refresh(workspace.id, payments(), billing_settings(), now)
    with pytest.raises(OverageNotOffered):
        set_overage(workspace, SYSTEM, payments(), billing_settings(), now, wants=True)


def test_sync_says_what_differs_in_units(
    workspace: Workspace, metered: Payments, scans: Scans, stripe: FakeStripe, now: datetime
) -> None:
    scans.record(25_040, now)
    collect_units(now)
    send_batches(metered, now)
    stripe.account.add_meter_event(
        {"identifier": "by hand", "event_name": "pitchbar_scans",
         "payload": {"stripe_customer_id": row_of(workspace).customer_id, "value": "2"}}
    )  # fmt: skip
    synced = sync_all(metered, billing_settings(), now)
    [drift] = synced.drifts
    assert (drift.what, drift.ours, drift.stripes) == ("units reported", "40", "42")
    assert not synced.is_clean


def test_real_counter_is_registered(app: Flask, people: People) -> None:
    month = clock.now().date().replace(day=1)
    assert hooks.count_recorded(people.workspace, month) == count_recorded(
        db.session.connection(), people.workspace.id, month
    )
    assert billing_settings().stripe_price_metered_scan == METERED


def test_edge_counts_nothing_where_scans_beyond_the_plan_are_paid_for(
    app: Flask, workspace: Workspace
) -> None:
    code = make_code(workspace)
    short_code = code.short_code

    def allowance() -> object:
        counting = Counting(quota=Quota(Unrecorded(db.engine)))
        found = Resolver(db.engine, counting=counting).resolve(short_code)
        assert found
        return found.allowance

    assert allowance() is not None
    workspace.records_overage = True
    db.session.commit()
    assert allowance() is None
