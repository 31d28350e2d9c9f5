"""Files of conversations go with whoever is erased: each may hold what they said."""

from functools import partial

from sqlalchemy import select

from pitchbar.analytics.exports.making import delete_files
from pitchbar.analytics.exports.models import Export
from pitchbar.core.database import after_commit
from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.visitors.exports.conversations import CONVERSATIONS


def forget_files(event: Event) -> None:
    """Whoever needs them asks again; one that is being made stops."""
    mine = Export.workspace_id == event.subject.workspace_id
    found = select(Export).where(mine, Export.content == CONVERSATIONS)
    for export in db.session.scalars(found).all():
        db.session.delete(export)
        after_commit(db.session(), partial(delete_files, export))


def register() -> None:
    for name in ("visitor.erased", "privacy.erased"):
        subscribe(name, forget_files)
