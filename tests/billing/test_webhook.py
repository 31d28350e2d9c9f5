"""What Stripe sends is taken only when it is Stripe that sends it, and stored before all else."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from pitchbar.billing.events import sweep_events, trim_events
from pitchbar.billing.models import BillingEvent
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs.ledger.models import Job
from tests.billing.factories import (
    WEBHOOK,
    make_customer,
    plan_of,
    row_of,
    run_billing_jobs,
)
from tests.fakes.stripe import WEBHOOK_SECRET, FakeStripe, headers
from tests.fakes.stripe_account import GROWTH, STARTER, Wire
from tests.support.browsing import FormClient
from tests.support.factories import People


@pytest.fixture
def event(people: People, stripe: FakeStripe) -> Wire:
    """Of a subscription to Growth, which nobody has heard of yet."""
    customer = make_customer(people.elsewhere, stripe).customer_id
    stripe.account.subscribe(str(customer), [GROWTH])
    return next(
        one for one in stripe.take_events() if one["type"] == "customer.subscription.created"
    )


def post(client: FormClient, event: Any, **signed: Any) -> int:
    body = event if isinstance(event, (str, bytes)) else json.dumps(event)
    text = body.decode("latin-1") if isinstance(body, bytes) else body
    return client.post(WEBHOOK, data=body, headers=headers(text, **signed)).status_code


def stored() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(BillingEvent)) or 0


def test_event_is_stored_and_handled_by_a_job(
    client: FormClient, people: People, event: Wire
) -> None:
    assert post(client, event) == 200
    row = db.session.scalars(select(BillingEvent)).one()
    assert (row.event_id, row.handled_at) == (event["id"], None)
    assert plan_of(people.elsewhere) == "free"
    assert run_billing_jobs() == ["billing.handle_billing_event"]
    assert plan_of(people.elsewhere) == "growth"
    row = db.session.scalars(select(BillingEvent)).one()
    assert (row.outcome, row.workspace_id) == ("applied", people.elsewhere.id)


def test_same_event_again_is_known(client: FormClient, people: People, event: Wire) -> None:
    assert [post(client, event) for _ in range(3)] == [200, 200, 200]
    assert stored() == 1
    assert run_billing_jobs() == ["billing.handle_billing_event"]
    assert post(client, event) == 200
    assert run_billing_jobs() == []


def _tampered(body: str) -> tuple[str, dict[str, str]]:
    return body.replace("growth", "scale!"), headers(body)


FORGED: dict[str, Callable[[str], tuple[str, dict[str, str]]]] = {
    "no signature": lambda body: (body, {}),
    "empty signature": lambda body: (body, {"Stripe-Signature": ""}),
    "no signature that could be read": lambda body: (body, {"Stripe-Signature": "t=x,v1=,=,,"}),
    "a made up signature": lambda body: (
        body,
        {"Stripe-Signature": f"t={int(time.time())},v1={'ab' * 32}"},
    ),
    "another secret": lambda body: (body, headers(body, "a-secret-of-somebody-else")),
    "an empty secret": lambda body: (body, headers(body, "")),
    "old": lambda body: (body, headers(body, age=301)),
    "very old": lambda body: (body, headers(body, age=86_400)),
    "tampered": _tampered,
    "another time": lambda body: (
        body,
        {"Stripe-Signature": headers(body, age=400)["Stripe-Signature"].replace("t=", "t=9")},
    ),
    "an older scheme": lambda body: (
        body,
        {"Stripe-Signature": headers(body)["Stripe-Signature"].replace("v1", "v0")},
    ),
}


@pytest.mark.parametrize("way", sorted(FORGED))
def test_forged_event_is_not_taken(client: FormClient, event: Wire, way: str) -> None:
    body, signed = FORGED[way](json.dumps(event))
    assert client.post(WEBHOOK, data=body, headers=signed).status_code == 400
    assert stored() == 0
    assert db.session.scalars(select(Job).where(Job.task.startswith("billing."))).all() == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no JSON",
        "null",
        "[]",
        '"text"',
        "{}",
        '{"id": "evt_1"}',
        '{"id": 5, "type": "x", "created": 1, "data": {"object": {}}}',
        '{"id": "evt_1", "type": "x", "created": "now", "data": {"object": {}}}',
        '{"id": "evt_1", "type": "x", "created": 99999999999999, "data": {"object": {}}}',
        '{"id": "evt_1", "type": "x", "created": 1, "data": {"object": []}}',
        '{"id": "evt\\u0000", "type": "x", "created": 1, "data": {"object": {}}}',
        '{"id": "evt\\ud800", "type": "x", "created": 1, "data": {"object": {}}}',
        json.dumps({"id": "e" * 256, "type": "x", "created": 1, "data": {"object": {}}}),
        "[" * 100_000,
    ],
)
def test_what_is_no_event_is_refused(client: FormClient, body: str) -> None:
    assert post(client, body) == 400
    assert stored() == 0


def test_what_is_too_large_is_refused(client: FormClient, event: Wire) -> None:
    event["data"]["object"]["filler"] = "x" * 600_000
    assert post(client, event) == 413
    assert stored() == 0


@pytest.mark.settings(stripe_webhook_secret=f"a-newer-signing-secret,{WEBHOOK_SECRET}")
def test_secrets_are_rotated_with_an_overlap(client: FormClient, event: Wire) -> None:
    assert post(client, event, secret="a-newer-signing-secret") == 200
    assert post(client, {**event, "id": "evt_by_the_old_one"}) == 200
    assert post(client, {**event, "id": "evt_by_none"}, secret="one-of-before") == 400
    assert stored() == 2


@pytest.mark.settings(stripe_webhook_secret="")
def test_without_a_secret_nothing_is_taken(client: FormClient, event: Wire) -> None:
    assert post(client, event) == 503
    assert post(client, event, secret="") == 503
    assert stored() == 0


def test_event_of_an_unknown_customer_is_harmless(client: FormClient, event: Wire) -> None:
    event["data"]["object"]["customer"] = "cus_of_somebody_else"
    assert post(client, event) == 200
    run_billing_jobs()
    assert db.session.scalars(select(BillingEvent.outcome)).one() == "unknown customer"


@pytest.mark.parametrize("kind", ["payout.paid", "product.updated", "x"])
def test_event_of_another_kind_is_harmless(
    client: FormClient, people: People, event: Wire, stripe: FakeStripe, kind: str
) -> None:
    assert post(client, {**event, "type": kind}) == 200
    asked = len(stripe.asked)
    run_billing_jobs()
    assert db.session.scalars(select(BillingEvent.outcome)).one() == "ignored"
    assert len(stripe.asked) == asked


def test_event_of_a_deleted_workspace_is_harmless(
    client: FormClient, people: People, event: Wire
) -> None:
    people.elsewhere.purged_at = clock.now()
    db.session.commit()
    assert post(client, event) == 200
    run_billing_jobs()
    assert db.session.scalars(select(BillingEvent.outcome)).one() == "deleted workspace"
    assert plan_of(people.elsewhere) == "free"


def test_what_an_event_says_is_not_believed(
    client: FormClient, people: People, event: Wire, stripe: FakeStripe
) -> None:
    """Stripe says what is true: the plan is Starter by now, and ends."""
    stripe.account.set_price(event["data"]["object"]["id"], STARTER)
    stripe.account.update(event["data"]["object"]["id"], {"cancel_at_period_end": "true"})
    event["data"]["object"] |= {"status": "past_due"}
    assert post(client, event) == 200
    run_billing_jobs()
    assert plan_of(people.elsewhere) == "starter"
    assert row_of(people.elsewhere).cancels_at


def test_events_wait_while_stripe_is_away(
    client: FormClient, people: People, event: Wire, stripe: FakeStripe
) -> None:
    stripe.fail("/v1/subscriptions", status=500)
    assert post(client, event) == 200
    with pytest.raises(Exception, match="out of order"):
        run_billing_jobs()
    db.session.rollback()
    row = db.session.scalars(select(BillingEvent)).one()
    assert row.handled_at is None
    assert "out of order" in row.error
    assert sweep_events(clock.now()) == 0, "its job has a while for it"
    assert sweep_events(clock.now() + timedelta(minutes=6)) == 1
    db.session.commit()
    stripe.heal()
    assert run_billing_jobs() == ["billing.handle_billing_event"]
    assert plan_of(people.elsewhere) == "growth"
    assert sweep_events(clock.now() + timedelta(minutes=6)) == 0


def test_customer_deleted_in_the_dashboard_may_buy_again(
    client: FormClient, people: People, event: Wire, stripe: FakeStripe
) -> None:
    post(client, event)
    run_billing_jobs()
    stripe.account.delete_customer(str(row_of(people.elsewhere).customer_id))
    for told in stripe.take_events():
        post(client, told)
    run_billing_jobs()
    assert plan_of(people.elsewhere) == "free"
    assert row_of(people.elsewhere).customer_id is None


def test_payloads_go_soon_and_rows_later(client: FormClient, event: Wire) -> None:
    post(client, event)
    now = clock.now()
    trim_events(now + timedelta(days=6), 30)
    assert db.session.scalars(select(BillingEvent.payload)).one()
    trim_events(now + timedelta(days=8), 30)
    assert db.session.scalars(select(BillingEvent.payload)).one() == ""
    assert trim_events(now + timedelta(days=31), 30) == 1
