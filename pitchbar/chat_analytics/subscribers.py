from sqlalchemy import delete

from pitchbar.chat import hooks
from pitchbar.chat.hooks import KeptTurn
from pitchbar.chat_analytics.models import CitedSource
from pitchbar.core import clock
from pitchbar.core.database import insert_into
from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace


def register() -> None:
    subscribe("workspace.purged", delete_citations)
    hooks.on_turn_kept(count_citations)


def delete_citations(event: Event) -> None:
    mine = delete(CitedSource).where(CitedSource.workspace_id == int(event.subject.id))
    db.session.execute(mine.execution_options(synchronize_session=False))


def count_citations(turn: KeptTurn) -> None:
    """Each source of an answer once."""
    if turn.answer is None:
        return
    sources: set[int] = {one["source_id"] for one in turn.answer.citations if one.get("source_id")}
    if not sources:
        return
    workspace = db.session.get_one(Workspace, turn.conversation.workspace_id)
    day = clock.local_date(turn.question.created_at, workspace.time_zone)
    # In one order, so that two at once do not wait for each other.
    for source_id in sorted(sources):
        key = {
            "workspace_id": workspace.id,
            "day": day,
            "agent_id": turn.conversation.agent_id,
            "source_id": source_id,
        }
        adding = insert_into(db.session.connection(), CitedSource).values(**key, answers=1)
        db.session.execute(
            adding.on_conflict_do_update(
                index_elements=list(key), set_={"answers": CitedSource.answers + 1}
            )
        )
