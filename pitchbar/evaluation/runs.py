"""Runs of an agent's regression set: all its questions, asked as visitors would."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from pitchbar.agents.models import Agent
from pitchbar.agents.publication import ServedAgent, draft_of, find_published
from pitchbar.answers.answering import answer
from pitchbar.answers.settings import AnswerSettings
from pitchbar.answers.turns import CURATED, Answered, Turn
from pitchbar.core import clock
from pitchbar.evaluation.errors import IsRunning, NothingToRun, RunNotFound
from pitchbar.evaluation.matching import rank_of
from pitchbar.evaluation.models import (
    DONE,
    FAILED,
    RUNNING,
    RegressionQuestion,
    RegressionResult,
    RegressionRun,
)
from pitchbar.evaluation.questions import count_questions
from pitchbar.evaluation.settings import EvaluationSettings
from pitchbar.extensions import db
from pitchbar.retrieval.backends import collection_of, open_embedder
from pitchbar.retrieval.settings import RetrievalSettings
from pitchbar.settings import Settings, current_settings
from pitchbar.workspaces.locking import lock_workspace


def get_run(agent: Agent, number: int) -> RegressionRun:
    run = None
    if number < 2**31:
        run = db.session.scalar(
            select(RegressionRun).where(
                RegressionRun.agent_id == agent.id, RegressionRun.number == number
            )
        )
    if run is None:
        raise RunNotFound
    return run


def list_runs(agent_id: int, before: int, limit: int) -> Sequence[RegressionRun]:
    """The newest first; those before that number, where it is not 0."""
    query = select(RegressionRun).where(RegressionRun.agent_id == agent_id)
    if before:
        query = query.where(RegressionRun.number < before)
    return db.session.scalars(query.order_by(RegressionRun.number.desc()).limit(limit)).all()


def start_run(agent: Agent, reason: str, settings: Settings) -> RegressionRun:
    """Of what visitors meet, or of the draft while nobody does. Its questions are asked by a job.

    Raises:
        NothingToRun, IsRunning
    """
    questions = count_questions(agent.id)
    if not questions:
        raise NothingToRun
    lock_workspace(agent.workspace_id)
    latest = next(iter(list_runs(agent.id, 0, 1)), None)
    if latest is not None and latest.state == RUNNING:
        raise IsRunning
    served = served_for_tests(agent)
    run = RegressionRun(
        workspace_id=agent.workspace_id,
        agent_id=agent.id,
        number=latest.number + 1 if latest else 1,
        reason=reason,
        version=served.version,
        setup=describe_setup(served, settings),
        questions=questions,
    )
    db.session.add(run)
    db.session.flush()
    _clear_old(agent.id, settings[EvaluationSettings].regression_runs_kept)
    return run


def served_for_tests(agent: Agent) -> ServedAgent:
    return find_published(agent.public_id) or draft_of(agent)


def describe_setup(served: ServedAgent, settings: Settings) -> str:
    """What decides its answers beside its sources, on one line."""
    own = settings[AnswerSettings]
    threshold = served.config.threshold
    if threshold is None:
        threshold = settings[RetrievalSettings].answer_threshold
    model = own.llm_model if own.llm_base_url else "quotes"
    return f"{model} · {collection_of(open_embedder(settings)).key or 'words'} · {threshold:.2f}"


def ask_next(run: RegressionRun, most: int) -> bool:
    """Asks some of those that were not asked yet, each kept by itself; True when all were."""
    agent = db.session.get(Agent, run.agent_id)
    if agent is None or run.state != RUNNING:
        return True
    for question in _not_asked(run, most):
        _ask(run, served_for_tests(agent), question.id)
    if not _not_asked(run, 1):
        finish(run.id)
        return True
    return False


def _not_asked(run: RegressionRun, most: int) -> Sequence[RegressionQuestion]:
    asked = select(RegressionResult.question_id).where(RegressionResult.run_id == run.id)
    query = select(RegressionQuestion).where(
        RegressionQuestion.agent_id == run.agent_id, RegressionQuestion.id.not_in(asked)
    )
    return db.session.scalars(query.order_by(RegressionQuestion.id).limit(most)).all()


def _ask(run: RegressionRun, served: ServedAgent, question_id: int) -> None:
    run_id, workspace_id = run.id, run.workspace_id
    question = db.session.get_one(RegressionQuestion, question_id)
    text, expected, must_refuse = question.text, question.expected, question.must_refuse
    *_, last = answer(Turn(served, text, is_tried=True))
    if not isinstance(last, Answered):
        raise TypeError("a turn ends with its answer")
    rank = rank_of(expected, last.trace.hits) if expected else None
    is_found = not expected or rank is not None or last.mode == CURATED
    is_answered = not last.is_refused
    db.session.add(
        RegressionResult(
            run_id=run_id,
            question_id=question_id,
            workspace_id=workspace_id,
            is_passed=not is_answered if must_refuse else is_answered and is_found,
            is_answered=is_answered,
            rank=rank,
            mode=last.mode,
            score=last.trace.score,
            answer=last.text[:4_000],
            elapsed_ms=round(last.trace.timings.get("whole", 0.0)),
        )
    )
    db.session.commit()


def finish(run_id: int) -> None:
    """Adds up what was asked."""
    run = db.session.get_one(RegressionRun, run_id)
    rows = db.session.execute(
        select(RegressionResult, RegressionQuestion)
        .join(RegressionQuestion, RegressionQuestion.id == RegressionResult.question_id)
        .where(RegressionResult.run_id == run_id)
    ).all()
    run.asked = len(rows)
    run.passed = sum(row[0].is_passed for row in rows)
    run.answered = sum(row[0].is_answered for row in rows)
    expecting = [row[0] for row in rows if row[1].expected]
    run.expecting = len(expecting)
    run.found = sum(one.rank is not None or one.mode == CURATED for one in expecting)
    run.state, run.finished_at = DONE, clock.now()
    db.session.commit()


def fail(run_id: int) -> None:
    run = db.session.get(RegressionRun, run_id)
    if run is not None and run.state == RUNNING:
        run.state, run.finished_at = FAILED, clock.now()
        db.session.commit()


@dataclass(frozen=True)
class Compared:
    """A question in a run beside the one before it; None where that did not ask it."""

    question: RegressionQuestion
    now: RegressionResult
    before: RegressionResult | None

    @property
    def is_changed(self) -> bool:
        return self.before is not None and self.before.is_passed != self.now.is_passed


def compare(run: RegressionRun, earlier: RegressionRun | None) -> list[Compared]:
    """What has changed first, then what is wrong, then the rest."""
    then = {}
    if earlier is not None:
        found = db.session.scalars(
            select(RegressionResult).where(RegressionResult.run_id == earlier.id)
        )
        then = {one.question_id: one for one in found}
    rows = db.session.execute(
        select(RegressionQuestion, RegressionResult)
        .join(RegressionResult, RegressionResult.question_id == RegressionQuestion.id)
        .where(RegressionResult.run_id == run.id)
    )
    compared = [Compared(row[0], row[1], then.get(row[0].id)) for row in rows]
    return sorted(
        compared, key=lambda one: (not one.is_changed, one.now.is_passed, one.question.id)
    )


def run_after(agent: Agent, reason: str) -> RegressionRun | None:
    """By itself, after something has changed; where there are no questions, nothing."""
    try:
        return start_run(agent, reason, current_settings())
    except (NothingToRun, IsRunning):
        return None


def _clear_old(agent_id: int, kept: int) -> None:
    newest = db.session.scalar(
        select(func.max(RegressionRun.number)).where(RegressionRun.agent_id == agent_id)
    )
    gone = delete(RegressionRun).where(
        RegressionRun.agent_id == agent_id, RegressionRun.number <= (newest or 0) - kept
    )
    db.session.execute(gone.execution_options(synchronize_session=False))
