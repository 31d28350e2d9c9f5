"""Pages that show sources look again."""

from pitchbar.core.database import after_commit
from pitchbar.extensions import bus, db

TOPIC = "sources"


def tell(workspace_id: int, source_id: int) -> None:
    """After the commit."""
    message = {"workspaces": [workspace_id], "sources": [source_id]}
    after_commit(db.session(), lambda: bus.publish(TOPIC, message))
