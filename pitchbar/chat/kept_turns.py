"""Puts turns among the messages of their conversations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from pitchbar.answers.budget import record_usage
from pitchbar.answers.turns import Usage
from pitchbar.chat import hooks
from pitchbar.chat.asked_persons import ask_for_person
from pitchbar.chat.changes import tell_changed
from pitchbar.chat.conversations import Beginning, ensure_conversation, note_page
from pitchbar.chat.models import AGENT, OPEN, VISITOR, WIDGET, Conversation, Message, WaitingTurn
from pitchbar.chat.recent import recent
from pitchbar.core.database import changed_rows
from pitchbar.extensions import db

# Modes of what an agent says from its sources, or as people wrote it.
ANSWERS = ("llm", "extractive", "curated")


@dataclass(frozen=True)
class _Waiting:
    """A waiting turn as it was read."""

    id: UUID
    workspace_id: int
    conversation_id: UUID
    visitor_id: UUID
    content: Mapping[str, Any]

    @property
    def asked_at(self) -> datetime:
        return datetime.fromisoformat(self.content["asked_at"])


def put_in_place(turn_id: UUID) -> bool:
    """Whoever deletes the waiting turn writes its messages; all others do nothing."""
    row = db.session.execute(
        select(
            WaitingTurn.id,
            WaitingTurn.workspace_id,
            WaitingTurn.conversation_id,
            WaitingTurn.visitor_id,
            WaitingTurn.content,
        ).where(WaitingTurn.id == turn_id)
    ).one_or_none()
    if row is None:
        return False
    mine = delete(WaitingTurn).where(WaitingTurn.id == turn_id)
    if not changed_rows(db.session, mine.execution_options(synchronize_session=False)):
        return False
    waiting = _Waiting(*row)
    content = waiting.content
    record_usage(
        waiting.workspace_id, Usage(content["prompt_tokens"], content["completion_tokens"])
    )
    if not recent().is_erased(waiting.visitor_id):
        _write(waiting)
    return True


def put_all_in_place(conversation_id: UUID) -> bool:
    """For who reads the conversation now, and would not see what its jobs have not done yet.
    Whether there was something.
    """
    waiting = select(WaitingTurn.id).where(WaitingTurn.conversation_id == conversation_id)
    found = db.session.scalars(waiting.order_by(WaitingTurn.id)).all()
    for turn_id in found:
        put_in_place(turn_id)
    return bool(found)


def _write(waiting: _Waiting) -> None:
    content = waiting.content
    conversation = ensure_conversation(
        waiting.conversation_id,
        Beginning(
            workspace_id=waiting.workspace_id,
            agent_id=content["agent_id"],
            visitor=waiting.visitor_id,
            page_url=content["page_url"],
            language=content["language"],
            scan_id=UUID(hex=content["scan_id"]) if content["scan_id"] else None,
            code_id=content["code_id"],
            at=waiting.asked_at,
            channel=content.get("channel", WIDGET),
        ),
    )
    question, answer = _question(waiting, conversation), _answer(waiting, conversation)
    db.session.add_all([question, answer] if answer else [question])
    _note(conversation, waiting, answer)
    db.session.flush()
    hooks.turn_kept(
        hooks.KeptTurn(
            conversation,
            question,
            answer,
            threshold=content["threshold"],
            fell_back=content["fell_back"],
            prompt_tokens=content["prompt_tokens"],
            completion_tokens=content["completion_tokens"],
        )
    )


def _question(waiting: _Waiting, conversation: Conversation) -> Message:
    question = waiting.content["question"]
    return Message(
        id=UUID(hex=question["id"]),
        workspace_id=waiting.workspace_id,
        conversation_id=conversation.id,
        role=VISITOR,
        text=question["text"],
        created_at=waiting.asked_at,
    )


def _answer(waiting: _Waiting, conversation: Conversation) -> Message | None:
    """None where nothing was said: a person has taken over, or the visitor left before."""
    answer = waiting.content["answer"]
    if answer is None:
        return None
    known = {name: value for name, value in answer.items() if name in Message.__table__.columns}
    took = timedelta(milliseconds=answer["latency_ms"])
    return Message(
        **known,
        id=waiting.id,
        workspace_id=waiting.workspace_id,
        conversation_id=conversation.id,
        role=AGENT,
        created_at=waiting.asked_at + took,
    )


def _note(conversation: Conversation, waiting: _Waiting, answer: Message | None) -> None:
    content = waiting.content
    conversation.messages += 2 if answer else 1
    conversation.agent_version = content["agent_version"]
    conversation.status, conversation.ended_at = OPEN, None
    # A turn that an older release wrote down knows of neither.
    note_page(conversation, content.get("pages", []), content.get("consented_at", ""))
    said_at = waiting.asked_at + timedelta(milliseconds=content["latency_ms"])
    conversation.last_message_at = max(conversation.last_message_at, said_at)
    # Whoever writes is not out of the way.
    conversation.snoozed_until = None
    # Neither did older releases write this.
    is_beyond_plan = bool(content.get("is_beyond_plan"))
    if answer is not None:
        conversation.is_unanswered = bool(answer.is_refused) or is_beyond_plan
    if is_beyond_plan:
        conversation.is_beyond_plan = True
    _count(conversation, content["answer"])
    if content["wants_person"]:
        ask_for_person(conversation, waiting.asked_at)
    tell_changed(conversation, VISITOR)


def _count(conversation: Conversation, answer: Mapping[str, Any] | None) -> None:
    """The chat's own sentences, and what was broken off, are neither."""
    if answer is None or answer.get("is_broken_off") or answer.get("mode") not in ANSWERS:
        return
    if answer.get("is_refused"):
        conversation.refused += 1
    else:
        conversation.answered += 1
