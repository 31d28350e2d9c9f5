"""Who is named in a note hears of it by the bell, until they have looked at the conversation."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from pitchbar.accounts.models import Person
from pitchbar.alerts.bell import MOST, Entry, Ringer, register_ringer, tell_bells
from pitchbar.chat.models import Conversation
from pitchbar.core import clock
from pitchbar.core.database import changed_rows
from pitchbar.extensions import db
from pitchbar.inbox.models import NoteMention, ThreadNote
from pitchbar.workspaces.models import Workspace


def ring_for_mentions() -> None:
    register_ringer(Ringer(_list_unseen, _see_all))


def add_mentions(note: ThreadNote, people: Sequence[Person]) -> None:
    """Of others than who wrote it."""
    others = [one for one in people if one.id != note.author_id]
    db.session.add_all(
        NoteMention(
            workspace_id=note.workspace_id,
            person_id=one.id,
            note_id=note.id,
            conversation_id=note.conversation_id,
        )
        for one in others
    )
    if others:
        tell_bells(note.workspace_id)


def see_mentions(conversation: Conversation, person_id: int) -> bool:
    """Whether there were any that they had not seen."""
    return _see(
        conversation.workspace_id,
        person_id,
        NoteMention.conversation_id == conversation.id,
    )


def _see_all(workspace_id: int, person_id: int) -> None:
    _see(workspace_id, person_id)


def _see(workspace_id: int, person_id: int, *of: Any) -> bool:
    seen = update(NoteMention).where(
        NoteMention.person_id == person_id,
        NoteMention.workspace_id == workspace_id,
        NoteMention.seen_at.is_(None),
        *of,
    )
    if not changed_rows(db.session, seen.values(seen_at=clock.now())):
        return False
    tell_bells(workspace_id)
    return True


def _list_unseen(workspace_id: int, person_id: int) -> list[Entry]:
    mine = (
        select(NoteMention.created_at, Conversation.public_id, Person.name, Workspace.slug)
        .join(ThreadNote, ThreadNote.id == NoteMention.note_id)
        .join(Conversation, Conversation.id == NoteMention.conversation_id)
        .join(Workspace, Workspace.id == NoteMention.workspace_id)
        .outerjoin(Person, Person.id == ThreadNote.author_id)
        .where(
            NoteMention.person_id == person_id,
            NoteMention.workspace_id == workspace_id,
            NoteMention.seen_at.is_(None),
        )
    )
    return [
        Entry(
            f"{row.name or 'A former member'} named you in a note",
            f"/w/{row.slug}/conversations/{row.public_id}",
            row.created_at,
        )
        for row in db.session.execute(mine.order_by(NoteMention.id.desc()).limit(MOST + 1))
    ]
