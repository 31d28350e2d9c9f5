"""Changes of what is paid for: another plan, its end, cards, invoices."""

import json
import re
from datetime import timedelta

import pytest

from pitchbar.billing.settings import BillingSettings
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace
from tests.billing.factories import WEBHOOK, make_customer, plan_of, row_of, run_billing_jobs
from tests.fakes.stripe import FakeStripe, headers
from tests.fakes.stripe_account import GROWTH, STARTER, Wire
from tests.support.browsing import SITE, FormClient, sign_in
from tests.support.factories import People, make_code
from tests.support.mailbox import sent_mails


@pytest.fixture
def workspace(people: People) -> Workspace:
    return people.elsewhere


@pytest.fixture
def paid(client: FormClient, workspace: Workspace, stripe: FakeStripe) -> Wire:
    """A subscription to Starter, paid by a good card."""
    made = stripe.account.subscribe(str(make_customer(workspace, stripe).customer_id), [STARTER])
    hear_all(client, stripe)
    return made


@pytest.fixture
def home(client: FormClient, people: People, paid: Wire) -> str:
    sign_in(client, people.outsider)
    return f"/w/{people.elsewhere.slug}/billing"


def hear_all(client: FormClient, stripe: FakeStripe) -> None:
    for event in stripe.take_events():
        body = json.dumps(event)
        client.post(WEBHOOK, data=body, headers=headers(body))
    run_billing_jobs()


def preview(client: FormClient, home: str, plan: str = "growth") -> tuple[str, str]:
    """The page, and the moment that it is for."""
    answer = client.get(f"{home}/change?plan={plan}")
    assert answer.status_code == 200, answer.text
    at = re.search(r'name="at" value="(\d+)"', answer.text)
    assert at
    return answer.text, at[1]


def test_change_costs_what_was_shown(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe, paid: Wire
) -> None:
    item = paid["items"]["data"][0]
    for name in ("current_period_start", "current_period_end"):
        item[name] -= 15 * 86_400
    page, at = preview(client, home)
    shown = re.search(r"Pay \$([\d.]+) and change", page)
    assert shown
    assert 29 < float(shown[1]) < 31, "half a month of 60 dollars"
    answer = client.submit(f"{home}/change", {"plan": "growth", "at": at})
    assert answer.status_code == 303
    assert plan_of(workspace) == "growth"
    newest = stripe.account.all("invoice")[0]
    assert newest["total"] == round(float(shown[1]) * 100)
    assert stripe.account.prorated_at == [int(at), int(at)], "shown and charged for one moment"


def test_same_change_twice_is_charged_once(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe
) -> None:
    _, at = preview(client, home)
    before = len(stripe.account.all("invoice"))
    stripe.fail("/v1/subscriptions/", is_done=True, times=2, status=500)
    assert client.submit(f"{home}/change", {"plan": "growth", "at": at}).status_code == 503
    stripe.heal()
    assert client.submit(f"{home}/change", {"plan": "growth", "at": at}).status_code == 303
    assert len(stripe.account.all("invoice")) == before + 1
    assert plan_of(workspace) == "growth"


def test_smaller_plan_credits_and_says_what_stays(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe
) -> None:
    client.submit(f"{home}/change", {"plan": "growth", "at": preview(client, home)[1]})
    for _ in range(3):
        make_code(workspace)
    page, at = preview(client, home, "starter")
    assert "Credited to later invoices" in page
    assert "Nothing is deleted" in page
    assert client.submit(f"{home}/change", {"plan": "starter", "at": at}).status_code == 303
    assert plan_of(workspace) == "starter"


def test_declined_card_keeps_the_plan_until_it_is_paid(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe, paid: Wire
) -> None:
    stripe.account.get(paid["customer"])["card"] = "declined"
    answer = client.submit(f"{home}/change", {"plan": "growth", "at": preview(client, home)[1]})
    assert answer.status_code == 402
    assert "did not go through" in answer.text
    assert "https://pay.stripe.example/in_" in answer.text
    assert plan_of(workspace) == "starter"
    stripe.account.pay(paid["id"])
    hear_all(client, stripe)
    assert plan_of(workspace) == "growth"


@pytest.mark.parametrize("at", ["", "soon", "-5", "9" * 12, "1.5"])
def test_moment_that_is_none_shows_the_figures_again(
    client: FormClient, home: str, workspace: Workspace, at: str
) -> None:
    answer = client.submit(f"{home}/change", {"plan": "growth", "at": at})
    assert answer.status_code == 422
    assert "Look at the figures again" in answer.text
    assert plan_of(workspace) == "starter"


def test_moment_is_bounded(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe
) -> None:
    """Nobody pays less by naming another day."""
    far = int((clock.now() + timedelta(days=29)).timestamp())
    assert client.submit(f"{home}/change", {"plan": "growth", "at": far}).status_code == 303
    assert stripe.account.all("invoice")[0]["total"] == 6000


@pytest.mark.parametrize("plan", ["", "free", "golden"])
def test_plan_that_is_not_sold_is_refused(client: FormClient, home: str, plan: str) -> None:
    assert client.get(f"{home}/change?plan={plan}").status_code == 422
    assert client.submit(f"{home}/change", {"plan": plan, "at": "1"}).status_code == 422


def test_end_can_be_undone(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe
) -> None:
    assert "Free has" in client.get(f"{home}/cancel").text
    assert client.submit(f"{home}/cancellation").status_code == 303
    page = client.get(home).text
    assert "Cancels on" in page
    assert "Keep the plan" in page
    assert plan_of(workspace) == "starter"
    assert client.submit(f"{home}/resumption").status_code == 303
    assert "Renews on" in client.get(home).text
    stripe.account.advance(31 * 86_400)
    hear_all(client, stripe)
    assert plan_of(workspace) == "starter"


def test_end_comes_with_the_period_and_deletes_nothing(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe
) -> None:
    codes = [make_code(workspace) for _ in range(8)]
    led = [(code.status, code.destination_url) for code in codes]
    client.submit(f"{home}/cancellation")
    hear_all(client, stripe)
    subjects = [mail.subject for mail in sent_mails()]
    assert len([one for one in subjects if "The plan Starter of Elsewhere ends on" in one]) == 1
    stripe.account.advance(31 * 86_400)
    hear_all(client, stripe)
    assert plan_of(workspace) == "free"
    assert [(code.status, code.destination_url) for code in codes] == led
    assert {code.status for code in codes} == {"active"}, "beyond the plan, and leading on"


def test_past_due_is_said_and_paid(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe, paid: Wire
) -> None:
    stripe.account.get(paid["customer"])["card"] = "declined"
    stripe.account.renew(paid["id"])
    hear_all(client, stripe)
    hear_all(client, stripe)
    page = client.get(home).text
    assert "Past due: the plan is kept until" in page
    assert "Pay or change the card" in page
    told = [one for one in sent_mails() if "did not go through" in one.subject]
    assert len(told) == 1
    stripe.account.pay(paid["id"])
    hear_all(client, stripe)
    assert "Renews on" in client.get(home).text


def test_portal_leads_back_to_us_alone(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe
) -> None:
    for wanted in ("https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", ""):
        answer = client.submit(f"{home}/portal", {"next": wanted})
        assert answer.status_code == 200
        assert f"return={SITE}{home}" in answer.text
        assert "elsewhere.example" not in answer.text
    invoices = client.submit(f"{home}/portal", {"next": f"{home}/invoices"})
    assert f"return={SITE}{home}/invoices" in invoices.text


def test_invoices_come_in_pages(
    client: FormClient, home: str, stripe: FakeStripe, paid: Wire
) -> None:
    for _ in range(44):
        stripe.account.renew(paid["id"])
    first = client.get(f"{home}/invoices").text
    assert "PB-0045" in first
    assert "PB-0026" in first
    assert "PB-0025" not in first
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older
    second = client.get(older[1].replace("&amp;", "&")).text
    assert "PB-0025" in second
    newer = re.search(r'rel="prev" href="([^"]+)"', second)
    assert newer
    assert "PB-0045" in client.get(newer[1].replace("&amp;", "&")).text
    last = re.search(r'rel="next" href="([^"]+)"', second)
    assert last
    third = client.get(last[1].replace("&amp;", "&")).text
    assert "PB-0001" in third
    assert 'rel="next"' not in third
    for wrong in ("in_none", "x", "in_" + "9" * 90, "<b>"):
        assert client.get(f"{home}/invoices?after={wrong}").status_code in (200, 422)


def test_stripe_down_is_said_on_every_page(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe
) -> None:
    at = preview(client, home)[1]
    stripe.fail("/v1/", status=500)
    asked = [
        client.get(f"{home}/invoices"),
        client.get(f"{home}/change?plan=growth"),
        client.submit(f"{home}/change", {"plan": "growth", "at": at}),
        client.submit(f"{home}/portal"),
        client.submit(f"{home}/cancellation"),
        client.submit(f"{home}/resumption"),
    ]
    assert [answer.status_code for answer in asked] == [503] * 6
    assert client.get(home).status_code == 200
    assert plan_of(workspace) == "starter"


def test_workspace_without_a_subscription_has_nothing_to_change(
    client: FormClient, people: People, stripe: FakeStripe
) -> None:
    sign_in(client, people.owner)
    home = f"/w/{people.workspace.slug}/billing"
    assert client.get(f"{home}/change?plan=scale").status_code == 422
    assert client.get(f"{home}/cancel").status_code == 303
    for name in ("portal", "cancellation", "resumption", "overage"):
        assert client.submit(f"{home}/{name}", {"wants": "yes"}).status_code == 422, name
    assert "No invoices yet" in client.get(f"{home}/invoices").text


def test_granted_plan_is_back_when_the_subscription_is_over(
    client: FormClient, people: People, stripe: FakeStripe
) -> None:
    """The workspace had Growth from an operator before it paid for Starter."""
    customer = str(make_customer(people.workspace, stripe).customer_id)
    made = stripe.account.subscribe(customer, [STARTER])
    hear_all(client, stripe)
    assert plan_of(people.workspace) == "starter"
    stripe.account.cancel(made["id"])
    hear_all(client, stripe)
    assert plan_of(people.workspace) == "growth"


def test_price_of_before_is_still_known(
    client: FormClient, workspace: Workspace, home: str, stripe: FakeStripe, paid: Wire
) -> None:
    known = current_settings().replaced(stripe_price_growth=(GROWTH, "price_old"))
    client.application.extensions["settings"] = known
    assert known[BillingSettings].sold_price("growth") == GROWTH
    stripe.account.set_price(paid["id"], "price_old")
    hear_all(client, stripe)
    assert plan_of(workspace) == "growth"
    assert row_of(workspace).price_id == "price_old"
    assert [mail for mail in sent_mails() if mail.to == "ops@pitchbar.example"] == []
    db.session.rollback()
