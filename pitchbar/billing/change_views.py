"""Changing what is paid for: another plan with its figures beforehand, the end, and invoices."""

import re
from datetime import UTC, datetime

from flask import Blueprint, Response, flash, request, url_for

from pitchbar.accounts.actors import current_actor
from pitchbar.billing.changing import (
    change_subscription,
    end_subscription,
    preview_change,
    set_overage,
)
from pitchbar.billing.connecting import for_people, get_payments
from pitchbar.billing.deciding import ALIVE
from pitchbar.billing.errors import BillingRefused, PlanNotSold
from pitchbar.billing.forms import ChangeForm, OverageForm
from pitchbar.billing.prices import money, show_price
from pitchbar.billing.rows import find_row
from pitchbar.billing.settings import BillingSettings
from pitchbar.billing.showing import day_of, limits_in_words
from pitchbar.clients.payments_wire import InvoicePage
from pitchbar.core import clock
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plans import FREE, PLANS, find_plan

bp = Blueprint("billing_changes", __name__, url_prefix="/w/<slug>/billing")

_INVOICE = re.compile(r"in_[A-Za-z0-9_]{1,60}")


@bp.get("/change")
@requires("manage_billing")
def preview(workspace: Workspace) -> Response:
    """What the change costs, before anything is changed."""
    form = ChangeForm()
    form.plan.data = request.args.get("plan", "")
    if form.chosen not in PLANS or form.chosen == FREE:
        raise PlanNotSold
    return _show_preview(workspace, form)


@bp.post("/change")
@requires("manage_billing")
def change(workspace: Workspace) -> Response:
    settings, form = current_settings(), ChangeForm()
    if not form.validate():
        if form.plan.errors:
            raise PlanNotSold
        return _show_preview(workspace, form, http_status=422)
    at = datetime.fromtimestamp(int(form.at.data or 0), UTC)
    billing = settings[BillingSettings]
    with for_people():
        changed = change_subscription(
            workspace,
            current_actor(),
            form.chosen,
            at,
            get_payments(settings),
            billing,
            clock.now(),
        )
    if changed.is_done:
        flash(f"{workspace.name} is on {find_plan(form.chosen).name}.", "success")
        return _to_index(workspace)
    return render(
        "billing/unpaid.html",
        http_status=402,
        plan=find_plan(form.chosen),
        present=find_plan(workspace.plan),
        payment_url=changed.payment_url,
    )


@bp.get("/cancel")
@requires("manage_billing")
def confirm_cancellation(workspace: Workspace) -> Response:
    row = find_row(workspace.id)
    if row is None or row.status not in ALIVE:
        # Nothing that could end: the page of the plans says how it stands.
        return _to_index(workspace)
    ends = day_of(workspace, row.period_ends_at) if row.period_ends_at else ""
    return render("billing/cancel.html", ends=ends, plan=find_plan(row.plan), free=PLANS[FREE],
                  limits=limits_in_words(PLANS[FREE]))  # fmt: skip


@bp.post("/cancellation")
@requires("manage_billing")
@form_on("billing_changes.confirm_cancellation")
def cancel(workspace: Workspace) -> Response:
    _end(workspace, ends=True)
    flash(
        "The plan ends with the period that is paid for. Until then this can be undone.", "success"
    )
    return _to_index(workspace)


@bp.post("/resumption")
@requires("manage_billing")
@form_on("billing.index")
def resume(workspace: Workspace) -> Response:
    _end(workspace, ends=False)
    flash("The plan goes on.", "success")
    return _to_index(workspace)


@bp.post("/overage")
@requires("manage_billing")
@form_on("billing.index")
def overage(workspace: Workspace) -> Response:
    settings, form = current_settings(), OverageForm()
    if not form.validate():
        raise BillingRefused("Choose whether scans beyond the plan are paid for.")
    wants = form.wants.data == "yes"
    with for_people():
        set_overage(
            workspace,
            current_actor(),
            get_payments(settings),
            settings[BillingSettings],
            clock.now(),
            wants=wants,
        )
    said = "are recorded, and paid for one by one" if wants else "are led on and not recorded"
    flash(f"Scans beyond the plan {said}.", "success")
    return _to_index(workspace)


@bp.get("/invoices")
@requires("manage_billing")
def invoices(workspace: Workspace) -> Response:
    """In pages of Stripe's own."""
    settings, row = current_settings(), find_row(workspace.id)
    payments = get_payments(settings)
    after, before = (_cursor(name) for name in ("after", "before"))
    page = InvoicePage((), False)
    if row is not None and row.customer_id:
        with for_people():
            page = payments.list_invoices(row.customer_id, after=after, before=before)
    first, last = (page.items[0].id, page.items[-1].id) if page.items else ("", "")
    has_newer = bool(after) or (bool(before) and page.has_more)
    has_older = bool(before) or (not before and page.has_more)
    return render(
        "billing/invoices.html",
        invoices=page.items,
        money=money,
        day=lambda at: day_of(workspace, at),
        newer=first if has_newer else "",
        older=last if has_older else "",
    )


def _show_preview(workspace: Workspace, form: ChangeForm, *, http_status: int = 200) -> Response:
    settings, now = current_settings(), clock.now()
    billing, payments = settings[BillingSettings], get_payments(settings)
    with for_people():
        found = preview_change(workspace, form.chosen, now, payments, billing)
    form.at.data = str(int(now.timestamp()))
    key, present = form.chosen, workspace.plan
    order = list(PLANS)
    return render(
        "billing/change.html",
        http_status=http_status,
        form=form,
        plan=find_plan(key),
        present=find_plan(present),
        is_upgrade=present not in order or order.index(key) > order.index(present),
        price=show_price(key, payments, billing),
        preview=found,
        money=money,
        row=find_row(workspace.id),
        limits=limits_in_words(find_plan(key)),
    )


def _end(workspace: Workspace, *, ends: bool) -> None:
    settings = current_settings()
    with for_people():
        end_subscription(
            workspace,
            current_actor(),
            get_payments(settings),
            settings[BillingSettings],
            clock.now(),
            ends=ends,
        )


def _cursor(name: str) -> str:
    given = request.args.get(name, "")
    return given if _INVOICE.fullmatch(given) else ""


def _to_index(workspace: Workspace) -> Response:
    return go_to(url_for("billing.index", slug=workspace.slug))
