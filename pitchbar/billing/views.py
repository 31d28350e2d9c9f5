"""The page of the plan, and buying one: for the owner alone."""

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask_login import current_user

from pitchbar.accounts.access import local_path
from pitchbar.accounts.actors import current_actor
from pitchbar.billing import hooks
from pitchbar.billing.checkout import begin_checkout, finish_checkout
from pitchbar.billing.connecting import find_payments, for_people, get_payments
from pitchbar.billing.errors import (
    BillingRefused,
    BillingUnavailable,
    NoSubscription,
    NotInDevelopment,
)
from pitchbar.billing.forms import GrantForm, PlanForm
from pitchbar.billing.plan_changes import grant_plan
from pitchbar.billing.rows import find_row
from pitchbar.billing.settings import BillingSettings
from pitchbar.billing.showing import can_open_portal, plan_cards, standing_of
from pitchbar.billing.usage.showing import usage_rows
from pitchbar.core import clock
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plans import find_plan

bp = Blueprint("billing", __name__, url_prefix="/w/<slug>/billing")


@bp.get("")
@requires("manage_billing")
def index(workspace: Workspace) -> Response:
    return _show(workspace, PlanForm())


@bp.post("/checkout")
@requires("manage_billing")
@form_on("billing.index")
def checkout(workspace: Workspace) -> Response:
    """Leads to Stripe's page; what it costs is said there again before anything is paid."""
    form, settings = PlanForm(), current_settings()
    if not form.validate():
        return _show(workspace, form, http_status=422)
    payments = get_payments(settings)
    with for_people():
        url = begin_checkout(
            workspace,
            current_actor(),
            form.chosen,
            email=current_user.email,
            payments=payments,
            settings=settings,
            now=clock.now(),
        )
    return leave_for(url, "Stripe's checkout")


@bp.get("/return")
@requires("manage_billing")
def come_back(workspace: Workspace) -> Response:
    """From the checkout. The webhook may be later, or earlier: the session is read itself, once."""
    settings, session_id = current_settings(), request.args.get("session", "")
    payments, is_done = find_payments(settings), False
    page = url_for("billing.index", slug=workspace.slug)
    if payments is None or not session_id.isascii() or not 0 < len(session_id) <= 128:
        return go_to(page)
    try:
        with for_people():
            billing = settings[BillingSettings]
            is_done = finish_checkout(workspace, session_id, payments, billing, clock.now())
    except BillingUnavailable:
        flash("Stripe does not answer just now. Your plan shows here as soon as it does.", "info")
        return go_to(page)
    except BillingRefused:
        # No session of ours: there is nothing to be said of it.
        return go_to(page)
    if is_done:
        db.session.refresh(workspace)
        flash(f"Thank you. {workspace.name} is on {find_plan(workspace.plan).name}.", "success")
    return go_to(page)


@bp.post("/portal")
@requires("manage_billing")
@form_on("billing.index")
def open_portal(workspace: Workspace) -> Response:
    """Stripe's own pages for cards, addresses and tax numbers. They lead back to a page of ours,
    whatever was asked for.
    """
    settings = current_settings()
    payments, row = get_payments(settings), find_row(workspace.id)
    if row is None or not row.customer_id:
        raise NoSubscription
    page = local_path(request.form.get("next")) or url_for("billing.index", slug=workspace.slug)
    customer_id = row.customer_id
    record_event("billing.portal_opened", workspace, by=current_actor())
    db.session.commit()
    with for_people():
        url = payments.create_portal(customer_id, f"{settings.app_url}{page}")
    return leave_for(url, "Stripe's pages for your card and invoices")


@bp.post("/plan")
@requires("manage_billing")
@form_on("billing.index")
def set_plan(workspace: Workspace) -> Response:
    """In development, where nothing can be bought, whoever operates it takes any plan."""
    if not _may_set_plan():
        raise NotInDevelopment
    form = GrantForm()
    if not form.validate():
        return _show(workspace, form, http_status=422)
    grant_plan(workspace, current_actor(), form.chosen)
    db.session.commit()
    flash(f"{workspace.name} is on {find_plan(workspace.plan).name}.", "success")
    return go_to(url_for("billing.index", slug=workspace.slug))


def leave_for(url: str, where: str) -> Response:
    """To a page of Stripe's. Not by a redirect of the form: our policy lets forms lead to our own
    pages alone, and Stripe's may have any host.
    """
    if request.headers.get("HX-Request") == "true":
        return go_to(url)
    return make_response(render_template("billing/leave.html", url=url, where=where))


def _may_set_plan() -> bool:
    settings = current_settings()
    is_open = settings.is_development and not settings[BillingSettings].is_configured
    return is_open and hooks.is_operator()


def _show(workspace: Workspace, form: PlanForm, *, http_status: int = 200) -> Response:
    settings = current_settings()
    billing, payments, row = (
        settings[BillingSettings],
        find_payments(settings),
        find_row(workspace.id),
    )
    may_set_plan = _may_set_plan()
    # Prices may be asked for: nothing is held meanwhile.
    db.session.commit()
    return render(
        "billing/index.html",
        http_status=http_status,
        form=form,
        row=row,
        cards=plan_cards(workspace, row, payments, billing),
        standing=standing_of(workspace, row, payments, billing, clock.now()),
        has_portal=can_open_portal(row, payments),
        may_set_plan=may_set_plan,
        meters_scans=billing.meters_scans,
        trial_days=0 if row and row.had_trial else billing.billing_trial_days,
        usage=usage_rows(workspace),
        is_configured=payments is not None,
    )
