"""What time alone changes: a grace that is over, a trial that ends soon, news that never came."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from pitchbar.billing.applying import apply_decision, decision_of
from pitchbar.billing.deciding import ALIVE, GOOD, PAST_DUE
from pitchbar.billing.models import PlanSubscription
from pitchbar.billing.notices import tell_trial_ends
from pitchbar.billing.reading import refresh
from pitchbar.billing.rows import find_row
from pitchbar.billing.settings import BillingSettings
from pitchbar.clients.payments import Payments
from pitchbar.clients.payments_errors import PaymentsUnavailable
from pitchbar.extensions import db
from pitchbar.jobs import check_deadline
from pitchbar.workspaces.locking import lock_workspace
from pitchbar.workspaces.models import Workspace

TRIAL_NOTICE = timedelta(days=3)
# So long Stripe has to tell of a change that was to come; then it is asked.
_NEWS_LATE = timedelta(hours=1)
_AT_ONCE = 500


def apply_due_changes(settings: BillingSettings, now: datetime) -> int:
    """Returns how many workspaces were looked at. An entry point: it commits."""
    past_due = _ids(PlanSubscription.status == PAST_DUE)
    for workspace_id in past_due:
        lock_workspace(workspace_id)
        row = find_row(workspace_id)
        if row is not None and decision_of(row, settings, now).plan != row.plan:
            workspace = db.session.get_one(Workspace, workspace_id, populate_existing=True)
            apply_decision(workspace, row, settings, now)
        db.session.commit()
    soon = PlanSubscription.trial_ends_at.between(now, now + TRIAL_NOTICE)
    for workspace_id in _ids(PlanSubscription.status == "trialing", soon):
        row = find_row(workspace_id)
        if row is not None and row.trial_ends_at is not None:
            tell_trial_ends(
                db.session.get_one(Workspace, workspace_id), row.trial_ends_at, row.plan
            )
        db.session.commit()
    return len(past_due)


def ask_what_is_late(payments: Payments, settings: BillingSettings, now: datetime) -> int:
    """Asks Stripe of subscriptions that should have changed and of which nothing was heard."""
    late = now - _NEWS_LATE
    is_over = or_(
        and_(PlanSubscription.status == "trialing", PlanSubscription.trial_ends_at < late),
        PlanSubscription.cancels_at < late,
        PlanSubscription.period_ends_at < late,
    )
    unread = or_(PlanSubscription.read_at.is_(None), PlanSubscription.read_at < late)
    asked = 0
    for workspace_id in _ids(PlanSubscription.status.in_((*GOOD, PAST_DUE)), is_over, unread):
        check_deadline()
        try:
            asked += refresh(workspace_id, payments, settings, now)
        except PaymentsUnavailable:
            db.session.rollback()
            break
    return asked


def _ids(*conditions: ColumnElement[bool]) -> Sequence[int]:
    mine = (PlanSubscription.status.in_(ALIVE), *conditions)
    query = select(PlanSubscription.workspace_id).where(*mine).limit(_AT_ONCE)
    return db.session.scalars(query.order_by(PlanSubscription.workspace_id)).all()
