"""Who scanned a code today already, for the codes whose rules ask.

A visitor is kept as a hash under a random key of the day, in the process and, where there is one,
in Redis, where all processes see it; it goes when the workspace's day is over. While Redis does not
answer, each process knows whom it saw itself, and one visitor waits once.
"""

import hashlib
import os
from collections import OrderedDict
from typing import Any

from pitchbar.rules.days import Day
from pitchbar.scans.limits import Pause

# In one process, of all codes; who was seen the longest ago is forgotten first.
_MOST_KNOWN = 200_000
# In Redis, of one code on one day: those beyond are told apart by each process for itself.
_MOST_SHARED = 1_000_000
# A date begins 14 hours before UTC's in the east, and ends 12 hours after it in the west.
_SALT_SECONDS = 52 * 3600
# At one time the world has three dates at most.
_MOST_DAYS = 4


class SeenToday:
    """`take(…)` says whether a visitor was here today, and remembers the visit."""

    def __init__(
        self,
        redis: Any = None,
        *,
        pause: Pause | None = None,
        most_known: int = _MOST_KNOWN,
        most_shared: int = _MOST_SHARED,
    ) -> None:
        self._redis = redis
        self._pause = pause or Pause()
        self._most_known, self._most_shared = most_known, most_shared
        # By day: of this process alone, and of all.
        self._own_salts: OrderedDict[str, bytes] = OrderedDict()
        self._shared_salts: OrderedDict[str, bytes] = OrderedDict()
        self._known: OrderedDict[bytes, None] = OrderedDict()
        self._full: OrderedDict[tuple[int, str], None] = OrderedDict()

    def take(self, code_id: int, day: Day, identity: str, *, is_visit: bool = True) -> bool:
        """Args:
        day: the workspace's.
        identity: what the request tells of its visitor.
        is_visit: False only looks, for a request that nobody sees the answer of.
        """
        text = f"{code_id}\n{day.name}\n{identity}".encode("utf-8", "replace")
        own = _hash(self._find_own_salt(day), text)
        if own in self._known:
            return True
        if is_visit:
            _put(self._known, own, None, self._most_known)
        if self._redis is None or self._pause.is_on or (code_id, day.name) in self._full:
            return False
        try:
            return self._ask_redis(code_id, day, text, is_visit)
        except Exception as error:
            self._pause.begin(error)
            return False

    def _find_own_salt(self, day: Day) -> bytes:
        salt = self._own_salts.get(day.name)
        if salt is None:
            salt = os.urandom(16)
            _put(self._own_salts, day.name, salt, _MOST_DAYS)
        return salt

    def _ask_redis(self, code_id: int, day: Day, text: bytes, is_visit: bool) -> bool:
        name = f"pitchbar:seen:{code_id}:{day.name}"
        visitor = _hash(self._find_shared_salt(day), text)
        if not is_visit:
            return bool(self._redis.sismember(name, visitor))
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.sadd(name, visitor)
            pipe.expireat(name, day.ends_at)
            pipe.scard(name)
            added, _, count = pipe.execute()
        if count >= self._most_shared:
            _put(self._full, (code_id, day.name), None, 10_000)
        return not added

    def _find_shared_salt(self, day: Day) -> bytes:
        """One for all processes; whoever comes first chooses it."""
        salt = self._shared_salts.get(day.name)
        if salt is None:
            name = f"pitchbar:seen:salt:{day.name}"
            with self._redis.pipeline(transaction=False) as pipe:
                pipe.set(name, os.urandom(16), nx=True, ex=_SALT_SECONDS)
                pipe.get(name)
                _, salt = pipe.execute()
            _put(self._shared_salts, day.name, salt, _MOST_DAYS)
        return bytes(salt)


def _hash(salt: bytes, text: bytes) -> bytes:
    return hashlib.blake2b(text, key=salt, digest_size=12).digest()


def _put(kept: OrderedDict[Any, Any], key: Any, value: Any, most: int) -> None:
    kept[key] = value
    while len(kept) > most:
        kept.popitem(last=False)
