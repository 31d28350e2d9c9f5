from datetime import date
from typing import Any

from sqlalchemy import delete

from pitchbar.analytics.boards.annotations.errors import TooManyAnnotations
from pitchbar.analytics.boards.annotations.models import Annotation
from pitchbar.analytics.boards.annotations.queries import count_annotations
from pitchbar.core.database import after_commit
from pitchbar.events.actors import Actor
from pitchbar.events.services import Event, record_event
from pitchbar.extensions import bus, db
from pitchbar.workspaces.locking import lock_workspace
from pitchbar.workspaces.models import Workspace

MOST_OF_A_WORKSPACE = 1_000
# On the bus: a chart of the workspace has another mark.
TOPIC = "annotations"


def add_annotation(
    workspace: Workspace, by: Actor, *, day: date, text: str, code_id: int | None = None
) -> Annotation:
    """Raises TooManyAnnotations."""
    lock_workspace(workspace.id)
    if count_annotations(workspace) >= MOST_OF_A_WORKSPACE:
        raise TooManyAnnotations(MOST_OF_A_WORKSPACE)
    note = Annotation(workspace_id=workspace.id, code_id=code_id, day=day, text=text)
    db.session.add(note)
    db.session.flush()
    record_event("annotation.created", note, by=by, after=_snapshot(note))
    _tell(workspace.id)
    return note


def change_annotation(
    note: Annotation, by: Actor, *, day: date, text: str, code_id: int | None = None
) -> None:
    before = _snapshot(note)
    note.day, note.text, note.code_id = day, text, code_id
    db.session.flush()
    if _snapshot(note) != before:
        record_event("annotation.updated", note, by=by, before=before, after=_snapshot(note))
        _tell(note.workspace_id)


def delete_annotation(note: Annotation, by: Actor) -> None:
    record_event("annotation.deleted", note, by=by, before=_snapshot(note))
    workspace_id = note.workspace_id
    db.session.execute(delete(Annotation).where(Annotation.id == note.id))
    db.session.expunge(note)
    _tell(workspace_id)


def forget_annotations(event: Event) -> None:
    """All of a workspace that is purged."""
    own = Annotation.workspace_id == int(event.subject.id)
    db.session.execute(delete(Annotation).where(own).execution_options(synchronize_session=False))


def _tell(workspace_id: int) -> None:
    after_commit(db.session(), lambda: bus.publish(TOPIC, {"workspaces": [workspace_id]}))


def _snapshot(note: Annotation) -> dict[str, Any]:
    return {"day": note.day.isoformat(), "text": note.text, "code_id": note.code_id}
