"""Buying a plan: by the pages of ours, and the hosted page of Stripe."""

import re
import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from pitchbar.billing.checkout import begin_checkout
from pitchbar.billing.due import apply_due_changes, ask_what_is_late
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace
from tests.billing.factories import (
    WEBHOOK,
    billing_settings,
    make_customer,
    payments,
    plan_of,
    row_of,
    run_billing_jobs,
)
from tests.fakes.stripe import FakeStripe, headers
from tests.fakes.stripe_account import GROWTH, STARTER, Refusal
from tests.support.browsing import SITE, FormClient, sign_in
from tests.support.factories import People
from tests.support.mailbox import sent_mails


@pytest.fixture
def home(client: FormClient, people: People) -> str:
    """The page of the outsider, who owns the workspace Elsewhere, on Free."""
    sign_in(client, people.outsider)
    return f"/w/{people.elsewhere.slug}/billing"


@pytest.fixture
def workspace(people: People) -> Workspace:
    return people.elsewhere


def start(client: FormClient, home: str, plan: str = "growth") -> str:
    """The id of the session that the page leads to."""
    answer = client.submit(f"{home}/checkout", {"plan": plan})
    assert answer.status_code == 200, answer.text
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', answer.text)
    assert found
    return found[1].rpartition("/")[2]


def come_back(client: FormClient, home: str, session: str) -> str:
    answer = client.get(f"{home}/return?session={session}")
    assert answer.status_code in (302, 303)
    return client.get(home).text


def hear_all(client: FormClient, stripe: FakeStripe) -> None:
    import json

    for event in stripe.take_events():
        body = json.dumps(event)
        assert client.post(WEBHOOK, data=body, headers=headers(body)).status_code == 200
    run_billing_jobs()


def test_plan_is_there_when_the_browser_returns(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe
) -> None:
    session = start(client, home)
    asked = stripe.account.get(session)
    assert asked["success_url"].startswith(f"{SITE}{home}/return")
    assert asked["cancel_url"] == f"{SITE}{home}"
    assert asked["allow_promotion_codes"] == "true"
    assert asked["automatic_tax"] == {"enabled": "false"}
    stripe.account.complete(session, card="")
    page = come_back(client, home, session)
    assert "Elsewhere is on Growth" in page
    assert "Trial ends in 14 days" in page
    assert plan_of(workspace) == "growth"
    # The webhook comes later, and changes nothing more.
    hear_all(client, stripe)
    assert plan_of(workspace) == "growth"
    assert len([mail for mail in sent_mails() if "is on the plan Growth" in mail.subject]) == 1


def test_plan_is_there_when_the_webhook_comes_first(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe
) -> None:
    session = start(client, home)
    stripe.account.complete(session)
    hear_all(client, stripe)
    assert plan_of(workspace) == "growth"
    assert "Your plan" in come_back(client, home, session)
    changes = select(AuditEntry).where(AuditEntry.action == "workspace.plan_changed")
    entry = db.session.scalars(changes).one()
    assert (entry.before, entry.after["plan"]) == ({"plan": "free"}, "growth")


def test_plan_is_there_when_the_browser_never_returns(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe
) -> None:
    stripe.account.complete(start(client, home))
    hear_all(client, stripe)
    assert plan_of(workspace) == "growth"


def test_session_of_somebody_else_shows_nothing(
    client: FormClient, home: str, workspace: Workspace, people: People, stripe: FakeStripe
) -> None:
    start(client, home)
    other = make_customer(people.workspace, stripe)
    theirs = stripe.account.create_session(
        {
            "customer": other.customer_id,
            "line_items": [{"price": STARTER}],
            "success_url": "{CHECKOUT_SESSION_ID}",
        }
    )
    stripe.account.complete(theirs["id"])
    for session in (theirs["id"], "cs_none", "", "x" * 200, "é"):
        assert "Thank you" not in come_back(client, home, session)
    assert plan_of(workspace) == "free"


def test_declined_card_buys_nothing(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe
) -> None:
    session = start(client, home)
    with pytest.raises(Refusal, match="declined"):
        stripe.account.complete(session, card="declined")
    assert "Thank you" not in come_back(client, home, session)
    assert plan_of(workspace) == "free"
    # The same page takes another card.
    stripe.account.complete(session)
    assert "is on Growth" in come_back(client, home, session)


def test_trial_is_once(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe
) -> None:
    assert "tried for 14 days" in client.get(home).text
    session = start(client, home)
    stripe.account.complete(session, card="")
    come_back(client, home, session)
    stripe.account.advance(15 * 86_400)
    hear_all(client, stripe)
    assert plan_of(workspace) == "free"
    assert "tried for 14 days" not in client.get(home).text
    again = stripe.account.get(start(client, home))
    assert "trial_period_days" not in again["subscription_data"]
    assert "payment_method_collection" not in again


@pytest.mark.settings(billing_trial_days=0, stripe_automatic_tax=True)
def test_trial_and_tax_are_settings(client: FormClient, home: str, stripe: FakeStripe) -> None:
    asked = stripe.account.get(start(client, home))
    assert "trial_period_days" not in asked["subscription_data"]
    assert asked["automatic_tax"] == {"enabled": "true"}


def test_owner_is_told_once_that_a_trial_ends(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe
) -> None:
    session = start(client, home)
    stripe.account.complete(session, card="")
    come_back(client, home, session)

    def told(days: int) -> int:
        apply_due_changes(billing_settings(), clock.now() + timedelta(days=days))
        return len([mail for mail in sent_mails() if "trial of Growth ends" in mail.subject])

    assert [told(10), told(12), told(13)] == [0, 1, 1]


def test_two_checkouts_leave_one_that_can_be_completed(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe
) -> None:
    first, second = start(client, home, "growth"), start(client, home, "starter")
    with pytest.raises(Refusal, match="over"):
        stripe.account.complete(first)
    stripe.account.complete(second)
    assert "is on Starter" in come_back(client, home, second)


def test_checkout_that_was_completed_meanwhile_is_not_bought_twice(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe
) -> None:
    first = start(client, home, "growth")
    stripe.account.complete(first)
    answer = client.submit(f"{home}/checkout", {"plan": "starter"})
    assert answer.status_code == 409
    assert "has a subscription already" in answer.text
    assert plan_of(workspace) == "growth"


def test_checkouts_at_once_end_with_one_subscription(
    app: Flask, people: People, workspace: Workspace, stripe: FakeStripe
) -> None:
    """Threads with sessions of their own; whatever can be completed is, twice over."""
    slug, urls, barrier = workspace.slug, [], threading.Barrier(4)

    def buy() -> None:
        with app.app_context():
            mine = db.session.scalars(select(Workspace).where(Workspace.slug == slug)).one()
            barrier.wait(10)
            url = begin_checkout(
                mine, SYSTEM, "growth", email="ada@pitchbar.example", payments=payments(),
                settings=current_settings(), now=clock.now(),
            )  # fmt: skip
            urls.append(url)
            db.session.remove()

    threads = [threading.Thread(target=buy) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(urls) == 4
    assert len(stripe.account.all("customer")) == 1
    bought = 0
    for url in urls:
        try:
            stripe.account.complete(url.rpartition("/")[2])
            bought += 1
        except Refusal:
            continue
    assert bought == 1


def test_second_subscription_is_ended_and_operators_hear_of_it(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe
) -> None:
    session = start(client, home)
    first = stripe.account.complete(session)
    come_back(client, home, session)
    second = stripe.account.subscribe(str(row_of(workspace).customer_id), [STARTER])
    hear_all(client, stripe)
    assert stripe.account.get(second["id"])["status"] == "canceled"
    assert "refunded" in stripe.account.get(second["id"])["cancellation_details"]["comment"]
    assert stripe.account.get(first["id"])["status"] == "trialing"
    hear_all(client, stripe)
    assert plan_of(workspace) == "growth"
    [mail] = [mail for mail in sent_mails() if mail.to == "ops@pitchbar.example"]
    assert second["id"] in mail.text


def test_unknown_price_gives_the_default_and_alarms_operators_once(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe
) -> None:
    customer = str(make_customer(workspace, stripe).customer_id)
    bought = stripe.account.subscribe(customer, ["price_new"])
    hear_all(client, stripe)
    assert plan_of(workspace) == "starter"
    stripe.account.set_status(bought["id"], "active")
    hear_all(client, stripe)
    [mail] = [mail for mail in sent_mails() if mail.to == "ops@pitchbar.example"]
    assert "price_new" in mail.text


def test_subscription_deleted_in_the_dashboard_ends_the_plan(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe
) -> None:
    customer = str(make_customer(workspace, stripe).customer_id)
    bought = stripe.account.subscribe(customer, [GROWTH])
    hear_all(client, stripe)
    stripe.account.cancel(bought["id"])
    stripe.take_events()
    # Nothing was heard of it: it is asked for once its period is over, and every night.
    late = clock.now() + timedelta(days=31)
    assert ask_what_is_late(payments(), billing_settings(), late) == 1
    assert plan_of(workspace) == "free"
    assert "Renews" not in client.get(home).text


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 429}, {"status": 401}])
def test_stripe_down_in_checkout_loses_nothing(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe, fault: dict[str, int]
) -> None:
    stripe.fail("/v1/", **fault)
    answer = client.submit(f"{home}/checkout", {"plan": "growth"})
    assert answer.status_code == 503
    assert "stay as they are" in answer.text
    assert f"/w/{workspace.slug}" in answer.text, "within the frame"
    assert client.get(home).status_code == 200
    stripe.heal()
    stripe.account.complete(start(client, home))


def test_answer_that_was_lost_makes_no_second_customer(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe
) -> None:
    stripe.fail("/v1/customers", is_done=True, times=2)
    assert client.submit(f"{home}/checkout", {"plan": "growth"}).status_code == 503
    start(client, home)
    assert len(stripe.account.all("customer")) == 1


@pytest.mark.settings(stripe_timeout=0.3)
def test_stripe_that_hangs_is_not_waited_for(
    client: FormClient, home: str, stripe: FakeStripe
) -> None:
    stripe.fail("/v1/customers", delay=1.0, times=2)
    assert client.submit(f"{home}/checkout", {"plan": "growth"}).status_code == 503


def test_stripe_down_on_return_says_that_the_plan_comes(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe
) -> None:
    session = start(client, home)
    stripe.account.complete(session)
    stripe.fail("/v1/", status=500)
    assert "as soon as it does" in come_back(client, home, session)
    stripe.heal()
    hear_all(client, stripe)
    assert plan_of(workspace) == "growth"


@pytest.mark.parametrize("plan", ["", "free", "golden", "<b>growth</b>", "growth\0"])
def test_plan_that_is_not_sold_is_refused(client: FormClient, home: str, plan: str) -> None:
    answer = client.submit(f"{home}/checkout", {"plan": plan})
    assert answer.status_code == 422
    assert "<b>growth" not in answer.text


@pytest.mark.settings(stripe_price_scale="")
def test_plan_without_a_price_is_not_offered(client: FormClient, home: str) -> None:
    assert "Try Scale" not in client.get(home).text
    assert client.submit(f"{home}/checkout", {"plan": "scale"}).status_code == 422


def test_customer_in_another_currency_is_told(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe
) -> None:
    """The currency of what is sold was changed since: Stripe says no, and nothing is lost."""
    customer = str(make_customer(workspace, stripe).customer_id)
    stripe.account.subscribe(customer, [GROWTH])
    hear_all(client, stripe)
    stripe.account.objects[STARTER]["currency"] = "eur"
    at = int(clock.now().timestamp())
    answer = client.submit(f"{home}/change", {"plan": "starter", "at": at})
    assert answer.status_code == 422
    assert "stay as they are" in answer.text
    assert plan_of(workspace) == "growth"
    # What was bought anew in the other currency is followed.
    stripe.account.cancel(row_of(workspace).subscription_id)
    stripe.account.get(customer)["currency"] = "eur"
    stripe.account.subscribe(customer, [STARTER])
    hear_all(client, stripe)
    assert (plan_of(workspace), row_of(workspace).currency) == ("starter", "eur")
