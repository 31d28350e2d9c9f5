"""The one place where a workspace's plan changes. Nothing is deleted by it, and no redirect stops:
what is beyond the new limits stays, and only more of it is refused.
"""

from pitchbar.billing.rows import get_or_add_row
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plans import FREE

PLAN_CHANGED = "workspace.plan_changed"


def change_plan(workspace: Workspace, by: Actor, plan: str, reason: str) -> bool:
    """Edges follow within two seconds, as with every change of a code. False when it was so."""
    if workspace.plan == plan:
        return False
    before = {"plan": workspace.plan}
    workspace.plan = plan
    db.session.flush()
    after = {"plan": plan, "reason": reason}
    record_event(PLAN_CHANGED, workspace, by=by, before=before, after=after)
    return True


def grant_plan(workspace: Workspace, by: Actor, plan: str) -> bool:
    """By an operator: it holds unless a subscription gives another. False where one does."""
    row = get_or_add_row(workspace)
    row.granted_plan = "" if plan == FREE else plan
    if row.plan != FREE:
        db.session.flush()
        return False
    change_plan(workspace, by, plan, "set by an operator")
    return True
