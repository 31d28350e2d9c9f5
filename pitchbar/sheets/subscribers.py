from sqlalchemy import delete

from pitchbar.codes.panels import ListAction, register_list_action
from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.sheets.making import files
from pitchbar.sheets.models import PrintSheet


def register() -> None:
    subscribe("workspace.purged", erase_sheets)
    register_list_action(ListAction("view", "print_sheets.index", "printer", "Print sheets"))


def erase_sheets(event: Event) -> None:
    workspace_id = int(event.subject.id)
    files().delete_below(f"sheets/{workspace_id}")
    db.session.execute(delete(PrintSheet).where(PrintSheet.workspace_id == workspace_id))
