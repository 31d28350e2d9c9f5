"""What wakes an open page."""

import threading
import time
from typing import Any

from pitchbar.core.bus import LISTENS_AGAIN
from pitchbar.extensions import bus
from pitchbar.live.declaration import LiveView

# On the bus: somebody's sessions or rights have changed.
ACCESS = "access"


class Changes:
    """Hears whether something has changed that the page shows, or who may see it."""

    def __init__(self, view: LiveView, person_id: str | None) -> None:
        self._views: list[LiveView] = [view, *view.beside]
        self._person_id = person_id
        self._changed = threading.Event()
        # What a message concerned, and when each was last told to be drawn.
        self._woken: set[LiveView] = set()
        self._told_at: dict[LiveView, float] = {}
        self._lock = threading.Lock()
        # The same of what is drawn first, which is drawn more often.
        self._first_changed = threading.Event()
        self.is_access_asked = False
        self.is_told = bool(view.topic)
        self._unsubscribe = [
            bus.subscribe(ACCESS, self._hear_of_access),
            bus.subscribe(LISTENS_AGAIN, self._hear_of_gap),
        ]
        for topic in (view.topic, *view.further_topics) if view.topic else ():
            self._listen(topic, view)
        for one in view.beside if view.topic else ():
            self._listen(one.topic, one)

    def _listen(self, topic: str, view: LiveView) -> None:
        def hear(message: dict[str, Any]) -> None:
            if view.concerns(message):
                with self._lock:
                    self._woken.add(view)
                self._first_changed.set()
                self._changed.set()

        self._unsubscribe.append(bus.subscribe(topic, hear))

    def _hear_of_access(self, message: dict[str, Any]) -> None:
        if str(message["person_id"]) == self._person_id:
            self.is_access_asked = True
            self._changed.set()

    def _hear_of_gap(self, _message: dict[str, Any]) -> None:
        """Whatever was said meanwhile is lost."""
        with self._lock:
            self._told_at.clear()
        self._changed.set()

    def forget_access(self) -> None:
        """Before it is asked: a message that comes meanwhile counts."""
        self.is_access_asked = False

    def take_woken(self) -> list[LiveView]:
        """What a message concerned since the last call; the page itself where there was none. With
        what was not drawn for so long that it is looked at again anyway.
        """
        now = time.monotonic()
        with self._lock:
            woken, self._woken = self._woken or {self._views[0]}, set()
            found = [one for one in self._views if one in woken or self._is_due(one, now)]
            self._told_at.update(dict.fromkeys(found, now))
        return found

    def _is_due(self, view: LiveView, now: float) -> bool:
        told_at = self._told_at.get(view)
        return told_at is None or now >= told_at + view.refresh_seconds

    def take_first(self) -> bool:
        """Whether there was a change since the last call; the whole is still to be drawn."""
        changed = self._first_changed.is_set()
        self._first_changed.clear()
        return changed

    def wait(self, seconds: float) -> bool:
        """True when there was a change since the last call that returned True."""
        changed = self._changed.wait(seconds)
        self._changed.clear()
        return changed

    def close(self) -> None:
        for unsubscribe in self._unsubscribe:
            unsubscribe()
