"""Pages that show imports look again."""

from pitchbar.core.database import after_commit
from pitchbar.extensions import bus, db
from pitchbar.transfers.models import CodeImport

TOPIC = "code_imports"


def tell(an_import: CodeImport) -> None:
    """After the commit."""
    message = {"workspaces": [an_import.workspace_id], "imports": [an_import.id]}
    after_commit(db.session(), lambda: bus.publish(TOPIC, message))
