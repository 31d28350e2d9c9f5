"""Who of the team looks at a conversation just now. Told over the bus, and stored nowhere."""

import threading
import time
from typing import Any
from uuid import UUID

from pitchbar.extensions import bus

TOPIC = "inbox.presence"
# An open page says so again within this.
_HERE_SECONDS = 60.0
_SAY_SECONDS = 15.0
_MOST = 5_000


class _Present:
    """By conversation and person: the name, and until when, as far as this process has heard."""

    def __init__(self) -> None:
        self._here: dict[tuple[str, int], tuple[str, float]] = {}
        self._said: dict[tuple[str, int], float] = {}
        self._lock = threading.Lock()
        self._listens = False

    def say(self, conversation: UUID, person_id: int, name: str) -> None:
        self._listen()
        key, now = (conversation.hex, person_id), time.monotonic()
        with self._lock:
            if self._said.get(key, 0.0) > now - _SAY_SECONDS:
                return
            if len(self._said) > _MOST:
                self._said.clear()
            self._said[key] = now
            is_new = self._here.get(key, ("", 0.0))[1] < now
        message = {"conversation": key[0], "person_id": person_id, "name": name, "is_new": is_new}
        bus.publish(TOPIC, message)

    def others(self, conversation: UUID, person_id: int) -> list[str]:
        self._listen()
        now = time.monotonic()
        with self._lock:
            here = list(self._here.items())
        return sorted(
            name
            for (hexed, who), (name, until) in here
            if hexed == conversation.hex and who != person_id and until > now
        )

    def _listen(self) -> None:
        with self._lock:
            if self._listens:
                return
            self._listens = True
        bus.subscribe(TOPIC, self._hear)

    def _hear(self, message: dict[str, Any]) -> None:
        with self._lock:
            if len(self._here) > _MOST:
                self._here.clear()
            until = time.monotonic() + _HERE_SECONDS
            self._here[(message["conversation"], message["person_id"])] = (message["name"], until)


_present = _Present()


def say_present(conversation: UUID, person_id: int, name: str) -> None:
    _present.say(conversation, person_id, name)


def others_present(conversation: UUID, person_id: int) -> list[str]:
    """Names."""
    return _present.others(conversation, person_id)
