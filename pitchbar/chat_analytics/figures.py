"""What conversations came to. All is counted from rows of one span by its index."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, case, column, func, literal_column, select, values

from pitchbar.chat.models import AGENT, DOWN, ENDED, UP, Conversation, Message
from pitchbar.chat_analytics.asked import Asked
from pitchbar.core.database import UtcDateTime
from pitchbar.extensions import db

# Milliseconds of one step in which times to the first word are counted.
_STEP_MS = 20


@dataclass(frozen=True)
class Totals:
    """`questions` are those that were answered or refused; times are in milliseconds, None where
    nothing was answered.

    `resolved` are conversations that ended with an answer and without a person.
    """

    conversations: int = 0
    answered: int = 0
    refused: int = 0
    handed_over: int = 0
    ended: int = 0
    resolved: int = 0
    helped: int = 0
    not_helped: int = 0
    first_word_p50: int | None = None
    first_word_p95: int | None = None

    @property
    def questions(self) -> int:
        return self.answered + self.refused

    @property
    def answered_share(self) -> float | None:
        return _share(self.answered, self.questions)

    @property
    def deflection(self) -> float | None:
        return _share(self.resolved, self.ended)

    @property
    def satisfaction(self) -> float | None:
        return _share(self.helped, self.helped + self.not_helped)


@dataclass(frozen=True)
class Step:
    conversations: int = 0
    answered: int = 0
    refused: int = 0
    handed_over: int = 0


def read_totals(asked: Asked) -> Totals:
    is_over = Conversation.status == ENDED
    was_handed_over = Conversation.handed_over_at.is_not(None)
    is_resolved = is_over & ~was_handed_over & (Conversation.answered > 0)
    row = db.session.execute(
        select(
            func.count(),
            _sum(Conversation.answered),
            _sum(Conversation.refused),
            _count(was_handed_over),
            _count(is_over),
            _count(is_resolved),
            _count(Conversation.feedback == UP),
            _count(Conversation.feedback == DOWN),
        ).where(*asked.began())
    ).one()
    helped, not_helped = _opinions(asked)
    p50, p95 = _first_words(asked)
    conversations, answered, refused, handed_over, ended, resolved, good, bad = row
    return Totals(
        conversations=conversations,
        answered=answered,
        refused=refused,
        handed_over=handed_over,
        ended=ended,
        resolved=resolved,
        helped=good + helped,
        not_helped=bad + not_helped,
        first_word_p50=p50,
        first_word_p95=p95,
    )


def read_series(asked: Asked, starts: Sequence[datetime]) -> list[Step]:
    """For each step, which ends where the next begins, or with the span."""
    ends = [*starts[1:], asked.until]
    rows = [(n, start, end) for n, (start, end) in enumerate(zip(starts, ends, strict=True))]
    if not rows:
        return []
    steps = values(
        column("n", Integer),
        column("since", UtcDateTime),
        column("until", UtcDateTime),
        name="steps",
    ).data(rows)
    step = steps.cte("steps")
    found = db.session.execute(
        select(
            step.c.n,
            func.count(),
            _sum(Conversation.answered),
            _sum(Conversation.refused),
            _count(Conversation.handed_over_at.is_not(None)),
        )
        .select_from(step)
        .join(
            Conversation,
            (Conversation.started_at >= step.c.since) & (Conversation.started_at < step.c.until),
        )
        .where(*asked.narrowed())
        .group_by(step.c.n)
    )
    by_step = {row[0]: Step(*row[1:]) for row in found}
    return [by_step.get(n, Step()) for n in range(len(rows))]


def _opinions(asked: Asked) -> tuple[int, int]:
    row = db.session.execute(
        select(_count(Message.feedback == UP), _count(Message.feedback == DOWN)).where(
            *_answers(asked), Message.feedback.is_not(None)
        )
    ).one()
    return row[0], row[1]


def _first_words(asked: Asked) -> tuple[int | None, int | None]:
    """The times below which half of all answers began, and 95 of a hundred; to 20 ms."""
    step = Message.first_token_ms.op("/")(literal_column(str(_STEP_MS)))
    rows = db.session.execute(
        select(step.label("step"), func.count())
        .where(*_answers(asked), Message.first_token_ms.is_not(None))
        .group_by("step")
        .order_by("step")
    ).all()
    counts = [(int(row[0]), int(row[1])) for row in rows]
    return _percentile(counts, 0.5), _percentile(counts, 0.95)


def _percentile(counts: Sequence[tuple[int, int]], share: float) -> int | None:
    total, seen = sum(count for _, count in counts), 0
    for step, count in counts:
        seen += count
        if seen >= total * share:
            return (step + 1) * _STEP_MS
    return None


def _answers(asked: Asked) -> list[Any]:
    """Of conversations, whenever they began."""
    found: list[Any] = [
        Message.workspace_id == asked.workspace_id,
        Message.created_at >= asked.since,
        Message.created_at < asked.until,
        Message.role == AGENT,
    ]
    if asked.choice.is_narrowed:
        mine = select(Conversation.id).where(
            Conversation.id == Message.conversation_id, *asked.narrowed()
        )
        found.append(mine.exists())
    return found


def _sum(counted: Any) -> Any:
    return func.coalesce(func.sum(counted), 0)


def _count(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
