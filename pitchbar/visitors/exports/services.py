from pitchbar.accounts.models import Person
from pitchbar.analytics.exports.models import Export
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.jobs import enqueue
from pitchbar.visitors.exports.conversations import CONVERSATIONS, count_conversations
from pitchbar.visitors.exports.selection import Selection
from pitchbar.visitors.exports.tasks import export_conversations
from pitchbar.workspaces.models import Workspace


def begin_export(
    workspace: Workspace, person: Person, by: Actor, *, kind: str, selection: Selection
) -> Export:
    """A job makes the file; whoever asked for it is mailed when it is ready."""
    export = Export(
        workspace_id=workspace.id,
        person_id=person.id,
        content=CONVERSATIONS,
        kind=kind,
        query=selection.write(),
        expected=count_conversations(workspace, selection),
    )
    db.session.add(export)
    db.session.flush()
    after = {"kind": kind, "filters": export.query}
    record_event("conversations.exported", export, by=by, after=after)
    enqueue(export_conversations, export.id)
    return export
