"""The page of the plan, with keys and without."""

import re

import pytest
from flask import Flask

from pitchbar.billing import hooks
from pitchbar.billing.prices import money
from pitchbar.workspaces.models import Workspace
from tests.billing.factories import make_customer, plan_of
from tests.fakes.stripe import FakeStripe
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People

without_keys = pytest.mark.settings(stripe_secret_key="", app_env="development")


@pytest.fixture
def home(client: FormClient, people: People) -> str:
    sign_in(client, people.outsider)
    return f"/w/{people.elsewhere.slug}/billing"


@pytest.fixture
def workspace(people: People) -> Workspace:
    return people.elsewhere


def test_plans_stand_side_by_side(client: FormClient, home: str) -> None:
    page = client.get(home).text
    for words in ("$19", "$79", "$249", "25,000", "Any number of", "Try Starter", "Your plan"):
        assert words in page, words


def test_prices_are_those_of_stripe(client: FormClient, home: str, stripe: FakeStripe) -> None:
    stripe.account.objects["price_growth"] |= {
        "unit_amount": 6550,
        "currency": "eur",
        "recurring": {"interval": "year"},
    }
    page = client.get(home).text
    assert "€65.50" in page
    assert "a year" in page


def test_page_is_there_while_stripe_is_away(
    client: FormClient, home: str, workspace: Workspace, stripe: FakeStripe
) -> None:
    make_customer(workspace, stripe)
    stripe.fail("/v1/", status=500)
    answer = client.get(home)
    assert answer.status_code == 200
    assert "$79" in answer.text


@pytest.mark.parametrize("role", ["admin", "editor", "analyst", "member"])
def test_only_the_owner_sees_it(client: FormClient, people: People, role: str) -> None:
    sign_in(client, getattr(people, role))
    assert client.get(f"/w/{people.workspace.slug}/billing").status_code == 403
    rail = client.get(f"/w/{people.workspace.slug}/codes").text
    assert f'href="/w/{people.workspace.slug}/billing"' not in rail


@without_keys
def test_without_keys_the_page_says_so_and_nothing_breaks(
    client: FormClient, home: str, workspace: Workspace
) -> None:
    page = client.get(home)
    assert page.status_code == 200
    assert "Billing is not configured on this installation" in page.text
    assert "/billing/checkout" not in page.text
    at = "1"
    for name in ("checkout", "portal", "change", "cancellation", "resumption"):
        answer = client.submit(f"{home}/{name}", {"plan": "growth", "at": at})
        assert answer.status_code in (422, 503), name
    assert client.submit(f"{home}/checkout", {"plan": "growth"}).status_code == 503
    assert client.get(f"{home}/return?session=cs_1").status_code in (302, 303)
    assert client.get(f"{home}/invoices").status_code == 503
    assert plan_of(workspace) == "free"


@without_keys
def test_operator_in_development_takes_any_plan(
    client: FormClient, home: str, workspace: Workspace
) -> None:
    assert "Set Growth" in client.get(home).text
    assert client.submit(f"{home}/plan", {"plan": "growth"}).status_code == 303
    assert plan_of(workspace) == "growth"
    assert client.submit(f"{home}/plan", {"plan": "golden"}).status_code == 422
    assert client.submit(f"{home}/plan", {"plan": "free"}).status_code == 303
    assert plan_of(workspace) == "free"


@pytest.mark.settings(stripe_secret_key="", app_env="production", app_url="https://pitchbar.test")
def test_nobody_takes_a_plan_in_production(
    client: FormClient, people: People, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "is_operator", lambda: True)
    sign_in(client, people.outsider)
    home = f"/w/{workspace.slug}/billing"
    assert "Set Growth" not in client.get(home).text
    assert client.submit(f"{home}/plan", {"plan": "growth"}).status_code == 404
    assert plan_of(workspace) == "free"


def test_nobody_takes_a_plan_where_plans_are_sold(
    client: FormClient, home: str, workspace: Workspace
) -> None:
    assert client.submit(f"{home}/plan", {"plan": "growth"}).status_code == 404
    assert plan_of(workspace) == "free"


def test_way_to_stripe_is_no_redirect_of_a_form(
    client: FormClient, home: str, stripe: FakeStripe
) -> None:
    """Our policy lets forms lead to our own pages alone."""
    answer = client.submit(f"{home}/checkout", {"plan": "growth"})
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
    assert re.search(r'<a class="button button-primary" href="http://127\.0\.0\.1', answer.text)
    by_htmx = client.submit(f"{home}/checkout", {"plan": "growth"}, fragment=True)
    assert by_htmx.headers["HX-Redirect"].startswith(stripe.url)


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (1900, "usd", "$19"),
        (1905, "usd", "$19.05"),
        (-6000, "usd", "\u2212$60"),
        (123_450, "eur", "€1,234.50"),
        (1900, "jpy", "¥1,900"),
        (0, "usd", "$0"),
    ],
)
def test_money_is_read_by_people(app: Flask, minor: int, currency: str, shown: str) -> None:
    assert money(minor, currency) == shown
