"""Replies that are used often."""

import re
from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from pitchbar.core import clock
from pitchbar.core.database import MAX_ID
from pitchbar.core.text import storable
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.inbox.errors import InvalidReply, ReplyNotFound
from pitchbar.inbox.models import CannedReply

# What stands for a name in them.
VARIABLES = {
    "visitor": "The visitor's name, where it is known",
    "agent": "The agent's name",
    "me": "Your name",
}
_SHORTCUT = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_NAMED = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_LONGEST, _MOST = 4_000, 200


def list_canned(workspace_id: int) -> Sequence[CannedReply]:
    mine = select(CannedReply).where(CannedReply.workspace_id == workspace_id)
    return db.session.scalars(mine.order_by(CannedReply.shortcut).limit(_MOST)).all()


def get_canned(workspace_id: int, canned_id: int) -> CannedReply:
    """Raises ReplyNotFound."""
    one = db.session.get(CannedReply, canned_id) if canned_id <= MAX_ID else None
    if one is None or one.workspace_id != workspace_id:
        raise ReplyNotFound
    return one


def create_canned(workspace_id: int, by: Actor, *, shortcut: str, text: str) -> CannedReply:
    """Raises InvalidReply."""
    mine = CannedReply.workspace_id == workspace_id
    if (db.session.scalar(select(func.count()).where(mine)) or 0) >= _MOST:
        raise InvalidReply({"shortcut": f"There are {_MOST} already. Delete one that is not used."})
    one = CannedReply(workspace_id=workspace_id)
    _set(one, shortcut, text)
    db.session.add(one)
    _flush()
    record_event("canned_reply.created", one, by=by, after=one.values)
    return one


def update_canned(one: CannedReply, by: Actor, *, shortcut: str, text: str) -> None:
    """Raises InvalidReply."""
    before = one.values
    _set(one, shortcut, text)
    one.updated_at = clock.now()
    _flush()
    record_event("canned_reply.updated", one, by=by, before=before, after=one.values)


def delete_canned(one: CannedReply, by: Actor) -> None:
    record_event("canned_reply.deleted", one, by=by, before=one.values)
    db.session.execute(delete(CannedReply).where(CannedReply.id == one.id))


def filled(text: str, *, visitor: str, agent: str, me: str) -> str:
    """With the names in it; who the visitor is may not be known."""
    names = {"visitor": visitor, "agent": agent, "me": me}
    said = _NAMED.sub(lambda found: names.get(found[1], found[0]), text)
    # "Hello {{visitor}}," to somebody who left no name.
    return said if visitor else re.sub(r" +([,.!?])", r"\1", said)


def _set(one: CannedReply, shortcut: str, text: str) -> None:
    shortcut = shortcut.strip().removeprefix("/").lower()
    text = storable(text.replace("\x00", "")).strip()
    wrong = {}
    if not _SHORTCUT.fullmatch(shortcut):
        wrong["shortcut"] = "Use up to 32 small letters, digits and hyphens."
    unknown = sorted({name for name in _NAMED.findall(text) if name not in VARIABLES})
    if not text:
        wrong["text"] = "Write what is to be said."
    elif len(text) > _LONGEST:
        wrong["text"] = "Use at most 4,000 characters."
    elif unknown:
        named = ", ".join(f"{{{{{name}}}}}" for name in unknown)[:200]
        wrong["text"] = (
            f"There is no {named}. There are {{{{visitor}}}}, {{{{agent}}}} and {{{{me}}}}."
        )
    if wrong:
        raise InvalidReply(wrong)
    one.shortcut, one.text = shortcut, text


def _flush() -> None:
    try:
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        raise InvalidReply({"shortcut": "Another reply has this shortcut."}) from None
