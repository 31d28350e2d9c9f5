"""The row of each workspace that has to do with billing."""

from collections.abc import Sequence

from sqlalchemy import select, update

from pitchbar.billing.models import PlanSubscription
from pitchbar.core import clock
from pitchbar.core.database import insert_into
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plans import FREE


def find_row(workspace_id: int) -> PlanSubscription | None:
    return db.session.get(PlanSubscription, workspace_id, populate_existing=True)


def get_or_add_row(workspace: Workspace) -> PlanSubscription:
    """A plan that the workspace has without one stays granted."""
    granted = "" if workspace.plan == FREE else workspace.plan
    values = {"workspace_id": workspace.id, "granted_plan": granted, "created_at": clock.now()}
    statement = insert_into(db.session.connection(), PlanSubscription).values(values)
    db.session.execute(statement.on_conflict_do_nothing())
    return db.session.get_one(PlanSubscription, workspace.id, populate_existing=True)


def find_workspace_of_customer(customer_id: str) -> Workspace | None:
    if not customer_id:
        return None
    query = (
        select(Workspace)
        .join(PlanSubscription, PlanSubscription.workspace_id == Workspace.id)
        .where(PlanSubscription.customer_id == customer_id)
    )
    return db.session.scalar(query)


def list_customers(after: int, limit: int = 200) -> Sequence[PlanSubscription]:
    """Those that Stripe knows, by workspace, after that one."""
    query = (
        select(PlanSubscription)
        .where(PlanSubscription.workspace_id > after, PlanSubscription.customer_id.is_not(None))
        .order_by(PlanSubscription.workspace_id)
        .limit(limit)
    )
    return db.session.scalars(query).all()


def take_ticket(workspace_id: int) -> int:
    """For a reading of Stripe that begins now. Whoever drew a later one reads at least as much."""
    statement = (
        update(PlanSubscription)
        .where(PlanSubscription.workspace_id == workspace_id)
        .values(tickets=PlanSubscription.tickets + 1)
        .returning(PlanSubscription.tickets)
        .execution_options(synchronize_session=False)
    )
    return int(db.session.scalar(statement) or 0)
