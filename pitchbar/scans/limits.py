"""How many redirects one address gets in a window, at the price of a dictionary look-up.

Each process counts by itself. Only when an address has used an eighth of its limit in one process
does that process tell Redis, where all processes add up, and then again in small steps; a busy
address is thus held to the limit everywhere, and a quiet one costs no network. What stays uncounted
is less than an eighth of the limit for each process.
"""

import logging
import time
from typing import Any

log = logging.getLogger(__name__)
_PAUSE_SECONDS = 5.0

# What `take` says of a scan that redirects and counts no person.
OVER = -1


class Pause:
    """After a failure of Redis nobody asks it for a while: one visitor waits once, however many
    limits ask on the way.
    """

    def __init__(self) -> None:
        self._until = 0.0

    @property
    def is_on(self) -> bool:
        return time.monotonic() < self._until

    def begin(self, error: Exception) -> None:
        self._until = time.monotonic() + _PAUSE_SECONDS
        log.warning("limits are counted per process: Redis does not answer (%s)", error)


class AddressLimit:
    """Fixed windows of `seconds`; `take(key)` returns 0, the seconds to wait when over, or OVER
    between `limit` and `most`, which is the limit itself unless given.
    """

    def __init__(
        self,
        name: str,
        limit: int,
        seconds: int,
        redis: Any = None,
        *,
        most: int = 0,
        pause: Pause | None = None,
    ) -> None:
        self._name = name
        self._limit = limit
        self._most = max(limit, most)
        self._seconds = seconds
        self._redis = redis
        self._pause = pause or Pause()
        self._shared_from = max(1, limit // 8)
        self._step = max(1, limit // 64)
        # As far as this process knows what all have counted.
        self._counts: dict[str, int] = {}
        # What they were when Redis was told last.
        self._told: dict[str, int] = {}
        self.window = 0

    def take(self, key: str) -> int:
        now = time.time()
        window = int(now) // self._seconds
        if window != self.window:
            self.window, self._counts, self._told = window, {}, {}
        count = self._counts.get(key, 0) + 1
        self._counts[key] = count
        if count >= self._shared_from and self._redis is not None and count <= self._most:
            # Once over, the rest of the window needs no network.
            count = self._share(key, count)
        if count <= self._limit:
            return 0
        return OVER if count <= self._most else self._seconds - int(now) % self._seconds

    def give_back(self, key: str) -> None:
        """One that was taken did not count; it is used for the next one of this process."""
        if self._counts.get(key, 0) > 0:
            self._counts[key] -= 1

    def has_spent(self, key: str) -> bool:
        """Whether the next one is over, if it comes in this window."""
        is_current = int(time.time()) // self._seconds == self.window
        return is_current and self._counts.get(key, 0) >= self._limit

    def _share(self, key: str, count: int) -> int:
        """The count of all processes, as far as it is known; ours while Redis does not answer."""
        told = self._told.get(key, 0)
        if self._pause.is_on or (told and count - told < self._step):
            return count
        # The first time brings along what was counted here in silence.
        self._told[key] = count
        try:
            total = self._increment_shared(key, count - told)
        except Exception as error:
            self._told[key] = told
            self._pause.begin(error)
            return count
        others = max(0, total - count)
        self._told[key] += others
        self._counts[key] += others
        return self._counts[key]

    def _increment_shared(self, key: str, share: int) -> int:
        name = f"pitchbar:limit:{self._name}:{key}:{self.window}"
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.incrby(name, share)
            pipe.expire(name, self._seconds + 1)
            total, _ = pipe.execute()
        return int(total)


class GuessLimit:
    """Holds back who tries short codes that do not exist, and nobody else on the same address.

    After `limit` unknown codes in a window, further ones are refused, and so are look-ups in the
    database after as many more: guessing is bounded, while codes in the cache lead on.
    """

    def __init__(
        self, limit: int, seconds: int, redis: Any = None, *, pause: Pause | None = None
    ) -> None:
        pause = pause or Pause()
        self._unknown = AddressLimit("unknown", limit, seconds, redis, pause=pause)
        self._look_ups = AddressLimit("look-up", limit, seconds, redis, pause=pause)
        self.suspects: set[str] = set()
        self._window = 0

    def take_unknown(self, key: str) -> int:
        """A code was unknown; the seconds to wait when there were too many."""
        wait = self._unknown.take(key)
        if self._window != self._unknown.window:
            self._window = self._unknown.window
            self.suspects.clear()
        if self._unknown.has_spent(key):
            self.suspects.add(key)
        return wait

    def take_look_up(self, key: str) -> int:
        """A suspect wants a code that this process does not know."""
        if not self._unknown.has_spent(key):
            self.suspects.discard(key)
            return 0
        return self._look_ups.take(key)
