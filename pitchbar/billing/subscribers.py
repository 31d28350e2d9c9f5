from sqlalchemy import delete

from pitchbar.billing.models import (
    BillingEvent,
    BillingNotice,
    MeterBatch,
    MeterMonth,
    PlanSubscription,
)
from pitchbar.billing.notices import mail_reference
from pitchbar.billing.rows import find_row
from pitchbar.billing.tasks import end_purged_customer
from pitchbar.core.encryption import encrypt
from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.jobs import enqueue
from pitchbar.mailing.services import delete_mail
from pitchbar.settings import current_settings


def register() -> None:
    subscribe("workspace.purged", end_and_delete)


def end_and_delete(event: Event) -> None:
    """What is paid for ends at Stripe, by a job; what is known of it goes now."""
    workspace_id = int(event.subject.id)
    row = find_row(workspace_id)
    if row is not None and row.customer_id:
        # Encrypted: what is left of a purged workspace says nothing of it.
        enqueue(end_purged_customer, encrypt(row.customer_id, current_settings().app_key))
    delete_mail([mail_reference(workspace_id)])
    for model in (MeterBatch, MeterMonth, BillingNotice, BillingEvent, PlanSubscription):
        mine = delete(model).where(model.workspace_id == workspace_id)
        db.session.execute(mine.execution_options(synchronize_session=False))
