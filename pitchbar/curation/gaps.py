"""Questions that an agent did not answer, grouped by what they mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from pitchbar.chat.hooks import KeptTurn
from pitchbar.chat.models import DOWN, VISITOR, Conversation, Message
from pitchbar.clients.embeddings import Reading
from pitchbar.core import clock
from pitchbar.core.database import MAX_ID
from pitchbar.curation.errors import GapNotFound
from pitchbar.curation.meaning import nearness, reading_of
from pitchbar.curation.models import (
    ANSWERED,
    DISLIKED,
    DISMISSED,
    OPEN,
    REFUSED,
    UNSURE,
    CuratedAnswer,
    Gap,
    GapQuestion,
)
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db

# Gaps that a question is compared with, the newest first; by vectors first, then by words.
_MOST, _LOOKED_AT = 1_000, 5


def note_turn(turn: KeptTurn) -> None:
    """What was refused or rests on little is a gap. An agent that asks back, a person who answers,
    or an answer that was cut off is none.
    """
    answer = turn.answer
    if answer is None or answer.is_broken_off or not (answer.is_refused or answer.low_confidence):
        return
    reason = REFUSED if answer.is_refused else UNSURE
    add_question(turn.conversation, turn.question, answer.question, reason)


def note_feedback(conversation: Conversation, answer: Message) -> None:
    """An answer that a visitor did not like is one, too."""
    if answer.feedback != DOWN:
        return
    question = question_before(answer)
    if question is not None:
        add_question(conversation, question, answer.question, DISLIKED)


def question_before(answer: Message) -> Message | None:
    """What the visitor had asked."""
    return db.session.scalars(
        select(Message)
        .where(
            Message.conversation_id == answer.conversation_id,
            Message.role == VISITOR,
            Message.id < answer.id,
        )
        .order_by(Message.id.desc())
        .limit(1)
    ).first()


def add_question(
    conversation: Conversation, question: Message, searched_for: str, reason: str
) -> None:
    """Once for each message, however often its job runs."""
    if db.session.get(GapQuestion, question.id) is not None:
        return
    gap = _find_gap(conversation.agent_id, searched_for or question.text)
    if gap is None:
        gap = _new_gap(conversation, searched_for or question.text, question.created_at)
    elif gap.state == ANSWERED:
        # It has an answer, and was not answered: that answer does not hold.
        gap.state = OPEN
    gap.last_at = max(gap.last_at, question.created_at)
    db.session.add(
        GapQuestion(
            message_id=question.id,
            workspace_id=conversation.workspace_id,
            gap_id=gap.id,
            reason=reason,
            at=question.created_at,
        )
    )
    db.session.flush()


def _new_gap(conversation: Conversation, text: str, at: datetime) -> Gap:
    reading = reading_of(text)
    gap = Gap(
        workspace_id=conversation.workspace_id,
        agent_id=conversation.agent_id,
        vector=reading.vector.tobytes() if reading else None,
        first_at=at,
        last_at=at,
    )
    db.session.add(gap)
    db.session.flush()
    return gap


def _find_gap(agent_id: int, text: str) -> Gap | None:
    newest = select(Gap.id).where(Gap.agent_id == agent_id).order_by(Gap.last_at.desc())
    reading = reading_of(text)
    if reading is None:
        near = list(db.session.scalars(newest.limit(_MOST)))
    else:
        rows = db.session.execute(newest.add_columns(Gap.vector).limit(_MOST))
        near = _nearest({row.id: row.vector for row in rows if row.vector}, reading)
    titles = titles_of(near)
    found = next((one for one in near if nearness(text, titles.get(one, "")) > 0), None)
    return db.session.get(Gap, found) if found else None


def _nearest(vectors: dict[int, bytes], reading: Reading) -> list[int]:
    import numpy as np

    if not vectors:
        return []
    ids = list(vectors)
    rows = np.stack([np.frombuffer(vectors[one], dtype=np.float32) for one in ids])
    return [ids[int(at)] for at in np.argsort(-(rows @ reading.vector))[:_LOOKED_AT]]


def titles_of(gap_ids: Sequence[int]) -> dict[int, str]:
    """The first question of each that is still there."""
    first = (
        select(GapQuestion.gap_id, func.min(GapQuestion.at).label("at"))
        .where(GapQuestion.gap_id.in_(gap_ids))
        .group_by(GapQuestion.gap_id)
        .subquery()
    )
    rows = db.session.execute(
        select(GapQuestion.gap_id, Message.text)
        .join(first, (first.c.gap_id == GapQuestion.gap_id) & (first.c.at == GapQuestion.at))
        .join(Message, Message.id == GapQuestion.message_id)
        .order_by(GapQuestion.message_id.desc())
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class GapRow:
    gap: Gap
    title: str
    count: int


def list_gaps(agent_id: int, state: str, offset: int, limit: int) -> list[GapRow]:
    """Those asked most often first; what nobody's message belongs to any more is left out."""
    count = func.count(GapQuestion.message_id)
    rows = db.session.execute(
        select(Gap, count)
        .join(GapQuestion, GapQuestion.gap_id == Gap.id)
        .where(Gap.agent_id == agent_id, Gap.state == state)
        .group_by(Gap.id)
        .order_by(count.desc(), Gap.last_at.desc(), Gap.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()
    titles = titles_of([row[0].id for row in rows])
    return [GapRow(row[0], titles.get(row[0].id, ""), row[1]) for row in rows]


def get_gap(agent_id: int, gap_id: int) -> Gap:
    gap = db.session.get(Gap, gap_id) if gap_id <= MAX_ID else None
    if gap is None or gap.agent_id != agent_id:
        raise GapNotFound
    return gap


@dataclass(frozen=True)
class Asked:
    text: str
    reason: str
    at: datetime


def list_questions(gap: Gap, limit: int) -> list[Asked]:
    """The newest first."""
    rows: Any = db.session.execute(
        select(Message.text, GapQuestion.reason, GapQuestion.at)
        .join(Message, Message.id == GapQuestion.message_id)
        .where(GapQuestion.gap_id == gap.id)
        .order_by(GapQuestion.at.desc(), GapQuestion.message_id.desc())
        .limit(limit)
    )
    return [Asked(*row) for row in rows]


def set_state(gap: Gap, state: str, by: Actor, curated: CuratedAnswer | None = None) -> None:
    """By a person: "open", "answered" or "dismissed"."""
    before = {"state": gap.state}
    gap.state, gap.curated_id = state, curated.id if curated else None
    db.session.flush()
    name = {OPEN: "gap.reopened", ANSWERED: "gap.answered", DISMISSED: "gap.dismissed"}[state]
    record_event(name, gap, by=by, before=before, after={"state": state})


def reopen_gaps_of(curated_id: int) -> None:
    """Its answer is gone."""
    db.session.execute(
        update(Gap)
        .where(Gap.curated_id == curated_id)
        .values(state=OPEN, curated_id=None, last_at=clock.now())
    )
