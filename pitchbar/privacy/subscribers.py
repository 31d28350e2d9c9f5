from sqlalchemy import delete

from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.privacy.models import PrivacyReceipt


def register() -> None:
    subscribe("workspace.purged", delete_receipts)


def delete_receipts(event: Event) -> None:
    of_workspace = PrivacyReceipt.workspace_id == int(event.subject.id)
    db.session.execute(delete(PrivacyReceipt).where(of_workspace))
