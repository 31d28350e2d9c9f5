"""What open pages of the team and waiting visitors hear at once: that a conversation has changed,
and who types in it. Nothing of it is stored.
"""

import threading
import time
from functools import partial
from typing import Any, Literal
from uuid import UUID

from pitchbar.chat.models import Conversation
from pitchbar.core.database import after_commit
from pitchbar.extensions import bus, db

TOPIC = "conversations"
Typist = Literal["visitor", "person"]

# Whoever types says so again within this.
TYPING_SECONDS = 6.0
_MOST_TYPISTS = 10_000


class _Typists:
    """Who types just now, as far as this process has heard."""

    def __init__(self) -> None:
        self._until: dict[tuple[str, str], float] = {}
        self._lock = threading.Lock()
        self._listens = False

    def listen(self) -> None:
        """From the first who wants to know on, hence after a server forked its workers."""
        with self._lock:
            if not self._listens:
                self._listens = True
                bus.subscribe(TOPIC, self._hear)

    def seconds_left(self, conversation: UUID, who: Typist) -> float:
        self.listen()
        return self._until.get((conversation.hex, who), 0.0) - time.monotonic()

    def _hear(self, message: dict[str, Any]) -> None:
        who, key = message.get("typing"), message.get("conversation", "")
        with self._lock:
            if who:
                if len(self._until) > _MOST_TYPISTS:
                    self._until.clear()
                self._until[(key, who)] = time.monotonic() + TYPING_SECONDS
            elif wrote := message.get("wrote"):
                self._until.pop((key, wrote), None)


_typists = _Typists()


def is_typing(conversation: UUID, who: Typist) -> bool:
    return seconds_of_typing(conversation, who) > 0


def seconds_of_typing(conversation: UUID, who: Typist) -> float:
    """How long it is still taken to go on; less than nothing where nobody types."""
    return _typists.seconds_left(conversation, who)


def tell_changed(conversation: Conversation, wrote: str = "") -> None:
    """After the commit. `wrote` says who did, if somebody did: they type no more."""
    message = _message(conversation.workspace_id, conversation.public_id)
    if wrote:
        message["wrote"] = wrote
    after_commit(db.session(), partial(bus.publish, TOPIC, message))


def tell_kept(workspace_id: int, public_id: UUID) -> None:
    """A turn is written down: whoever has the conversation open need not wait for its job."""
    bus.publish(TOPIC, {**_message(workspace_id, public_id), "wrote": "visitor"})


def tell_gone(workspace_id: int, public_id: UUID) -> None:
    """After the commit: nothing is left of it."""
    message = _message(workspace_id, public_id) | {"gone": True}
    after_commit(db.session(), partial(bus.publish, TOPIC, message))


def tell_typing(workspace_id: int, public_id: UUID, who: Typist) -> None:
    _typists.listen()
    bus.publish(TOPIC, {**_message(workspace_id, public_id), "typing": who})


def _message(workspace_id: int, public_id: UUID) -> dict[str, Any]:
    return {"workspace_id": workspace_id, "conversation": public_id.hex}
