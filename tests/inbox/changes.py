from datetime import timedelta
from typing import Any

from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.inbox.canned import create_canned
from pitchbar.inbox.notes import put_tag
from tests.inbox.factories import make_held, make_thread, make_waiting
from tests.support.changes import Change
from tests.support.factories import People


def _thread(people: People) -> dict[str, Any]:
    return {"conversation_id": make_thread(people.workspace).public_id}


def _waiting(people: People) -> dict[str, Any]:
    return {"conversation_id": make_waiting(people.workspace).public_id}


def _held(people: People) -> dict[str, Any]:
    return {"conversation_id": make_held(people.workspace, people.owner).public_id}


def _given(people: People) -> dict[str, Any]:
    return {**_held(people), "person_id": people.editor.id}


def _closed(people: People) -> dict[str, Any]:
    return {"conversation_id": make_thread(people.workspace, status="ended").public_id}


def _snoozed(people: People) -> dict[str, Any]:
    later = clock.now() + timedelta(hours=1)
    return {"conversation_id": make_thread(people.workspace, snoozed_until=later).public_id}


def _tagged(people: People) -> dict[str, Any]:
    conversation = make_thread(people.workspace)
    put_tag(conversation, SYSTEM, "Sales")
    db.session.commit()
    return {"conversation_id": conversation.public_id}


def _canned(people: People) -> dict[str, Any]:
    made = create_canned(people.workspace.id, SYSTEM, shortcut="hello", text="Hello.")
    db.session.commit()
    return {"canned_id": made.id}


_INBOX = "POST /w/<slug>/conversations"
_ONE = f"{_INBOX}/<uuid:conversation_id>"
_REPLIES = f"{_INBOX}/replies"
_TYPED = {"shortcut": "hours", "text": "We are here from nine to five."}

CHANGES = {
    f"{_INBOX}/on-call": Change(
        {"on_call": "no"}, unaudited="a person's own choice of which mail they get"
    ),
    f"{_ONE}/claim": Change(parts=_waiting),
    f"{_ONE}/return": Change(parts=_held),
    f"{_ONE}/transfer": Change(parts=_given),
    f"{_ONE}/closing": Change(parts=_thread),
    f"{_ONE}/reopening": Change(parts=_closed),
    f"{_ONE}/snooze": Change({"choice": "1h"}, parts=_thread),
    f"{_ONE}/waking": Change(parts=_snoozed),
    f"{_ONE}/tags": Change({"name": "Sales"}, parts=_thread),
    f"{_ONE}/tags/removal": Change({"name": "Sales"}, parts=_tagged),
    f"{_ONE}/messages": Change(
        {"text": "Hello."},
        parts=_held,
        unaudited="what was said stands in the conversation, with its author",
    ),
    f"{_ONE}/notes": Change({"text": "Knows us."}, parts=_thread),
    f"{_ONE}/seen": Change(parts=_thread, unaudited="what somebody has looked at"),
    f"{_ONE}/unseen": Change(parts=_thread, unaudited="what somebody has looked at"),
    f"{_ONE}/typing": Change(parts=_held, unaudited="shown for a moment, and stored nowhere"),
    _REPLIES: Change(_TYPED),
    f"{_REPLIES}/<int:canned_id>": Change(_TYPED, parts=_canned),
    f"{_REPLIES}/<int:canned_id>/deletion": Change(parts=_canned),
}
