"""The demo's inbox: replies that are used often, tags, and a note."""

from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.chat.models import ENDED, Conversation, Lead
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.inbox.canned import create_canned
from pitchbar.inbox.models import NOTE
from pitchbar.inbox.notes import put_tag
from pitchbar.inbox.threads import add_note, mark_seen
from pitchbar.workspaces.models import Workspace

_REPLIES = {
    "hello": "Hello {{visitor}}, this is {{me}}. How can I help?",
    "proofs": "I will send you two proofs today. Which address suits you?",
    "repeat": "A repeat is another scan by the same visitor within two seconds. It is kept and set "
    "apart, and does not count as a person.",
}


def make_demo(workspace: Workspace, owner: Person) -> None:
    for shortcut, text in _REPLIES.items():
        create_canned(workspace.id, SYSTEM, shortcut=shortcut, text=text)
    mine = select(Conversation).where(Conversation.workspace_id == workspace.id)
    led = mine.join(Lead, Lead.conversation_id == Conversation.id)
    for conversation in db.session.scalars(led.order_by(Conversation.id)).all():
        put_tag(conversation, SYSTEM, "Sales")
    for conversation in db.session.scalars(mine.where(Conversation.status == ENDED)).all():
        mark_seen(conversation, owner.id)
    held = mine.where(Conversation.taken_over_by == owner.id)
    for conversation in db.session.scalars(held).all():
        put_tag(conversation, SYSTEM, "Plans")
        add_note(conversation, NOTE, "Asked about their plan before, by mail.", owner.id)
