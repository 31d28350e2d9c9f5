"""How many scans of a code came before, for the codes whose rules ask.

Redis counts for all processes. What the database has stored is the least that it may say: so a
Redis that forgot, or that was away for a while, finds back by itself. While it does not answer, a
process counts on from what it knows.
"""

import threading
from collections import OrderedDict
from typing import Any

from pitchbar.scans.limits import Pause

_KEPT_SECONDS = 90 * 86400
_MOST_KNOWN = 100_000
# KEYS: the count. ARGV: the stored count, the number to add, the seconds to keep it.
_ADD = """
local count = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), tonumber(ARGV[1]))
if ARGV[2] == '1' then redis.call('SET', KEYS[1], count + 1, 'EX', ARGV[3]) end
return count
"""


class CodeCounts:
    """`take(code_id, stored)` counts a scan, and says how many came before it."""

    def __init__(self, redis: Any = None, *, pause: Pause | None = None) -> None:
        self._redis = redis
        self._add = redis.register_script(_ADD) if redis is not None else None
        self._pause = pause or Pause()
        self._counts: OrderedDict[int, int] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, code_id: int, stored: int, *, is_visit: bool = True) -> int:
        """Args:
        stored: how many the database had when it was asked last.
        is_visit: False only looks.
        """
        before = self._take_shared(code_id, stored, is_visit)
        with self._lock:
            if before < 0:
                before = max(self._counts.get(code_id, 0), stored)
            self._counts[code_id] = before + is_visit
            self._counts.move_to_end(code_id)
            if len(self._counts) > _MOST_KNOWN:
                self._counts.popitem(last=False)
        return before

    def reset_after_fork(self) -> None:
        self._lock = threading.Lock()

    def _take_shared(self, code_id: int, stored: int, is_visit: bool) -> int:
        """-1 where Redis does not tell."""
        if self._add is None or self._pause.is_on:
            return -1
        try:
            given = [stored, int(is_visit), _KEPT_SECONDS]
            return int(self._add(keys=[f"pitchbar:scans-of:{code_id}"], args=given))
        except Exception as error:
            self._pause.begin(error)
            return -1
