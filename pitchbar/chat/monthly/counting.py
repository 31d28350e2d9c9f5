"""How many conversations a workspace has in a month, and whether its plan has one more. They are
counted as they are written down; what is asked before an answer reads a month of small rows.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select

from pitchbar.chat.models import Conversation
from pitchbar.chat.monthly.models import ConversationDay
from pitchbar.core import clock
from pitchbar.core.database import insert_into
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plan_usage import month_of, most_of
from pitchbar.workspaces.plans import CONVERSATIONS


def note_begun(conversation: Conversation) -> None:
    """Once for each, in the transaction that makes its row."""
    mine = select(Workspace.time_zone).where(Workspace.id == conversation.workspace_id)
    zone = db.session.execute(mine).scalar_one()
    key = {
        "workspace_id": conversation.workspace_id,
        "day": clock.local_date(conversation.started_at, zone),
    }
    making = insert_into(db.session.connection(), ConversationDay).values(**key, begun=1)
    db.session.execute(
        making.on_conflict_do_update(
            index_elements=list(key), set_={"begun": ConversationDay.begun + 1}
        )
    )


def is_full(workspace_id: int, now: datetime) -> bool:
    """Whether another conversation would be beyond the plan. Those that wait to be written down are
    not among them: rather one more is answered than one less.
    """
    plan, zone = db.session.execute(_plan(), {"workspace": workspace_id}).one()
    most = most_of(plan, CONVERSATIONS)
    if most is None:
        return False
    begun = select(func.sum(ConversationDay.begun)).where(
        ConversationDay.workspace_id == workspace_id, ConversationDay.day >= month_of(now, zone)
    )
    return (db.session.scalar(begun) or 0) >= most


# Each message runs it; making it takes as long.
@cache
def _plan() -> Any:
    return select(Workspace.plan, Workspace.time_zone).where(Workspace.id == bindparam("workspace"))


def count_by_day(workspace_ids: Sequence[int], since: date) -> Mapping[int, Mapping[date, int]]:
    """By workspace and its day; days without any are not there."""
    query = select(ConversationDay.workspace_id, ConversationDay.day, ConversationDay.begun).where(
        ConversationDay.workspace_id.in_(workspace_ids), ConversationDay.day >= since
    )
    found: dict[int, dict[date, int]] = {}
    for workspace_id, day, begun in db.session.execute(query):
        found.setdefault(workspace_id, {})[day] = begun
    return found
