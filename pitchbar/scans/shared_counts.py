"""A Redis in which processes count together, asked on the path of a scan.

One visitor waits for a Redis that does not answer, at the most; from then on nobody asks it but
`look_again`, which a thread off the path calls.
"""

import logging
import threading
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

log = logging.getLogger(__name__)
_LOOK_EVERY_SECONDS = 1.0
# Each asks on a connection of its own.
_AT_ONCE = 8

Argument = str | int


class Counted(NamedTuple):
    """A code or a workspace, told by when it was made from one of another database that has its id
    and counted in the same Redis.
    """

    id: int
    made_ms: int

    def key(self, kind: str) -> str:
        """In one place of a Redis that shards, with all that begins with it."""
        return f"pitchbar:{kind}:{{{self.id}-{self.made_ms}}}"


class SharedCounts:
    """Args:
    redis: a client with a short time-out; None where this process counts by itself.
    what: for the log.
    """

    def __init__(self, redis: Any, what: str) -> None:
        self._redis = redis
        self._what = what
        self._turns = threading.Semaphore(_AT_ONCE)
        self._is_away = False
        self._look_at = 0.0

    @property
    def is_there(self) -> bool:
        return self._redis is not None and not self._is_away

    def reset_after_fork(self) -> None:
        self._turns = threading.Semaphore(_AT_ONCE)

    def run(self, script: str, keys: Sequence[str], *arguments: Argument) -> Any:
        """What the script answers, or None while Redis is away."""
        if not self.is_there:
            return None
        with self._turns:
            # Whoever waited for a turn may have seen it fail.
            if self._is_away:
                return None
            try:
                return self._redis.eval(script, len(keys), *keys, *arguments)
            except Exception as error:
                self._is_away = True
                log.warning("%s by each process: Redis does not answer (%s)", self._what, error)
                return None

    def look_again(self) -> None:
        """Finds out whether it is back; called often, never on the path."""
        if self._redis is None or not self._is_away or time.monotonic() < self._look_at:
            return
        try:
            self._redis.ping()
            self._is_away = False
            log.warning("%s by all processes again", self._what)
        except Exception:
            self._look_at = time.monotonic() + _LOOK_EVERY_SECONDS
