from sqlalchemy import delete

from pitchbar.answers.curated import register_finder
from pitchbar.chat import hooks
from pitchbar.curation.gaps import note_feedback, note_turn
from pitchbar.curation.matching import find_curated
from pitchbar.curation.models import CuratedAnswer, Gap, GapQuestion
from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db


def register() -> None:
    subscribe("workspace.purged", delete_all)
    subscribe("agent.deleted", delete_of_agent)
    register_finder(find_curated)
    hooks.on_turn_kept(note_turn)
    hooks.on_feedback(note_feedback)


def delete_all(event: Event) -> None:
    workspace_id = int(event.subject.id)
    for model in (GapQuestion, Gap, CuratedAnswer):
        mine = delete(model).where(model.workspace_id == workspace_id)
        db.session.execute(mine.execution_options(synchronize_session=False))


def delete_of_agent(event: Event) -> None:
    """Answers of all agents stay."""
    for model in (Gap, CuratedAnswer):
        mine = delete(model).where(model.agent_id == int(event.subject.id))
        db.session.execute(mine.execution_options(synchronize_session=False))
