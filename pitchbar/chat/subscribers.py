from typing import Any

from sqlalchemy import delete

from pitchbar.chat.models import (
    Conversation,
    Lead,
    Message,
    Visitor,
    WaitingTurn,
    WidgetDay,
)
from pitchbar.chat.monthly.counting import count_by_day
from pitchbar.chat.monthly.models import ConversationDay
from pitchbar.chat.outward import declare_events
from pitchbar.chat.personal_data import register_holdings
from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.scans.usage import is_quota_in_force
from pitchbar.workspaces.plan_usage import declare_monthly
from pitchbar.workspaces.plans import CONVERSATIONS

# What hangs on another comes first.
_TABLES: tuple[Any, ...] = (
    Lead,
    Message,
    WaitingTurn,
    Conversation,
    Visitor,
    WidgetDay,
    ConversationDay,
)


def register() -> None:
    subscribe("workspace.purged", delete_conversations)
    register_holdings()
    declare_events()
    declare_monthly(CONVERSATIONS, count_by_day, is_quota_in_force)


def delete_conversations(event: Event) -> None:
    """All of the workspace, with what was said in them and who said it."""
    for model in _TABLES:
        mine = delete(model).where(model.workspace_id == int(event.subject.id))
        db.session.execute(mine.execution_options(synchronize_session=False))
