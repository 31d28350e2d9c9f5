"""How many redirects one address gets in a window, at the price of a dictionary look-up.

Each process counts by itself. Only when an address has used an eighth of its limit in one process
does that process ask Redis, where all processes add up; a busy address is thus held to the limit
everywhere, and a quiet one costs no network. What stays uncounted is less than an eighth of the
limit for each process.
"""

import logging
import time
from typing import Any

log = logging.getLogger(__name__)
_PAUSE_SECONDS = 5.0


class AddressLimit:
    """Fixed windows of `seconds`; `take(key)` returns 0, or the seconds to wait when over."""

    def __init__(self, name: str, limit: int, seconds: int, redis: Any = None) -> None:
        self._name = name
        self._limit = limit
        self._seconds = seconds
        self._redis = redis
        self._shared_from = max(1, limit // 8)
        self._counts: dict[str, int] = {}
        # How many of ours Redis knows of.
        self._reported: dict[str, int] = {}
        self._window = 0
        self._skip_redis_until = 0.0

    def take(self, key: str) -> int:
        now = time.time()
        window = int(now) // self._seconds
        if window != self._window:
            self._window, self._counts, self._reported = window, {}, {}
        counts = self._counts
        count = counts.get(key, 0) + 1
        counts[key] = count
        if self._redis is not None and self._shared_from <= count <= self._limit:
            count = max(count, self._shared_count(key, window, count))
            if count > self._limit:
                # Known now: the rest of the window needs no network.
                counts[key] = count
        if count <= self._limit:
            return 0
        return self._seconds - int(now) % self._seconds

    def _shared_count(self, key: str, window: int, count: int) -> int:
        """The count of all processes; 0 when Redis does not answer, so that ours decides."""
        if time.monotonic() < self._skip_redis_until:
            return 0
        # The first question brings along what was counted here in silence.
        reported = self._reported.get(key, 0)
        self._reported[key] = max(reported, count)
        try:
            return self._increment_shared(
                f"pitchbar:limit:{self._name}:{key}:{window}", count - reported
            )
        except Exception as error:
            self._reported[key] = reported
            self._skip_redis_until = time.monotonic() + _PAUSE_SECONDS
            log.warning("limits are counted per process: Redis does not answer (%s)", error)
            return 0

    def _increment_shared(self, name: str, share: int) -> int:
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.incrby(name, max(0, share))
            pipe.expire(name, self._seconds + 1)
            total, _ = pipe.execute()
        return int(total)
