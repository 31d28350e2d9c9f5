from sqlalchemy import select

from pitchbar.core.pagination import Page, paginate
from pitchbar.extensions import db
from pitchbar.privacy.models import PrivacyReceipt
from pitchbar.workspaces.models import Workspace


def list_receipts(workspace: Workspace, number: int) -> Page[PrivacyReceipt]:
    """Newest first."""
    query = select(PrivacyReceipt).where(PrivacyReceipt.workspace_id == workspace.id)
    return paginate(db.session, query.order_by(PrivacyReceipt.id.desc()), number)
