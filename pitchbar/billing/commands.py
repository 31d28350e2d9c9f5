"""`pitchbar billing` and `pitchbar plans`."""

import json
import sys
from dataclasses import asdict

import click

from pitchbar.billing.connecting import get_payments
from pitchbar.billing.plan_changes import grant_plan
from pitchbar.billing.settings import BillingSettings
from pitchbar.billing.syncing import sync_all
from pitchbar.commands import in_app
from pitchbar.core import clock
from pitchbar.events.actors import Actor
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.plans import LIMITS, PLANS, find_plan
from pitchbar.workspaces.queries import find_workspace

_OPERATOR = Actor("system", None, "Command line")


@click.group()
def billing() -> None:
    """What workspaces pay for, at Stripe."""


@billing.command("sync")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@in_app
def sync(as_json: bool) -> None:
    """Read every customer at Stripe and repair what differs here; exits with 1 when something is
    left that differs, or could not be looked at.
    """
    settings = current_settings()
    synced = sync_all(get_payments(settings), settings[BillingSettings], clock.now())
    if as_json:
        drifts = [asdict(drift) for drift in synced.drifts]
        told = {"customers": synced.customers, "drifts": drifts, "failures": synced.failures}
        click.echo(json.dumps(told))
    else:
        for line in (*synced.drifts, *synced.failures):
            click.echo(str(line))
        left = sum(not drift.is_repaired for drift in synced.drifts) + len(synced.failures)
        click.echo(
            f"Customers: {synced.customers}. Differed: {len(synced.drifts)}. Left as it is: {left}."
        )
    if not synced.is_clean:
        sys.exit(1)


@click.group()
def plans() -> None:
    """What workspaces may use."""


@plans.command("list")
@in_app
def list_plans() -> None:
    """Print what each plan costs, and every limit of it."""
    rows = [("", [plan.name for plan in PLANS.values()])]
    rows.append(("Price", [plan.price for plan in PLANS.values()]))
    for limit in LIMITS:
        most = [plan.most(limit) for plan in PLANS.values()]
        title = f"{limit.title} a month" if limit.is_monthly else limit.title
        rows.append((title, ["no limit" if one is None else f"{one:,}" for one in most]))
    for title, cells in rows:
        click.echo(f"{title:<24}" + "".join(f"{cell:>14}" for cell in cells))


@plans.command("set")
@click.option("--workspace", "slug", required=True, help="The workspace's slug.")
@click.option("--plan", type=click.Choice(list(PLANS)), required=True)
@in_app
def set_plan(slug: str, plan: str) -> None:
    """Give a workspace another plan. A subscription that is paid for goes before it."""
    workspace = find_workspace(slug)
    if workspace is None:
        raise click.ClickException(f"There is no workspace with the slug {slug}.")
    is_set = grant_plan(workspace, _OPERATOR, plan)
    db.session.commit()
    if is_set:
        click.echo(f"{workspace.name} is on the plan {PLANS[plan].name}.")
    else:
        click.echo(
            f"{workspace.name} pays for the plan {find_plan(workspace.plan).name}, which stays. It "
            f"is on {PLANS[plan].name} once the subscription is over."
        )
