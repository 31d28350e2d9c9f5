"""What conversations of some days came to, for whoever tells of a week."""

from dataclasses import dataclass

from sqlalchemy import func, select

from pitchbar.analytics.engine import Span
from pitchbar.chat.models import Lead
from pitchbar.chat_analytics.asked import Asked, Choice
from pitchbar.chat_analytics.figures import read_totals
from pitchbar.extensions import db


@dataclass(frozen=True)
class TalkWeek:
    conversations: int
    answered: int
    questions: int
    leads: int


def read_talk(workspace_id: int, span: Span) -> TalkWeek | None:
    """None where nobody spoke with an agent."""
    totals = read_totals(Asked(workspace_id, span.start, span.end, Choice()))
    leads = db.session.scalar(
        select(func.count()).where(
            Lead.workspace_id == workspace_id,
            Lead.created_at >= span.start,
            Lead.created_at < span.end,
        )
    )
    if not totals.conversations and not leads:
        return None
    return TalkWeek(totals.conversations, totals.answered, totals.questions, leads or 0)
