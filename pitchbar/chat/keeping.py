"""What is kept of a turn: written down at once with a job, which puts it among the messages."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from pitchbar.agents.publication import ServedAgent
from pitchbar.answers.turns import Answered, Citation, Said
from pitchbar.chat.changes import tell_kept
from pitchbar.chat.gates import KEEPING
from pitchbar.chat.models import AGENT, VISITOR, WaitingTurn
from pitchbar.chat.recent import recent
from pitchbar.chat.tasks import keep_turn
from pitchbar.chat.tokens import WidgetToken
from pitchbar.chat.visited_pages import Page
from pitchbar.extensions import db
from pitchbar.jobs import enqueue
from pitchbar.retrieval.passages import Hit

log = logging.getLogger(__name__)

# A database that is away for a moment costs no turn.
_WAITS = (0.2, 0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True)
class Asked:
    """A message with all that its turn needs; `began_at` is on the machine's monotonic clock."""

    token: WidgetToken
    agent: ServedAgent
    time_zone: str
    question_id: UUID
    answer_id: UUID
    text: str
    page_url: str
    pages: Sequence[Page]
    consented_at: str
    language: str
    history: Sequence[Said]
    is_taken_over: bool
    asked_at: datetime
    began_at: float
    is_beyond_plan: bool = False


@dataclass(frozen=True)
class Outcome:
    answered: Answered
    latency_ms: int
    first_token_ms: int | None = None
    is_broken_off: bool = False
    wants_person: bool = False


def keep(asked: Asked, outcome: Outcome, told: Callable[[], None]) -> None:
    """`told` is called once it is certain, or could not be made so at the first try."""
    recent_of_this = recent()
    if recent_of_this.is_erased(asked.token.visitor):
        told()
        return
    _remember(asked, outcome)
    content = content_of(asked, outcome)
    is_told = False
    for wait in (*_WAITS, None):
        with KEEPING:
            is_kept = _write(asked, content)
        if not is_told:
            told()
            is_told = True
        if is_kept or wait is None:
            break
        time.sleep(wait)


def _remember(asked: Asked, outcome: Outcome) -> None:
    said = [Said(VISITOR, asked.text)]
    if outcome.answered.text:
        said.append(Said(AGENT, outcome.answered.text))
    recent().add_said(asked.token.conversation, said)


def _write(asked: Asked, content: dict[str, Any]) -> bool:
    try:
        turn = WaitingTurn(
            id=asked.answer_id,
            workspace_id=asked.agent.workspace_id,
            conversation_id=asked.token.conversation,
            visitor_id=asked.token.visitor,
            content=content,
        )
        db.session.add(turn)
        db.session.flush()
        enqueue(keep_turn, asked.answer_id.hex)
        db.session.commit()
        tell_kept(asked.agent.workspace_id, asked.token.conversation)
    except SQLAlchemyError:
        db.session.rollback()
        log.exception("a turn could not be written down")
        return False
    finally:
        db.session.remove()
    return True


def content_of(asked: Asked, outcome: Outcome) -> dict[str, Any]:
    """As JSON: only ever grow it, as a worker of the release before may read it."""
    token, answered = asked.token, outcome.answered
    return {
        "agent_id": asked.agent.agent_id,
        "agent_version": asked.agent.version,
        "channel": token.channel,
        "page_url": asked.page_url,
        "pages": list(asked.pages),
        "consented_at": asked.consented_at,
        "language": asked.language,
        "scan_id": token.scan_id.hex if token.scan_id else None,
        "code_id": token.code_id or None,
        "asked_at": asked.asked_at.isoformat(),
        "wants_person": outcome.wants_person,
        "is_beyond_plan": asked.is_beyond_plan,
        "question": {"id": asked.question_id.hex, "text": asked.text},
        "answer": _answer(outcome) if answered.text else None,
        "latency_ms": outcome.latency_ms,
        "threshold": answered.trace.threshold,
        "fell_back": answered.trace.fell_back,
        "prompt_tokens": answered.usage.prompt_tokens,
        "completion_tokens": answered.usage.completion_tokens,
    }


def _answer(outcome: Outcome) -> dict[str, Any]:
    answered = outcome.answered
    trace = answered.trace
    return {
        "text": answered.text,
        "mode": answered.mode,
        "citations": [_citation(one, trace.hits) for one in answered.citations],
        "low_confidence": answered.low_confidence,
        "is_refused": answered.is_refused,
        "is_broken_off": outcome.is_broken_off,
        "offers": list(answered.offers),
        "latency_ms": outcome.latency_ms,
        "first_token_ms": outcome.first_token_ms,
        "question": trace.question,
        "score": trace.score if trace.question else None,
        "chunk_ids": [hit.chunk_id for hit in trace.hits],
        "curated_id": answered.curated_id,
    }


def _citation(one: Citation, hits: Sequence[Hit]) -> dict[str, Any]:
    source_id = hits[one.hit].source_id if 0 <= one.hit < len(hits) else None
    shown = {"n": one.n, "url": one.url, "title": one.title, "quote": one.quote}
    return {**shown, "source_id": source_id}
