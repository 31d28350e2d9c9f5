"""A message of a visitor becomes a turn, which runs in a thread of its own and is listened to."""

import threading
import time
from collections.abc import Iterator
from uuid import UUID

from flask import Flask

from pitchbar.answers.turns import Said
from pitchbar.chat.access import Caller
from pitchbar.chat.consent import consent_of
from pitchbar.chat.errors import TooManyStreams, UnknownMessage
from pitchbar.chat.feeds import encode, turns_of
from pitchbar.chat.ids import new_id
from pitchbar.chat.keeping import Asked
from pitchbar.chat.kept_turns import put_all_in_place
from pitchbar.chat.models import AGENT, Message
from pitchbar.chat.monthly.counting import is_full
from pitchbar.chat.origins import without_query
from pitchbar.chat.queries import find_conversation, find_message, find_standing, list_said
from pitchbar.chat.recent import recent
from pitchbar.chat.settings import ChatSettings
from pitchbar.chat.turning import run_turn
from pitchbar.chat.typed import clean
from pitchbar.chat.visited_pages import pages_of, with_page
from pitchbar.core import clock
from pitchbar.core.tracing import carried
from pitchbar.extensions import db
from pitchbar.settings import current_settings

# Of earlier messages, as many as an answer can lean on.
_HISTORY = 12
# Kept of a conversation that began when the plan had no more of them.
_BEYOND = "beyond_plan"


def ask(
    app: Flask, caller: Caller, text: str, page_url: str, *, consented: bool = False
) -> Iterator[bytes]:
    """Reads of the database, and writes nothing.

    Raises:
        ConsentNeeded, EmptyMessage, MessageTooLong, TooManyStreams
    """
    own, turns = current_settings()[ChatSettings], turns_of(current_settings())
    asked = _asked(caller, clean(text), page_url, consented)
    feed = turns.begin(asked.answer_id, asked.token.conversation, own.most_streams())
    if feed is None:
        raise TooManyStreams

    def run() -> None:
        try:
            run_turn(app, asked, feed)
        finally:
            turns.end()

    try:
        threading.Thread(target=carried(run, "turn"), daemon=True, name="turn").start()
    except RuntimeError:
        # The system has no thread left.
        turns.end()
        raise TooManyStreams from None
    return feed.listen(0, own.chat_heartbeat_seconds)


def resume(caller: Caller, last_event_id: str) -> Iterator[bytes]:
    """What follows that event of a turn, without another turn. Raises UnknownMessage."""
    turn, after = _read_event_id(last_event_id)
    settings = current_settings()
    feed = turns_of(settings).find(turn)
    if feed is not None and feed.conversation == caller.token.conversation:
        return feed.listen(after, settings[ChatSettings].chat_heartbeat_seconds)
    return iter([_kept_end(caller, turn, after)])


def _asked(caller: Caller, text: str, page_url: str, consented: bool) -> Asked:
    token, known, now = caller.token, recent(), clock.now()
    page = known.page(token.conversation)
    consented_at = consent_of(caller, page, consented)
    page = with_page(page, without_query(page_url), now)
    last = UUID(hex=page["last"]) if "last" in page else None
    question_id = new_id(last)
    answer_id = new_id(question_id)
    agreed = {"consented_at": consented_at} if consented_at else {}
    known.put_page(token.conversation, {**page, **agreed, "last": answer_id.hex})
    standing = find_standing(caller.agent.workspace_id, token.conversation)
    history = _history(token.conversation, standing.row_id)
    was_beyond = standing.is_beyond_plan or _BEYOND in page
    is_beyond_plan = (was_beyond or not history) and is_full(caller.agent.workspace_id, now)
    if is_beyond_plan and _BEYOND not in page:
        # Its row may be a moment away when the next message comes.
        known.put_page(token.conversation, {**known.page(token.conversation), _BEYOND: "1"})
    return Asked(
        token=token,
        agent=caller.agent,
        time_zone=caller.time_zone,
        question_id=question_id,
        answer_id=answer_id,
        text=text,
        page_url=without_query(page_url) or page.get("url", ""),
        pages=pages_of(page),
        consented_at=consented_at,
        language=page.get("language", ""),
        history=history,
        is_taken_over=standing.taken_over_by is not None,
        is_beyond_plan=is_beyond_plan,
        asked_at=now,
        began_at=time.monotonic(),
    )


def _history(conversation: UUID, row_id: int | None) -> list[Said]:
    known = recent()
    said = known.said(conversation)
    if said is None:
        said = list_said(row_id, _HISTORY) if row_id is not None else []
        known.put_said(conversation, said)
    return said[-_HISTORY:]


def _read_event_id(text: str) -> tuple[UUID, int]:
    turn, _, number = text.partition(".")
    try:
        return UUID(hex=turn), max(0, int(number))
    except ValueError:
        raise UnknownMessage from None


def _kept_end(caller: Caller, turn: UUID, after: int) -> bytes:
    """Of a turn whose events are forgotten, as its message tells of it."""
    put_all_in_place(caller.token.conversation)
    db.session.commit()
    conversation = find_conversation(caller.agent.workspace_id, caller.token.conversation)
    message = find_message(conversation, turn) if conversation else None
    if message is None or message.role != AGENT:
        raise UnknownMessage
    return encode(turn, after + 1, "done", done_of(message))


def done_of(message: Message) -> dict[str, object]:
    return {
        "message_id": str(message.id),
        "text": message.text,
        "citations": message.citations,
        "low_confidence": message.low_confidence,
        "mode": message.mode,
        "latency_ms": message.latency_ms,
        "offers": message.offers,
        "broken_off": message.is_broken_off,
    }
