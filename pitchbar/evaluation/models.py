from datetime import datetime
from uuid import UUID

from sqlalchemy import Float, ForeignKey, Index, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from pitchbar.core import clock
from pitchbar.core.database import BigId, Model, UtcDateTime
from pitchbar.events.subjects import Subject

# Where a test question comes from.
BY_HAND, DISLIKED, CORRECTED = "hand", "disliked", "corrected"

# Why a run was made.
ASKED, PUBLISHED, REINDEXED, RECONFIGURED = "asked", "published", "reindexed", "reconfigured"

RUNNING, DONE, FAILED = "running", "done", "failed"


class RegressionQuestion(Model):
    """A question that an agent once got wrong, or must never get wrong."""

    __tablename__ = "regression_questions"
    __table_args__ = (Index("ix_regression_questions_agent_id", "agent_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    agent_id: Mapped[int] = mapped_column(BigId)
    text: Mapped[str] = mapped_column(
        String(500), info={"forgotten": "with the visitor who asked it, or the workspace"}
    )
    # Text of the passage that must be found; empty where any answer will do.
    expected: Mapped[str] = mapped_column(Text, default="")
    # No source answers it, and the agent must say so.
    must_refuse: Mapped[bool] = mapped_column(default=False)
    origin: Mapped[str] = mapped_column(String(16), default=BY_HAND)
    # Of the visitor whose question it was; a retained conversation may go before it does.
    message_id: Mapped[UUID | None] = mapped_column(Uuid)
    visitor_id: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    @property
    def subject(self) -> Subject:
        return Subject("test_question", self.id, f"Test question {self.id}", self.workspace_id)


class RegressionRun(Model):
    """All test questions of an agent, asked at one time."""

    __tablename__ = "regression_runs"
    __table_args__ = (
        UniqueConstraint("agent_id", "number", name="uq_regression_runs_agent_id"),
        Index("ix_regression_runs_state", "state"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    agent_id: Mapped[int] = mapped_column(BigId)
    number: Mapped[int] = mapped_column()
    reason: Mapped[str] = mapped_column(String(16), default=ASKED)
    state: Mapped[str] = mapped_column(String(16), default=RUNNING)
    # The version that was asked; None for the draft.
    version: Mapped[int | None] = mapped_column()
    # What answered: models of language and of meaning, and the threshold, as one line.
    setup: Mapped[str] = mapped_column(String(300), default="")
    questions: Mapped[int] = mapped_column(default=0)
    # Of these, how many were asked; right; answered; expect a passage; and had it found.
    asked: Mapped[int] = mapped_column(default=0)
    passed: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)
    expecting: Mapped[int] = mapped_column(default=0)
    found: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def subject(self) -> Subject:
        return Subject("test_run", self.id, f"Test run {self.number}", self.workspace_id)

    @property
    def answered_share(self) -> float | None:
        return self.answered / self.asked if self.asked else None

    @property
    def recall(self) -> float | None:
        return self.found / self.expecting if self.expecting else None


class RegressionResult(Model):
    """What came of one question in one run."""

    __tablename__ = "regression_results"
    __table_args__ = (Index("ix_regression_results_question_id", "question_id"),)

    run_id: Mapped[int] = mapped_column(
        ForeignKey("regression_runs.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[int] = mapped_column(
        ForeignKey("regression_questions.id", ondelete="CASCADE"), primary_key=True
    )
    workspace_id: Mapped[int] = mapped_column(BigId)
    is_passed: Mapped[bool] = mapped_column()
    is_answered: Mapped[bool] = mapped_column()
    # The place of the expected passage among those found, from 1; None where it was not.
    rank: Mapped[int | None] = mapped_column()
    mode: Mapped[str] = mapped_column(String(16), default="")
    score: Mapped[float] = mapped_column(Float, default=0.0)
    answer: Mapped[str] = mapped_column(Text, default="")
    elapsed_ms: Mapped[int] = mapped_column(default=0)
