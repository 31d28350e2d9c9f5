"""Lists that many open pages show alike, read once for all of them.

A message about one conversation wakes every open inbox of its workspace, and each looks again by
itself, too. What they show is the same but for who has seen what: the first that asks reads it, the
others wait for that. It holds until the next message about a conversation of the workspace, and for
a few seconds at most.
"""

import threading
import time
import weakref
from collections.abc import Callable, Hashable
from typing import Any

from flask import current_app

from pitchbar.chat.changes import TOPIC
from pitchbar.core.bus import LISTENS_AGAIN
from pitchbar.extensions import bus

_HOLDS_SECONDS = 5.0
_MOST = 500
# How many messages were heard before it was read, until when it holds at most, and what was read.
_State = tuple[int, float, Any]


class _Place:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.state: _State | None = None


class Shared:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: dict[tuple[int, Hashable], _Place] = {}
        # How many messages a workspace has had, as far as this process has heard.
        self._heard: dict[int, int] = {}
        self._listens = False

    def read(self, workspace_id: int, key: Hashable, load: Callable[[], Any]) -> Any:
        """`load` gives values that outlive their session."""
        self.listen()
        with self._lock:
            if len(self._places) >= _MOST:
                self._make_room()
            place = self._places.setdefault((workspace_id, key), _Place())
        with place.lock:
            # Before it is read: what comes meanwhile makes it old.
            heard, now = self._heard.get(workspace_id, 0), time.monotonic()
            if place.state and self._holds(workspace_id, place.state):
                return place.state[2]
            value = load()
            place.state = (heard, now + _HOLDS_SECONDS, value)
            return value

    def _holds(self, workspace_id: int, state: _State) -> bool:
        return state[0] == self._heard.get(workspace_id, 0) and time.monotonic() < state[1]

    def _make_room(self) -> None:
        """What holds no longer goes, and where that is little, all."""
        places = self._places.items()
        kept = {key: one for key, one in places if one.state and self._holds(key[0], one.state)}
        self._places = kept if len(kept) < _MOST / 2 else {}

    def listen(self) -> None:
        with self._lock:
            if self._listens:
                return
            self._listens = True
        # The bus outlives an application.
        own = weakref.WeakMethod(self._hear)

        def hear(message: dict[str, Any]) -> None:
            if (found := own()) is not None:
                found(message)

        forget = weakref.WeakMethod(self._forget)

        def hear_of_gap(_message: dict[str, Any]) -> None:
            if (found := forget()) is not None:
                found()

        bus.subscribe(TOPIC, hear)
        bus.subscribe(LISTENS_AGAIN, hear_of_gap)

    def _forget(self) -> None:
        """Whatever was said meanwhile is lost."""
        with self._lock:
            self._places.clear()

    def _hear(self, message: dict[str, Any]) -> None:
        workspace_id = message["workspace_id"]
        with self._lock:
            self._heard[workspace_id] = self._heard.get(workspace_id, 0) + 1


def listen_for_shared() -> None:
    """Before an open page does: else it could be drawn anew of what was read before."""
    _shared().listen()


def read_shared(workspace_id: int, key: Hashable, load: Callable[[], Any]) -> Any:
    return _shared().read(workspace_id, key, load)


def _shared() -> Shared:
    found: Shared = current_app.extensions.setdefault("inbox_shared", Shared())
    return found
