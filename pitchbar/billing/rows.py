"""The row of each workspace that has to do with billing."""

from collections.abc import Sequence

from sqlalchemy import select, update

from pitchbar.billing.models import Subscription
from pitchbar.core import clock
from pitchbar.core.database import insert_into
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plans import FREE


def find_row(workspace_id: int) -> Subscription | None:
    return db.session.get(Subscription, workspace_id, populate_existing=True)


def get_or_add_row(workspace: Workspace) -> Subscription:
    """A plan that the workspace has without one stays granted."""
    granted = "" if workspace.plan == FREE else workspace.plan
    values = {"workspace_id": workspace.id, "granted_plan": granted, "created_at": clock.now()}
    statement = insert_into(db.session.connection(), Subscription).values(values)
    db.session.execute(statement.on_conflict_do_nothing())
    return db.session.get_one(Subscription, workspace.id, populate_existing=True)


def find_workspace_of_customer(customer_id: str) -> Workspace | None:
    if not customer_id:
        return None
    query = (
        select(Workspace)
        .join(Subscription, Subscription.workspace_id == Workspace.id)
        .where(Subscription.customer_id == customer_id)
    )
    return db.session.scalar(query)


def list_customers(after: int, limit: int = 200) -> Sequence[Subscription]:
    """Those that Stripe knows, by workspace, after that one."""
    query = (
        select(Subscription)
        .where(Subscription.workspace_id > after, Subscription.customer_id.is_not(None))
        .order_by(Subscription.workspace_id)
        .limit(limit)
    )
    return db.session.scalars(query).all()


def take_ticket(workspace_id: int) -> int:
    """For a reading of Stripe that begins now. Whoever drew a later one reads at least as much."""
    statement = (
        update(Subscription)
        .where(Subscription.workspace_id == workspace_id)
        .values(tickets=Subscription.tickets + 1)
        .returning(Subscription.tickets)
        .execution_options(synchronize_session=False)
    )
    return int(db.session.scalar(statement) or 0)
