from sqlalchemy import delete, select

from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.mailing.services import delete_mail
from pitchbar.webhooks import hearing
from pitchbar.webhooks.models import Attempt, Delivery, Endpoint, Fact, Message, Subscription


def register() -> None:
    subscribe("workspace.purged", delete_webhooks)
    hearing.register()


def delete_webhooks(event: Event) -> None:
    """All endpoints of the workspace, with all that was sent to them or waits."""
    workspace_id = int(event.subject.id)
    endpoints = select(Endpoint).where(Endpoint.workspace_id == workspace_id)
    delete_mail([one.mail_reference for one in db.session.scalars(endpoints)])
    for model in (Attempt, Delivery, Message, Fact, Subscription, Endpoint):
        mine = delete(model).where(model.workspace_id == workspace_id)
        db.session.execute(mine.execution_options(synchronize_session=False))
