"""Wakes the pages that are open when a scan is stored."""

import threading
from collections.abc import Callable
from typing import Any

from pitchbar.core.bus import Bus
from pitchbar.scans.ingestion import TOPIC


class Watch:
    """Tells one open page that something it shows has changed.

    Args:
        code_id: one code, or None for everything in the workspace.
    """

    def __init__(self, bus: Bus, workspace_id: int, code_id: int | None) -> None:
        self._workspace_id = workspace_id
        self._code_id = code_id
        self._changed = threading.Event()
        self._unsubscribe: Callable[[], None] = bus.subscribe(TOPIC, self._hear)

    def _hear(self, message: dict[str, Any]) -> None:
        if self._code_id is not None:
            concerned = self._code_id in message["codes"]
        else:
            concerned = self._workspace_id in message["workspaces"]
        if concerned:
            self._changed.set()

    def wait(self, seconds: float) -> bool:
        """True when there was a change since the last call that returned True."""
        changed = self._changed.wait(seconds)
        self._changed.clear()
        return changed

    def close(self) -> None:
        self._unsubscribe()


class SocketSlots:
    """How many sockets this process holds: each takes threads that pages need too."""

    def __init__(self) -> None:
        self._taken = 0
        self._lock = threading.Lock()

    def take(self, most: int) -> bool:
        with self._lock:
            if self._taken >= most:
                return False
            self._taken += 1
            return True

    def give_back(self) -> None:
        with self._lock:
            self._taken -= 1
