from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, select

from pitchbar.agents.config import AgentConfig
from pitchbar.agents.models import Agent, AgentVersion
from pitchbar.chat import hooks
from pitchbar.chat.personal_data import VisitorsHolding
from pitchbar.core.personal_data import register_holding
from pitchbar.evaluation.models import (
    PUBLISHED,
    REINDEXED,
    RegressionQuestion,
    RegressionResult,
    RegressionRun,
)
from pitchbar.evaluation.questions import note_corrected, note_disliked
from pitchbar.evaluation.runs import run_after
from pitchbar.evaluation.tasks import run_regression
from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.jobs import enqueue


def register() -> None:
    subscribe("workspace.purged", delete_all)
    subscribe("agent.deleted", delete_of_agent)
    subscribe("agent.published", run_published)
    subscribe("agent.rolled_back", run_published)
    subscribe("source.indexed", run_reindexed)
    subscribe("curated_answer.created", note_corrected)
    hooks.on_feedback(note_disliked)
    register_holding(VisitorsHolding(RegressionQuestion, "Test questions", _of_visitors))


def _of_visitors(ids: Sequence[int], _visitor: str) -> ColumnElement[bool]:
    return RegressionQuestion.visitor_id.in_(ids)


def run_published(event: Event) -> None:
    _run(db.session.get_one(Agent, int(event.subject.id)), PUBLISHED)


def run_reindexed(event: Event) -> None:
    """For each published agent that answers from the source, as it was read again."""
    source_id, workspace_id = int(event.subject.id), event.subject.workspace_id
    rows = db.session.execute(
        select(Agent, AgentVersion)
        .join(AgentVersion, AgentVersion.id == Agent.published_version_id)
        .where(Agent.workspace_id == workspace_id)
    ).all()
    for agent, version in rows:
        chosen = AgentConfig.of(version.config).source_ids
        if chosen is None or source_id in chosen:
            _run(agent, REINDEXED)


def _run(agent: Agent, reason: str) -> None:
    run = run_after(agent, reason)
    if run is not None:
        enqueue(run_regression, run.id)


def delete_all(event: Event) -> None:
    workspace_id = int(event.subject.id)
    for model in (RegressionResult, RegressionRun, RegressionQuestion):
        mine = delete(model).where(model.workspace_id == workspace_id)
        db.session.execute(mine.execution_options(synchronize_session=False))


def delete_of_agent(event: Event) -> None:
    for model in (RegressionRun, RegressionQuestion):
        mine = delete(model).where(model.agent_id == int(event.subject.id))
        db.session.execute(mine.execution_options(synchronize_session=False))
