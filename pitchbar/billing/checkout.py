"""Buying a plan at Stripe's Checkout. Each function here is an entry point: it commits before it
asks Stripe, so that nothing is held meanwhile.
"""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import update

from pitchbar.billing.deciding import ALIVE
from pitchbar.billing.errors import AlreadySubscribed, PlanNotSold
from pitchbar.billing.models import PlanSubscription
from pitchbar.billing.reading import refresh
from pitchbar.billing.rows import find_row, get_or_add_row
from pitchbar.billing.settings import BillingSettings
from pitchbar.clients.payments import Payments
from pitchbar.core.database import changed_rows
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.settings import Settings
from pitchbar.workspaces.locking import lock_workspace
from pitchbar.workspaces.models import Workspace


def begin_checkout(
    workspace: Workspace,
    by: Actor,
    plan: str,
    *,
    email: str,
    payments: Payments,
    settings: Settings,
    now: datetime,
) -> str:
    """The address of a session that sells the plan. There is one open session of a workspace at
    most: an earlier one cannot be completed any more.

    Raises:
        PlanNotSold
        AlreadySubscribed
        PaymentsError
    """
    billing = settings[BillingSettings]
    price_id = billing.sold_price(plan)
    if not price_id:
        raise PlanNotSold
    workspace_id = workspace.id
    customer_id = ensure_customer(workspace, email, payments, settings)
    # What was bought a moment ago, in another window, may not have come here yet.
    refresh(workspace_id, payments, billing, now)
    row = find_row(workspace_id)
    if row is None or _is_subscribed(row):
        raise AlreadySubscribed
    params = _session_params(workspace, row, customer_id, price_id, settings)
    db.session.commit()
    made = payments.create_checkout(params)
    earlier = _take_place(workspace_id, made.id)
    record_event("billing.checkout_started", workspace, by=by, after={"plan": plan})
    db.session.commit()
    if earlier and not payments.expire_checkout(earlier):
        # It was completed, long ago or in this moment.
        refresh(workspace_id, payments, billing, now)
        row = find_row(workspace_id)
        if row is not None and _is_subscribed(row):
            payments.expire_checkout(made.id)
            raise AlreadySubscribed
    return made.url


def finish_checkout(
    workspace: Workspace,
    session_id: str,
    payments: Payments,
    settings: BillingSettings,
    now: datetime,
) -> bool:
    """Whether the session, of this workspace, was completed; then its plan is there already, with
    or without the webhook.
    """
    row = find_row(workspace.id)
    workspace_id, customer_id = workspace.id, row.customer_id if row else None
    db.session.commit()
    session = payments.read_checkout(session_id)
    if not customer_id or session.customer_id != customer_id or session.status != "complete":
        return False
    refresh(workspace_id, payments, settings, now)
    return True


def ensure_customer(
    workspace: Workspace, email: str, payments: Payments, settings: Settings
) -> str:
    """The workspace is the customer. Two at once make one: they send the same key."""
    row, workspace_id = get_or_add_row(workspace), workspace.id
    known = row.customer_id
    params: dict[str, Any] = {
        "name": workspace.name,
        "email": email,
        "metadata": {"workspace_id": str(workspace_id), "workspace": settings.app_url},
    }
    made_at = row.created_at
    db.session.commit()
    if known:
        return known
    key = _digest("customer", settings.app_url, made_at.isoformat(), params)
    made = payments.create_customer(params, key)
    mine = PlanSubscription.workspace_id == workspace_id, PlanSubscription.customer_id.is_(None)
    statement = update(PlanSubscription).where(*mine).values(customer_id=made)
    changed_rows(db.session, statement.execution_options(synchronize_session=False))
    db.session.commit()
    stored = find_row(workspace_id)
    return (stored and stored.customer_id) or made


def _is_subscribed(row: PlanSubscription) -> bool:
    """A first payment that was never made is no subscription yet."""
    return row.status in ALIVE and row.status != "incomplete"


def _take_place(workspace_id: int, session_id: str) -> str:
    """The session whose place it took, which is to be expired; of two at once, each takes the
    other's or is taken from.
    """
    lock_workspace(workspace_id)
    row = find_row(workspace_id)
    if row is None:
        return ""
    earlier, row.checkout_id = row.checkout_id, session_id
    return earlier


def _session_params(
    workspace: Workspace, row: PlanSubscription, customer_id: str, price_id: str, settings: Settings
) -> dict[str, Any]:
    billing = settings[BillingSettings]
    page = f"{settings.app_url}/w/{workspace.slug}/billing"
    bought: dict[str, Any] = {"metadata": {"workspace_id": str(workspace.id)}}
    params: dict[str, Any] = {
        "mode": "subscription",
        "customer": customer_id,
        "client_reference_id": str(workspace.id),
        "line_items": [{"price": price_id, "quantity": 1}],
        "success_url": f"{page}/return?session={{CHECKOUT_SESSION_ID}}",
        "cancel_url": page,
        "allow_promotion_codes": True,
        "tax_id_collection": {"enabled": True},
        "customer_update": {"address": "auto", "name": "auto"},
        "automatic_tax": {"enabled": billing.stripe_automatic_tax},
        "subscription_data": bought,
    }
    if billing.billing_trial_days and not row.had_trial:
        bought["trial_period_days"] = billing.billing_trial_days
        ends = {"missing_payment_method": "cancel"}
        bought["trial_settings"] = {"end_behavior": ends}
        params["payment_method_collection"] = "if_required"
    return params


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
