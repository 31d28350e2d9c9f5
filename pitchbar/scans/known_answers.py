"""Answers of the database, kept in the process.

One is asked for again when it is older than `max_stale` seconds, or at once when the bus says that
it changed. When the database does not answer, what was known before holds.
"""

import logging
import threading
import time
from collections import OrderedDict
from typing import Generic, TypeVar

from pitchbar.scans.turns import give_back, take_turn

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")
Value = TypeVar("Value")

# How long a visitor waits for the database, with and without an old answer at hand.
_KNOWN_WAIT_SECONDS = 0.5
_UNKNOWN_WAIT_SECONDS = 3.0
# How long one waits whose turn it is not.
_MOMENT_SECONDS = 0.25
# While the database is down, only one request in this many seconds waits to find out.
_RETRY_SECONDS = 2.0
# A look-up that hangs so long is followed by another.
_HOPELESS_SECONDS = 15.0
# A place of their own, so that guessing pushes no real answer out of the cache.
_UNKNOWN_CAPACITY = 10_000
# What is asked for at once to see whether somebody answers: as many as may soon ask side by side,
# each by a connection of its own.
_NOBODYS = ("-", "--", "---")


class Unavailable(Exception):
    """It is not in the cache and the database does not answer."""


class _Lookup(Generic[Answer]):
    """A question to the database, asked once for all requests that wait for it."""

    def __init__(self) -> None:
        self.asked_at = time.monotonic()
        self.is_complete = False
        self.answer: Answer | None = None
        self.done = threading.Event()


class KnownAnswers(Generic[Answer]):
    """What a key stands for, or None when that is nothing; `_read` asks the database.

    Args:
        max_stale: seconds for which an answer is used unasked.
        capacity: answers kept; the one that was not asked for the longest goes first.
        name: of the threads that ask, because a database that hangs must not hold up the visitors
            of what is known.
    """

    def __init__(self, *, max_stale: float, capacity: int, name: str) -> None:
        self._max_stale = max_stale
        self._capacity = capacity
        self._name = name
        self._entries: OrderedDict[str, tuple[float, Answer]] = OrderedDict()
        self._unknown: OrderedDict[str, float] = OrderedDict()
        self._lookups: dict[str, _Lookup[Answer]] = {}
        self._lock = threading.Lock()
        self._retry_at = 0.0
        self._moment_at = 0.0

    def _read(self, key: str) -> Answer | None:
        raise NotImplementedError

    def invalidate(self, key: str) -> None:
        """The next scan looks again; the old entry stays in case the database is gone."""
        with self._lock:
            # An answer that is under way may be older than the change.
            self._lookups.pop(key, None)
            self._unknown.pop(key, None)
            entry = self._entries.get(key)
            if entry is not None:
                self._entries[key] = (-1e9, entry[1])

    def reset_after_fork(self) -> None:
        """In a forked child: the parent's threads are gone, and with them their answers."""
        self._lock = threading.Lock()
        self._lookups = {}

    def get_ready(self, seconds: float) -> None:
        """Asks the database, so that no visitor waits for a first connection; for so long at most,
        as what is known elsewhere may still be of use when it does not answer.
        """
        until = time.monotonic() + seconds
        for lookup in [self._start_lookup(key) for key in _NOBODYS]:
            lookup.done.wait(max(0.0, until - time.monotonic()))

    def _look_up(self, key: str, now: float) -> Answer | None:
        known_at, answer = self._entries.get(key, (-1e9, None))
        known_at = max(known_at, self._unknown.get(key, -1e9))
        if now - known_at < self._max_stale:
            return answer
        if now >= self._retry_at:
            lookup = self._start_lookup(key)
            if not take_turn(0.0):
                # Too many wait already. What was known will do; else a moment often suffices.
                if answer is None:
                    self._wait_a_moment(lookup, now)
                return self._answer_now(lookup, answer)
            try:
                lookup.done.wait(_KNOWN_WAIT_SECONDS if answer else _UNKNOWN_WAIT_SECONDS)
            finally:
                give_back()
            if lookup.is_complete:
                return lookup.answer
            self._retry_at = time.monotonic() + _RETRY_SECONDS
        if answer is None:
            raise Unavailable
        return answer

    def _wait_a_moment(self, lookup: _Lookup[Answer], now: float) -> None:
        """A database that hangs is given one such moment, not one for each who asks: those who
        scan what is known stand in the same line.
        """
        if now >= self._moment_at and not lookup.done.wait(_MOMENT_SECONDS):
            self._moment_at = time.monotonic() + _RETRY_SECONDS

    def _answer_now(self, lookup: _Lookup[Answer], known: Answer | None) -> Answer | None:
        if lookup.is_complete:
            return lookup.answer
        if known is None:
            raise Unavailable
        return known

    def _start_lookup(self, key: str) -> _Lookup[Answer]:
        with self._lock:
            lookup = self._lookups.get(key)
            if lookup is None or time.monotonic() - lookup.asked_at > _HOPELESS_SECONDS:
                lookup = self._lookups[key] = _Lookup()
                self._start_thread(key, lookup)
            return lookup

    def _start_thread(self, key: str, lookup: _Lookup[Answer]) -> None:
        """Called under the lock."""
        try:
            threading.Thread(
                target=self._run_lookup, args=(key, lookup), daemon=True, name=self._name
            ).start()
        except (RuntimeError, MemoryError) as error:
            # The system has no thread for us: whoever comes next tries again.
            log.error("%s cannot ask the database: %s", self._name, error)
            del self._lookups[key]
            lookup.done.set()

    def _run_lookup(self, key: str, lookup: _Lookup[Answer]) -> None:
        try:
            lookup.answer = self._read(key)
            lookup.is_complete = True
        except Exception as error:
            log.error("the database does not answer the %s: %s", self._name, error)
        with self._lock:
            if self._lookups.get(key) is lookup:
                del self._lookups[key]
                if lookup.is_complete:
                    self._cache_result(key, lookup)
        lookup.done.set()

    def _cache_result(self, key: str, lookup: _Lookup[Answer]) -> None:
        # As old as the question: the answer may have changed since.
        if lookup.answer is None:
            self._entries.pop(key, None)
            _put_newest(self._unknown, key, lookup.asked_at, _UNKNOWN_CAPACITY)
        else:
            self._unknown.pop(key, None)
            _put_newest(self._entries, key, (lookup.asked_at, lookup.answer), self._capacity)


def _put_newest(cache: OrderedDict[str, Value], key: str, value: Value, capacity: int) -> None:
    cache[key] = value
    cache.move_to_end(key)
    while len(cache) > capacity:
        cache.popitem(last=False)
