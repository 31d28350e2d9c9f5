"""`pitchbar billing sync` and `pitchbar plans set`; what ends with a workspace."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from pitchbar import create_app
from pitchbar.billing.commands import billing, plans
from pitchbar.billing.models import BillingNotice, PlanSubscription
from pitchbar.billing.tasks import end_purged_customer, sync_billing
from pitchbar.commands import Console
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs.ledger.models import Job
from pitchbar.workspaces.deletion.services import purge_deleted_workspaces
from pitchbar.workspaces.models import UNDO_DAYS, Workspace
from tests.billing.factories import make_customer, plan_of, row_of, run_billing_jobs
from tests.fakes.stripe import FakeStripe
from tests.fakes.stripe_account import GROWTH, STARTER
from tests.support.factories import make_workspace

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    def command(*words: str, group: object = billing) -> Result:
        db.session.commit()
        console = Console(app.extensions["settings"], create_app)
        done = CliRunner().invoke(group, list(words), obj=console)  # type: ignore[arg-type]
        db.session.rollback()
        return done

    return command


@pytest.fixture
def workspace(app: Flask, stripe: FakeStripe) -> Workspace:
    """Pays for Growth, of which nothing was heard."""
    workspace = make_workspace(name="Corner")
    customer = str(make_customer(workspace, stripe).customer_id)
    stripe.account.subscribe(customer, [GROWTH])
    return workspace


def test_sync_repairs_and_says_what_differed(run: Run, workspace: Workspace) -> None:
    done = run("sync")
    assert done.exit_code == 0, done.output
    assert "corner: plan was free, Stripe has growth; repaired" in done.output
    assert "status was nothing, Stripe has active; repaired" in done.output
    assert plan_of(workspace) == "growth"
    again = run("sync")
    assert again.output == "Customers: 1. Differed: 0. Left as it is: 0.\n"


def test_sync_speaks_json(run: Run, workspace: Workspace) -> None:
    told = json.loads(run("sync", "--json").stdout)
    assert told["customers"] == 1
    assert {"plan", "status", "price_id"} <= {drift["what"] for drift in told["drifts"]}
    assert json.loads(run("sync", "--json").stdout) == {
        "customers": 1,
        "drifts": [],
        "failures": [],
    }


def test_sync_repairs_a_plan_that_was_changed_by_hand(
    run: Run, workspace: Workspace, stripe: FakeStripe
) -> None:
    run("sync")
    workspace.plan = "scale"
    assert "plan was scale, Stripe has growth; repaired" in run("sync").output
    assert plan_of(workspace) == "growth"
    stripe.account.cancel(row_of(workspace).subscription_id)
    assert "status was active, Stripe has canceled; repaired" in run("sync").output
    assert plan_of(workspace) == "free"


def test_sync_that_cannot_ask_says_so(run: Run, workspace: Workspace, stripe: FakeStripe) -> None:
    stripe.fail("/v1/subscriptions", status=500)
    done = run("sync")
    assert done.exit_code == 1
    assert "Stripe does not answer" in done.output


@pytest.mark.settings(stripe_secret_key="")
def test_sync_without_keys_says_so(run: Run, app: Flask) -> None:
    done = run("sync")
    assert done.exit_code == 1
    assert "not configured" in done.output


def test_every_night_does_the_same(workspace: Workspace) -> None:
    sync_billing()
    assert plan_of(workspace) == "growth"


def test_sync_goes_on_after_the_first_pages(
    run: Run, app: Flask, stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pitchbar.billing import rows, syncing

    def two_at_once(after: int) -> object:
        return rows.list_customers(after, 2)

    monkeypatch.setattr(syncing, "list_customers", two_at_once)
    made = [make_workspace() for _ in range(5)]
    for workspace in made:
        stripe.account.subscribe(str(make_customer(workspace, stripe).customer_id), [STARTER])
    assert "Customers: 5." in run("sync").output
    assert {plan_of(workspace) for workspace in made} == {"starter"}


def test_operator_grants_a_plan_where_nothing_is_paid_for(
    run: Run, workspace: Workspace, stripe: FakeStripe
) -> None:
    free = make_workspace(name="Kiosk")
    done = run("set", "--workspace", "kiosk", "--plan", "scale", group=plans)
    assert done.output == "Kiosk is on the plan Scale.\n"
    assert plan_of(free) == "scale"
    run("sync")
    kept = run("set", "--workspace", "corner", "--plan", "scale", group=plans)
    assert "pays for the plan Growth, which stays" in kept.output
    assert plan_of(workspace) == "growth"
    stripe.account.cancel(row_of(workspace).subscription_id)
    run("sync")
    assert plan_of(workspace) == "scale"
    run("set", "--workspace", "corner", "--plan", "free", group=plans)
    assert plan_of(workspace) == "free"
    assert run("set", "--workspace", "nowhere", "--plan", "free", group=plans).exit_code == 1


def test_purge_ends_what_is_paid_for_and_forgets_it(
    run: Run, workspace: Workspace, stripe: FakeStripe
) -> None:
    run("sync")
    customer, paid = str(row_of(workspace).customer_id), row_of(workspace).subscription_id
    workspace.deletion_asked_at = clock.now() - timedelta(days=UNDO_DAYS)
    db.session.commit()
    assert purge_deleted_workspaces(clock.now()) == 1
    for model in (PlanSubscription, BillingNotice):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
    [job] = db.session.scalars(select(Job).where(Job.task == end_purged_customer.name))
    assert customer not in str(job.arguments)
    assert stripe.account.get(paid)["status"] == "active"
    run_billing_jobs()
    assert stripe.account.get(paid)["status"] == "canceled"
    assert stripe.account.get(customer), "invoices stay at Stripe"
