from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, or_, select

from pitchbar.agents.models import Agent
from pitchbar.agents.publication import draft_of, find_published
from pitchbar.answers.answering import answer
from pitchbar.answers.turns import Answered, Turn
from pitchbar.core import clock
from pitchbar.core.database import MAX_ID
from pitchbar.curation import cleaning
from pitchbar.curation.errors import CuratedNotFound, TooManyCurated
from pitchbar.curation.gaps import reopen_gaps_of
from pitchbar.curation.models import ALWAYS, CuratedAnswer
from pitchbar.curation.settings import CurationSettings
from pitchbar.curation.vectors import keep_vectors
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.settings import Settings
from pitchbar.workspaces.locking import lock_workspace

# Questions that are asked to prove an answer.
_MOST_PROVED = 12


def get_curated(agent: Agent, curated_id: int) -> CuratedAnswer:
    one = db.session.get(CuratedAnswer, curated_id) if curated_id <= MAX_ID else None
    if one is None or one.workspace_id != agent.workspace_id:
        raise CuratedNotFound
    if one.agent_id not in (None, agent.id):
        raise CuratedNotFound
    return one


def list_curated(agent: Agent, before: int, limit: int) -> Sequence[CuratedAnswer]:
    """Those that this agent gives, the newest first."""
    query = select(CuratedAnswer).where(
        CuratedAnswer.workspace_id == agent.workspace_id,
        or_(CuratedAnswer.agent_id.is_(None), CuratedAnswer.agent_id == agent.id),
    )
    if before:
        query = query.where(CuratedAnswer.id < before)
    return db.session.scalars(query.order_by(CuratedAnswer.id.desc()).limit(limit)).all()


def create_curated(
    agent: Agent, by: Actor, settings: Settings, *, of_all: bool = False, **fields: Any
) -> CuratedAnswer:
    """Raises InvalidCurated, TooManyCurated."""
    agent_id = None if of_all else agent.id
    one = CuratedAnswer(
        workspace_id=agent.workspace_id, agent_id=agent_id, variants=[], given=ALWAYS
    )
    _set(one, fields)
    lock_workspace(agent.workspace_id)
    limit = settings[CurationSettings].curated_answers_per_workspace
    mine = CuratedAnswer.workspace_id == agent.workspace_id
    if (db.session.scalar(select(func.count()).where(mine)) or 0) >= limit:
        raise TooManyCurated(limit)
    db.session.add(one)
    db.session.flush()
    record_event("curated_answer.created", one, by=by, after=snapshot(one))
    return one


def update_curated(
    agent: Agent, one: CuratedAnswer, by: Actor, *, of_all: bool = False, **fields: Any
) -> None:
    """Raises InvalidCurated."""
    before = snapshot(one)
    _set(one, fields)
    one.agent_id, one.updated_at = None if of_all else agent.id, clock.now()
    db.session.flush()
    record_event("curated_answer.updated", one, by=by, before=before, after=snapshot(one))


def delete_curated(one: CuratedAnswer, by: Actor) -> None:
    """What it answered is a gap again."""
    record_event("curated_answer.deleted", one, by=by, before=snapshot(one))
    reopen_gaps_of(one.id)
    db.session.execute(delete(CuratedAnswer).where(CuratedAnswer.id == one.id))


def prove(agent: Agent, one: CuratedAnswer, further: Sequence[str] = ()) -> bool:
    """Asks its questions, and further ones, as visitors would; whether each gets this answer.

    What is to be kept is committed before: asking ends the transaction.
    """
    served = find_published(agent.public_id) or draft_of(agent)
    asked = list(dict.fromkeys([*one.questions, *further]))[:_MOST_PROVED]
    proof = []
    for question in asked:
        page = f"https://site.example{one.paths[0]}" if one.paths else ""
        turn = Turn(served, question, page_url=page, language=one.language, is_tried=True)
        *_, last = answer(turn)
        is_met = isinstance(last, Answered) and last.curated_id == one.id
        proof.append({"question": question[:300], "is_met": is_met})
    one.proof = proof
    db.session.flush()
    return all(each["is_met"] for each in proof)


def _set(one: CuratedAnswer, fields: dict[str, Any]) -> None:
    cleaners: dict[str, Any] = {
        "question": cleaning.clean_question,
        "answer": cleaning.clean_answer,
        "variants": cleaning.clean_variants,
        "patterns": cleaning.clean_patterns,
        "paths": cleaning.clean_where,
        "language": cleaning.clean_spoken,
        "given": cleaning.clean_given,
        "is_active": bool,
    }
    for name, clean in cleaners.items():
        if name in fields:
            setattr(one, name, clean(fields[name]))
    if {"question", "variants"} & fields.keys():
        keep_vectors(one)


def snapshot(one: CuratedAnswer) -> dict[str, Any]:
    names = ("question", "variants", "patterns", "answer", "language", "paths", "given")
    values = {name: getattr(one, name) for name in (*names, "agent_id", "is_active")}
    return {name: value for name, value in values.items() if value not in ("", [], None)}
