"""A workspace that buys, Stripe beside it, and the jobs that a worker would run."""

from typing import Any

from sqlalchemy import select

from pitchbar.billing.connecting import find_payments
from pitchbar.billing.models import MeterBatch, PlanSubscription
from pitchbar.billing.rows import get_or_add_row
from pitchbar.billing.settings import BillingSettings
from pitchbar.clients.payments import Payments
from pitchbar.extensions import db
from pitchbar.jobs.declaration import find_task
from pitchbar.jobs.ledger.models import Job
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace
from tests.fakes.stripe import SECRET_KEY, WEBHOOK_SECRET, FakeStripe
from tests.fakes.stripe_account import GROWTH, METERED, SCALE, STARTER

WEBHOOK = "/billing/webhook"


def stripe_settings(url: str) -> dict[str, Any]:
    return {
        "stripe_secret_key": SECRET_KEY,
        "stripe_webhook_secret": WEBHOOK_SECRET,
        "stripe_api_base": url,
        "stripe_price_starter": STARTER,
        "stripe_price_growth": GROWTH,
        "stripe_price_scale": SCALE,
        "stripe_price_metered_scan": METERED,
        "ops_email_allowlist": "ops@pitchbar.example",
    }


def billing_settings() -> BillingSettings:
    return current_settings()[BillingSettings]


def payments() -> Payments:
    found = find_payments(current_settings())
    assert found
    return found


def make_customer(workspace: Workspace, stripe: FakeStripe) -> PlanSubscription:
    """The workspace as a customer that has bought nothing yet."""
    made = stripe.account.create_customer({"email": "ada@pitchbar.example"})
    row = get_or_add_row(workspace)
    row.customer_id = made["id"]
    db.session.commit()
    return row


def row_of(workspace: Workspace) -> PlanSubscription:
    db.session.rollback()
    return db.session.get_one(PlanSubscription, workspace.id, populate_existing=True)


def plan_of(workspace: Workspace) -> str:
    db.session.rollback()
    db.session.refresh(workspace)
    return workspace.plan


def batches_of(workspace: Workspace) -> list[MeterBatch]:
    mine = select(MeterBatch).where(MeterBatch.workspace_id == workspace.id)
    return list(db.session.scalars(mine.order_by(MeterBatch.id)))


def run_billing_jobs() -> list[str]:
    """Runs what waits, as a worker would, until nothing is left; returns the tasks' names."""
    done = []
    db.session.rollback()
    waiting = select(Job).where(Job.task.startswith("billing."))
    while job := db.session.scalars(waiting.order_by(Job.id).limit(1)).first():
        # It is taken first, which frees what makes it unique.
        name, arguments = job.task, dict(job.arguments)
        db.session.delete(job)
        db.session.commit()
        task = find_task(name)
        assert task
        task(**arguments)
        done.append(name)
    return done
