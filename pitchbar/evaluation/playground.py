"""Asking an agent in the app: what came, and how."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from pitchbar.agents.models import Agent
from pitchbar.agents.publication import ServedAgent, draft_of, find_published
from pitchbar.answers.answering import answer
from pitchbar.answers.budget import record_usage
from pitchbar.answers.turns import Answered, Citation, Said, Turn
from pitchbar.chat.typed import clean
from pitchbar.clients.vectors import VectorsUnavailable
from pitchbar.errors import DomainError
from pitchbar.evaluation.reading import Piece, pieces_of
from pitchbar.extensions import db

# Of what was said before, so much goes along.
_MOST_SAID, _LONGEST_SAID = 20, 4_000
DRAFT, PUBLISHED = "draft", "published"


class _Line(BaseModel):
    role: str
    text: str


@dataclass(frozen=True)
class Tried:
    """One question with its answer; `error` is a sentence in place of one."""

    question: str
    answered: Answered | None
    pieces: Sequence[Piece] = ()
    error: str = ""
    is_first_cited: bool = False

    @property
    def citations(self) -> Sequence[Citation]:
        return self.answered.citations if self.answered else ()


def try_it(agent: Agent, typed: str, which: str, history: Sequence[Said]) -> Tried:
    """Counts for nobody but the budget of the model."""
    try:
        text = clean(typed)
    except DomainError as error:
        db.session.rollback()
        return Tried(typed, None, error=error.message)
    turn = Turn(served(agent, which), text, history, is_tried=True)
    # Asking ends the transaction, and what was read with it.
    workspace_id, is_new = agent.workspace_id, not history and not agent.is_published
    try:
        *_, last = answer(turn)
    except VectorsUnavailable:
        return Tried(
            text, None, error="The index cannot be reached just now. Try again in a moment."
        )
    if not isinstance(last, Answered):
        raise TypeError("a turn ends with its answer")
    record_usage(workspace_id, last.usage)
    db.session.commit()
    is_first = is_new and bool(last.citations)
    return Tried(text, last, pieces_of(last.text), is_first_cited=is_first)


def served(agent: Agent, which: str) -> ServedAgent:
    """The draft where nothing is published."""
    published = find_published(agent.public_id) if which == PUBLISHED else None
    return published or draft_of(agent)


def read_history(text: str) -> list[Said]:
    """As the page sends it; what cannot be read is as if nothing had been said."""
    try:
        lines = json.loads(text or "[]")
        found = [_Line.model_validate(one) for one in lines[-_MOST_SAID:]]
    except (ValueError, TypeError, KeyError, ValidationError):
        return []
    return [
        Said(one.role, one.text[:_LONGEST_SAID])
        for one in found
        if one.role in ("visitor", "agent")
    ]


def write_history(history: Sequence[Said], tried: Tried) -> str:
    said: list[dict[str, Any]] = [{"role": one.role, "text": one.text} for one in history]
    if tried.answered is not None:
        said.append({"role": "visitor", "text": tried.question})
        said.append({"role": "agent", "text": tried.answered.text})
    return json.dumps(said[-_MOST_SAID:])
