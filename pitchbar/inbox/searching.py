"""Search over what was said. PostgreSQL has an index of the words; SQLite looks through the latest
messages. Either finds the newest of what fits, so that a word that stands everywhere costs no more
than another.
"""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select

from pitchbar.chat.models import Lead, Message
from pitchbar.extensions import db

_MOST_FOUND = 300
_MOST_LOOKED_THROUGH = 20_000
_MOST_WORDS = 8
_WORD = re.compile(r"\w+")
# Written alike in any language of the database.
_PLAIN = re.compile(r"[A-Za-z]+")


def matching_ids(workspace_id: int, words: str) -> Sequence[int]:
    """Of conversations in which something was said with all of these words, the last one perhaps
    begun only; or whose visitor left this e-mail address.
    """
    found = [word[:60] for word in _WORD.findall(words)][:_MOST_WORDS]
    ids: set[int] = set()
    if found:
        is_postgresql = db.session.connection().dialect.name == "postgresql"
        ids = set((_by_index if is_postgresql else _by_looking)(workspace_id, found))
    if "@" in words:
        left = select(Lead.conversation_id).where(
            Lead.workspace_id == workspace_id, Lead.email == words.lower()
        )
        ids |= set(db.session.scalars(left.limit(_MOST_FOUND)))
    return sorted(ids)


def _by_index(workspace_id: int, words: Sequence[str]) -> Sequence[int]:
    wanted = func.to_tsquery("simple", f"{' & '.join(words)}:*")
    # As the index says it, letter for letter.
    indexed: ColumnElement[Any] = literal_column("to_tsvector('simple', text)")
    # Words that stand everywhere are looked for from the newest message on, one by one. What cannot
    # fit is told by its letters, at a fifth of the cost of taking its words apart; a comparison
    # that the planner takes for nearly always true, so that it plans as without it.
    lowered = func.lower(Message.text)
    may_fit = [func.strpos(lowered, word.lower()) != 0 for word in words if _PLAIN.fullmatch(word)]
    newest = (
        select(Message.conversation_id)
        .where(Message.workspace_id == workspace_id, *may_fit, indexed.op("@@")(wanted))
        .order_by(Message.created_at.desc())
        .limit(_MOST_FOUND)
    )
    return db.session.scalars(newest).all()


def _by_looking(workspace_id: int, words: Sequence[str]) -> Sequence[int]:
    latest = (
        select(Message.conversation_id, Message.text)
        .where(Message.workspace_id == workspace_id)
        .order_by(Message.created_at.desc())
        .limit(_MOST_LOOKED_THROUGH)
        .subquery()
    )
    fits = [latest.c.text.icontains(word, autoescape=True) for word in words]
    return db.session.scalars(
        select(latest.c.conversation_id).where(*fits).limit(_MOST_FOUND)
    ).all()
