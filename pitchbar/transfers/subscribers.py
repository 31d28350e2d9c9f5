from sqlalchemy import delete

from pitchbar.codes.panels import ListAction, register_list_action
from pitchbar.events.outward import declare
from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.transfers.models import CodeImport, CodeImportError, ImportedCode
from pitchbar.transfers.receiving import files

_EXAMPLE = {"created": 240, "skipped": 3, "file": "links.csv"}


def register() -> None:
    subscribe("workspace.purged", erase_imports)
    register_list_action(ListAction("edit_codes", "code_imports.new", "upload", "Import codes"))
    register_list_action(ListAction("export", "code_exports.show", "download", "Export codes"))
    # One message for a whole file: thousands of "code.created" would help nobody.
    declare("codes.imported", "A file of codes is imported", example=_EXAMPLE)


def erase_imports(event: Event) -> None:
    workspace_id = int(event.subject.id)
    files().delete_below(f"transfers/{workspace_id}")
    for model in (ImportedCode, CodeImportError, CodeImport):
        db.session.execute(delete(model).where(model.workspace_id == workspace_id))
