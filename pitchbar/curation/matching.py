"""Which curated answer a question gets."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import undefer

from pitchbar.agents.hours import is_open
from pitchbar.answers.curated import CuratedHit
from pitchbar.answers.turns import Turn
from pitchbar.core import clock
from pitchbar.curation.meaning import nearness
from pitchbar.curation.models import ALWAYS, WHILE_OPEN, CuratedAnswer
from pitchbar.curation.patterns import fits
from pitchbar.curation.vectors import near_questions
from pitchbar.extensions import db
from pitchbar.retrieval.languages import language_of
from pitchbar.workspaces.models import Workspace

# No workspace has so many by hand; beyond them the newest count.
_MOST = 500


def find_curated(turn: Turn) -> CuratedHit | None:
    """The one whose pattern fits, else the one whose question means the same. Of several the
    nearest, and one of this agent before one of all.
    """
    candidates = [one for one in _active(turn) if _is_meant_for(one, turn)]
    near = near_questions(candidates, turn.text)
    ranked = [
        (_score_of(one, turn.text, near.get(one.id, ())), one.agent_id is not None, one)
        for one in candidates
    ]
    best = max(ranked, key=lambda one: one[:2], default=None)
    if best is None or best[0] <= 0:
        return None
    return CuratedHit(best[2].id, best[2].answer, best[0])


def _score_of(one: CuratedAnswer, text: str, near: Sequence[str]) -> float:
    """`near`: those of its questions that may mean the same."""
    if any(fits(pattern, text) for pattern in one.patterns):
        return 1.0
    return max((nearness(text, question) for question in near), default=0.0)


def _active(turn: Turn) -> Sequence[CuratedAnswer]:
    given = {"workspace": turn.agent.workspace_id, "agent": turn.agent.agent_id}
    return db.session.scalars(_newest(), given).all()


# Each turn runs it first; making it takes longer.
@cache
def _newest() -> Any:
    of_agent = CuratedAnswer.agent_id == bindparam("agent")
    query = select(CuratedAnswer).where(
        CuratedAnswer.workspace_id == bindparam("workspace"),
        CuratedAnswer.is_active.is_(True),
        or_(CuratedAnswer.agent_id.is_(None), of_agent),
    )
    newest = query.order_by(CuratedAnswer.id.desc()).limit(_MOST)
    return newest.options(undefer(CuratedAnswer.vectors))


def _is_meant_for(one: CuratedAnswer, turn: Turn) -> bool:
    return _speaks(one.language, turn) and _is_there(one.paths, turn) and _is_time(one.given, turn)


def _speaks(language: str, turn: Turn) -> bool:
    """The visitor's browser, or the question itself, is in that language."""
    if not language:
        return True
    spoken = {turn.language[:2].lower(), language_of(turn.text)[:2]}
    return language[:2].lower() in spoken


def _is_there(paths: Sequence[str], turn: Turn) -> bool:
    path = urlsplit(turn.page_url).path or "/"
    return not paths or any(path == one or path.startswith(f"{one.rstrip('/')}/") for one in paths)


def _is_time(given: str, turn: Turn) -> bool:
    if given == ALWAYS:
        return True
    zone = db.session.scalar(
        select(Workspace.time_zone).where(Workspace.id == turn.agent.workspace_id)
    )
    now_open = is_open(turn.agent.config.hours, zone or "UTC", clock.now())
    return now_open if given == WHILE_OPEN else not now_open
