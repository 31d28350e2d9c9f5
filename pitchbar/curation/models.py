from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.events.subjects import Subject

ALWAYS, WHILE_OPEN, WHILE_CLOSED = "always", "open", "closed"

# Of a gap: waits for an answer · has one · somebody said that none is needed.
OPEN, ANSWERED, DISMISSED = "open", "answered", "dismissed"

# Why a question is among the gaps: no answer was found · one that rests on little · the visitor
# said that it was not right.
REFUSED, UNSURE, DISLIKED = "refused", "unsure", "disliked"


class CuratedAnswer(Model):
    """An answer that a person wrote, given as it stands where its question is asked."""

    __tablename__ = "curated_answers"
    __table_args__ = (Index("ix_curated_answers_workspace_id", "workspace_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    # None: of all agents.
    agent_id: Mapped[int | None] = mapped_column(BigId)
    question: Mapped[str] = mapped_column(String(300))
    # The same question in other words.
    variants: Mapped[list[str]] = mapped_column(JSON, default=list)
    # Words that stand in the question in this order; `*` ends a word that may go on.
    patterns: Mapped[list[str]] = mapped_column(JSON, default=list)
    answer: Mapped[str] = mapped_column(Text)
    # Of the visitor, such as `de`; empty: of all.
    language: Mapped[str] = mapped_column(String(16), default="")
    # Beginnings of paths; without any it is given everywhere.
    paths: Mapped[list[str]] = mapped_column(JSON, default=list)
    # "always", or only "open" or "closed": within the agent's business hours, or beyond them.
    given: Mapped[str] = mapped_column(String(16), default=ALWAYS)
    is_active: Mapped[bool] = mapped_column(default=True)
    # What was asked to prove it when it was saved: each with `question` and `is_met`.
    proof: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    # A row for each of `questions`, one behind the other, and the model that made them with a
    # hash of the questions. None where words alone are searched for, and until
    # `tasks.fill_vectors` has come by.
    vectors: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    vectors_of: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    @property
    def subject(self) -> Subject:
        return Subject("curated_answer", self.id, self.question[:120], self.workspace_id)

    @property
    def questions(self) -> list[str]:
        return [self.question, *self.variants]


class Gap(Model):
    """Questions of one meaning that an agent did not answer."""

    __tablename__ = "answer_gaps"
    __table_args__ = (Index("ix_answer_gaps_agent_id", "agent_id", "state", "last_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    agent_id: Mapped[int] = mapped_column(BigId)
    state: Mapped[str] = mapped_column(String(16), default=OPEN)
    # Of its first question, by the packaged model; none where words alone are searched for.
    vector: Mapped[bytes | None] = mapped_column(LargeBinary)
    # Which answer closed it.
    curated_id: Mapped[int | None] = mapped_column(BigId)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    @property
    def subject(self) -> Subject:
        return Subject("gap", self.id, f"Unanswered {self.id}", self.workspace_id)


class GapQuestion(Model):
    """That a visitor's message belongs to a gap. What it says stands in the message alone, and goes
    with it.
    """

    __tablename__ = "answer_gap_questions"
    __table_args__ = (Index("ix_answer_gap_questions_gap_id", "gap_id", "at"),)

    message_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("chat_messages.id", ondelete="CASCADE"), primary_key=True
    )
    workspace_id: Mapped[int] = mapped_column(BigId)
    gap_id: Mapped[int] = mapped_column(ForeignKey("answer_gaps.id", ondelete="CASCADE"))
    # "refused", "unsure" or "disliked".
    reason: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
