"""Sources on which no answer rested, and what a model cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from pitchbar.answers.models import LlmUsage
from pitchbar.chat_analytics.models import CitedSource
from pitchbar.chat_analytics.settings import ChatFigureSettings
from pitchbar.extensions import db
from pitchbar.sources.models import Source

_MOST = 50
_MILLION = 1_000_000


@dataclass(frozen=True)
class NamedSource:
    id: int
    name: str


def list_never_cited(
    workspace_id: int, first: date, last: date, agent_id: int = 0
) -> Sequence[NamedSource]:
    """Those that can answer; on days of the workspace, both included."""
    cited = select(CitedSource.source_id).where(
        CitedSource.workspace_id == workspace_id,
        CitedSource.day >= first,
        CitedSource.day <= last,
        CitedSource.source_id == Source.id,
    )
    if agent_id:
        cited = cited.where(CitedSource.agent_id == agent_id)
    rows = db.session.execute(
        select(Source.id, Source.name)
        .where(
            Source.workspace_id == workspace_id,
            Source.active_generation_id.is_not(None),
            ~cited.exists(),
        )
        .order_by(Source.name, Source.id)
        .limit(_MOST)
    )
    return [NamedSource(*row) for row in rows]


@dataclass(frozen=True)
class Usage:
    """`cost` is None where no price is set."""

    day: date | None
    prompt_tokens: int
    completion_tokens: int
    cost: float | None


def read_usage(
    workspace_id: int, first: date, last: date, prices: ChatFigureSettings
) -> tuple[Usage, Sequence[Usage]]:
    """Of the whole workspace: the sum, and each day (of UTC) on which a model was asked."""
    rows = db.session.execute(
        select(
            LlmUsage.day,
            func.sum(LlmUsage.prompt_tokens),
            func.sum(LlmUsage.completion_tokens),
        )
        .where(LlmUsage.workspace_id == workspace_id)
        .where(LlmUsage.day >= first, LlmUsage.day <= last)
        .group_by(LlmUsage.day)
        .order_by(LlmUsage.day)
    ).all()
    days = [_usage(row[0], int(row[1]), int(row[2]), prices) for row in rows]
    total = _usage(
        None,
        sum(one.prompt_tokens for one in days),
        sum(one.completion_tokens for one in days),
        prices,
    )
    return total, days


def _usage(day: date | None, prompt: int, completion: int, prices: ChatFigureSettings) -> Usage:
    has_price = prices.llm_prompt_price or prices.llm_completion_price
    worth = prompt * prices.llm_prompt_price + completion * prices.llm_completion_price
    return Usage(day, prompt, completion, worth / _MILLION if has_price else None)
