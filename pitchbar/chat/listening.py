"""The long poll: a visitor's widget waits for what a person of the team says or does."""

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from pitchbar.agents.hours import is_open
from pitchbar.chat.access import Caller
from pitchbar.chat.answering import message_bodies
from pitchbar.chat.changes import TOPIC, seconds_of_typing
from pitchbar.chat.kept_turns import put_all_in_place
from pitchbar.chat.models import ENDED, OPEN, Conversation
from pitchbar.chat.payloads import After, MessageList, PersonBody
from pitchbar.chat.queries import find_conversation, list_after, list_last, names_of
from pitchbar.chat.settings import ChatSettings
from pitchbar.core import clock
from pitchbar.extensions import bus, db
from pitchbar.settings import current_settings

# Of a message on the bus that was lost nothing depends but speed.
_LOOK_SECONDS = 8.0


class _Places:
    """How many wait in this process; whoever finds no place is answered at once."""

    def __init__(self) -> None:
        self._taken = 0
        self._lock = threading.Lock()

    @contextmanager
    def take(self, most: int) -> Iterator[bool]:
        with self._lock:
            has_place = self._taken < most
            self._taken += has_place
        try:
            yield has_place
        finally:
            with self._lock:
                self._taken -= has_place


_places = _Places()


def list_when_there_is_news(caller: Caller, query: After) -> MessageList:
    """At once where something was said after the message that is known, or the state is another
    than the one that is known; else when that is so, or the time is over.
    """
    most = current_settings()[ChatSettings].most_waits()
    until = time.monotonic() + query.wait
    with _heard(caller.token.conversation) as heard, _places.take(most if query.wait else 0) as may:
        while True:
            found, seconds = _look(caller, query.after)
            left = until - time.monotonic()
            if not may or found.messages or found.state != query.state or left <= 0:
                return found
            # Many wait, and connections are few.
            db.session.remove()
            heard.wait(max(0.05, min(left, seconds, _LOOK_SECONDS)))
            heard.clear()


@contextmanager
def _heard(conversation: UUID) -> Iterator[threading.Event]:
    """Set by each message about it; listened to before the first look, so that nothing is missed
    in between.
    """
    event = threading.Event()

    def hear(message: dict[str, Any]) -> None:
        if message.get("conversation") == conversation.hex:
            event.set()

    unsubscribe = bus.subscribe(TOPIC, hear)
    try:
        yield event
    finally:
        unsubscribe()


def _look(caller: Caller, after: UUID | None) -> tuple[MessageList, float]:
    """What there is, and for how many seconds the state stays as it is by itself."""
    public_id = caller.token.conversation
    put_all_in_place(public_id)
    db.session.commit()
    conversation = find_conversation(caller.agent.workspace_id, public_id)
    if conversation is None:
        return MessageList(
            messages=[], status="open", person=None, is_waiting=False, state=_state()
        ), _LOOK_SECONDS
    found = list_last(conversation) if after is None else list_after(conversation, after)
    waits_for = _seconds_of_waiting(caller, conversation)
    typing = seconds_of_typing(public_id, "person")
    holder = conversation.taken_over_by
    person = None
    if holder is not None:
        name = names_of([holder]).get(holder, caller.agent.config.name)
        person = PersonBody(name=name, is_typing=typing > 0)
    status = OPEN if conversation.status == OPEN else ENDED
    body = MessageList(
        messages=message_bodies(found),
        status="open" if status == OPEN else "ended",
        person=person,
        is_waiting=waits_for > 0,
        state=_state(status, holder, person, waits_for > 0),
    )
    return body, min((one for one in (waits_for, typing) if one > 0), default=_LOOK_SECONDS)


def _seconds_of_waiting(caller: Caller, conversation: Conversation) -> float:
    """For how long the visitor still waits for a person; for none while nobody is there."""
    asked_at = conversation.human_requested_at
    if asked_at is None or conversation.taken_over_by is not None:
        return 0.0
    if not is_open(caller.agent.config.hours, caller.time_zone, clock.now()):
        return 0.0
    wait = timedelta(seconds=current_settings()[ChatSettings].chat_person_wait_seconds)
    return (asked_at + wait - clock.now()).total_seconds()


def _state(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]
