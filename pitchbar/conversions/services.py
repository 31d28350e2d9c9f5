"""Taking conversions from programs, and the keys of a workspace's pixel."""

from pitchbar.conversions.errors import KeyNotFound, SpoolFull
from pitchbar.conversions.ingestion import publish_stored, store_calls
from pitchbar.conversions.keys import TOPIC
from pitchbar.conversions.lines import Line, read_line, write_line
from pitchbar.conversions.models import OldPixelKey
from pitchbar.conversions.pipeline import find_spool
from pitchbar.core.database import after_commit
from pitchbar.core.tokens import new_pixel_key
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import bus, db
from pitchbar.workspaces.locking import lock_workspace
from pitchbar.workspaces.models import Workspace


def keep_conversion(facts: Line) -> None:
    """Into the spool of this process; one that has none stores it at once.

    Raises:
        SpoolFull: the disk takes nothing, and memory is full.
    """
    spool, line = find_spool(), write_line(facts)
    if spool is None:
        owned, inserted = store_calls(db.session.connection(), [read_line(line)])
        after_commit(db.session(), lambda: publish_stored(bus, owned, inserted))
        return
    if spool.is_full():
        raise SpoolFull
    spool.append(line)


def replace_pixel_key(workspace: Workspace, by: Actor) -> None:
    """Pages that name the old one go on being heard, until it is removed."""
    lock_workspace(workspace.id)
    db.session.refresh(workspace)
    before = workspace.pixel_key
    if before:
        db.session.add(OldPixelKey(key=before, workspace_id=workspace.id))
    workspace.pixel_key = new_pixel_key()
    db.session.flush()
    keys = {"pixel_key": before}, {"pixel_key": workspace.pixel_key}
    record_event("pixel_key.replaced", workspace, by=by, before=keys[0], after=keys[1])
    _tell(workspace.pixel_key)


def remove_pixel_key(workspace: Workspace, key: str, by: Actor) -> None:
    """Calls with that key are not heard any more.

    Raises:
        KeyNotFound: it is none of those that were replaced.
    """
    old = db.session.get(OldPixelKey, key)
    if old is None or old.workspace_id != workspace.id:
        raise KeyNotFound
    db.session.delete(old)
    db.session.flush()
    record_event("pixel_key.removed", workspace, by=by, before={"pixel_key": key}, after={})
    _tell(key)


def _tell(key: str) -> None:
    """Pixels everywhere look again once this is committed."""
    after_commit(db.session(), lambda: bus.publish(TOPIC, {"key": key}))
