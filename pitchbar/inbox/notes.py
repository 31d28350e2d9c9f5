"""Notes of the team, and tags."""

import re
from collections.abc import Sequence

from sqlalchemy import delete, select

from pitchbar.accounts.models import Person
from pitchbar.chat.changes import tell_changed
from pitchbar.chat.models import Conversation
from pitchbar.core.database import insert_into
from pitchbar.core.text import has_control_characters, storable
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.inbox.errors import EmptyNote, InvalidTag
from pitchbar.inbox.mailing import mail_named
from pitchbar.inbox.mentions import add_mentions
from pitchbar.inbox.models import NOTE, Tag, TagUse, ThreadNote
from pitchbar.inbox.threads import add_note
from pitchbar.workspaces.models import Membership

_LONGEST_NOTE, _LONGEST_TAG, _MOST_TAGS = 4_000, 40, 200
_MOST_MENTIONS = 20


def write_note(conversation: Conversation, person: Person, by: Actor, text: str) -> ThreadNote:
    """Members whose names stand in it behind an @ are mailed. Raises EmptyNote."""
    text = storable(text.replace("\x00", "")).strip()
    if not text:
        raise EmptyNote
    if len(text) > _LONGEST_NOTE:
        raise EmptyNote("Use at most 4,000 characters.")
    named = find_named(conversation.workspace_id, text)
    note = add_note(conversation, NOTE, text, person.id, mentions=[one.id for one in named])
    add_mentions(note, named)
    record_event("conversation.note_written", conversation, by=by)
    mail_named(conversation, [one for one in named if one.id != person.id], person)
    tell_changed(conversation)
    return note


def find_named(workspace_id: int, text: str) -> list[Person]:
    """The longest name that fits counts, so that nobody is named by the beginning of another's."""
    if "@" not in text:
        return []
    members = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.workspace_id == workspace_id)
    )
    people = sorted(db.session.scalars(members.limit(500)), key=lambda one: -len(one.name))
    by_name = {one.name.lower(): one for one in reversed(people) if one.name}
    if not by_name:
        return []
    names = "|".join(re.escape(one.name) for one in people if one.name)
    found = re.findall(rf"@({names})(?!\w)", text, re.IGNORECASE)
    return list({by_name[name.lower()].id: by_name[name.lower()] for name in found}.values())[
        :_MOST_MENTIONS
    ]


def list_tags(workspace_id: int) -> Sequence[Tag]:
    mine = select(Tag).where(Tag.workspace_id == workspace_id)
    return db.session.scalars(mine.order_by(Tag.name).limit(_MOST_TAGS)).all()


def tags_of(conversation: Conversation) -> Sequence[Tag]:
    used = select(Tag).join(TagUse, TagUse.tag_id == Tag.id)
    mine = used.where(TagUse.conversation_id == conversation.id)
    return db.session.scalars(mine.order_by(Tag.name)).all()


def put_tag(conversation: Conversation, by: Actor, name: str) -> None:
    """Made where there is none of that name yet. Raises InvalidTag."""
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_TAG or has_control_characters(name):
        raise InvalidTag("A tag has from 1 to 40 characters.")
    workspace_id, connection = conversation.workspace_id, db.session.connection()
    known = list_tags(workspace_id)
    same = next((one for one in known if one.name.lower() == name.lower()), None)
    if same is None and len(known) >= _MOST_TAGS:
        raise InvalidTag(f"There are {_MOST_TAGS} tags already. Use one of them.")
    if same is None:
        making = insert_into(connection, Tag).values(workspace_id=workspace_id, name=name)
        db.session.execute(making.on_conflict_do_nothing())
        mine = select(Tag).where(Tag.workspace_id == workspace_id, Tag.name == name)
        same = db.session.scalars(mine).one()
    row = {"conversation_id": conversation.id, "tag_id": same.id, "workspace_id": workspace_id}
    db.session.execute(insert_into(connection, TagUse).values(row).on_conflict_do_nothing())
    record_event("conversation.tagged", conversation, by=by, after={"tag": same.name})
    tell_changed(conversation)


def take_tag(conversation: Conversation, by: Actor, name: str) -> None:
    """A tag that is on no conversation any more goes."""
    tag = next((one for one in tags_of(conversation) if one.name == name), None)
    if tag is None:
        return
    tag_id = tag.id
    uses = delete(TagUse).where(TagUse.tag_id == tag_id)
    db.session.execute(uses.where(TagUse.conversation_id == conversation.id))
    left = select(TagUse.tag_id).where(TagUse.tag_id == tag_id)
    gone = delete(Tag).where(Tag.id == tag_id, ~left.exists())
    db.session.execute(gone.execution_options(synchronize_session=False))
    record_event("conversation.untagged", conversation, by=by, before={"tag": name})
    tell_changed(conversation)
