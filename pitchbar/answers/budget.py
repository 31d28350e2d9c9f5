"""How much of a model a workspace has used today, and whether it may use more."""

from sqlalchemy import select

from pitchbar.answers.models import LlmUsage
from pitchbar.answers.turns import Usage
from pitchbar.core import clock
from pitchbar.core.database import insert_into
from pitchbar.extensions import db


def is_spent(workspace_id: int, daily_tokens: int) -> bool:
    """0 is no limit. Turns that run at once may go over it together, each by its own answer."""
    return daily_tokens > 0 and used_today(workspace_id) >= daily_tokens


def used_today(workspace_id: int) -> int:
    used = select(LlmUsage.prompt_tokens + LlmUsage.completion_tokens).where(
        LlmUsage.workspace_id == workspace_id, LlmUsage.day == clock.now().date()
    )
    return db.session.scalar(used) or 0


def record_usage(workspace_id: int, usage: Usage) -> None:
    """Adds a turn to the day. Whoever calls it sees to it that a turn is counted once."""
    if not usage.prompt_tokens and not usage.completion_tokens:
        return
    added = insert_into(db.session.connection(), LlmUsage).values(
        workspace_id=workspace_id,
        day=clock.now().date(),
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        turns=1,
    )
    names = ("prompt_tokens", "completion_tokens", "turns")
    sums = {name: getattr(LlmUsage, name) + added.excluded[name] for name in names}
    key = [LlmUsage.workspace_id, LlmUsage.day]
    db.session.execute(added.on_conflict_do_update(index_elements=key, set_=sums))
