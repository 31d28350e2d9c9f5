"""What is asked most, by meaning: questions in other words are one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from pitchbar.chat.models import AGENT, VISITOR, Conversation, Message
from pitchbar.chat_analytics.asked import Asked
from pitchbar.curation.meaning import nearness, reading_of
from pitchbar.extensions import db

# The newest that are looked at; the different ones of them that are compared; those shown.
MOST_READ, _MOST_COMPARED, _SHOWN = 1_000, 40, 10
# What is farther apart than this is not compared word by word.
_NEAR = 0.6
_MARKS = re.compile(r"[\W_]+")


@dataclass
class AskedOften:
    """`refused` of `count` had no answer; `others` are some of the other words for it."""

    text: str
    count: int = 0
    refused: int = 0
    others: tuple[str, ...] = ()


def list_asked_often(asked: Asked) -> list[AskedOften]:
    groups: list[AskedOften] = []
    for one in _by_words(_newest(asked))[:_MOST_COMPARED]:
        same = next((group for group in groups if _is_same(one.text, group.text)), None)
        if same is None:
            groups.append(one)
            continue
        same.count, same.refused = same.count + one.count, same.refused + one.refused
        same.others = (*same.others, one.text)[:3]
    return sorted(groups, key=lambda group: -group.count)[:_SHOWN]


def _newest(asked: Asked) -> list[tuple[str, bool]]:
    """Texts with whether each was refused."""
    rows = db.session.execute(
        select(Message.conversation_id, Message.role, Message.text, Message.is_refused)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Message.workspace_id == asked.workspace_id,
            Message.created_at >= asked.since,
            Message.created_at < asked.until,
            Message.role.in_((VISITOR, AGENT)),
            *asked.narrowed(),
        )
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(2 * MOST_READ)
    ).all()
    found: list[tuple[str, bool]] = []
    open_questions: dict[int, str] = {}
    for row in reversed(rows):
        if row.role == VISITOR:
            open_questions[row.conversation_id] = row.text
        elif (text := open_questions.pop(row.conversation_id, None)) is not None:
            found.append((text, row.is_refused))
    return found


def _by_words(questions: Sequence[tuple[str, bool]]) -> list[AskedOften]:
    """Letter for letter, without marks and case; those asked most first."""
    found: dict[str, AskedOften] = {}
    for text, is_refused in questions:
        key = _MARKS.sub(" ", text.casefold()).strip()
        if not key:
            continue
        group = found.setdefault(key, AskedOften(text.strip()[:300]))
        group.count += 1
        group.refused += is_refused
    return sorted(found.values(), key=lambda group: -group.count)


def _is_same(text: str, other: str) -> bool:
    first, second = reading_of(text), reading_of(other)
    if first is not None and second is not None and float(first.vector @ second.vector) < _NEAR:
        return False
    return nearness(text, other) > 0
