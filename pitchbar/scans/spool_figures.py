"""What waits in the spools of all processes: each shipper tells, and whoever asks hears of all.

The figures of processes elsewhere travel through Redis; those of this one are read where they are,
and so are known with Redis away, too.
"""

import logging
import os
import socket
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from pitchbar.core.redis_client import Breaker
from pitchbar.scans.deliveries import Deliveries
from pitchbar.scans.spool import Spool

log = logging.getLogger(__name__)
_KEY = "pitchbar:spools"
_TELL_EVERY_SECONDS = 5.0
# Who told nothing for so long is gone, and its files are another's.
_FRESH_SECONDS = 30.0
_FORGET_SECONDS = 3600.0


@dataclass(frozen=True)
class SpoolFigures:
    """One process's spool. `waits_since` is when the oldest line that is not stored came, in
    seconds since 1970; None when all are stored. Lines held in memory die with the process.
    """

    process: str
    told_at: float
    waits_since: float | None
    files: int
    file_bytes: int
    held_lines: int
    held_bytes: int
    refused: int
    dropped: int
    is_full: bool

    @property
    def kind(self) -> str:
        """What its lines are."""
        return self.process.partition(" ")[2] or "scans"

    @property
    def wait_seconds(self) -> float:
        return max(0.0, self.told_at - self.waits_since) if self.waits_since else 0.0

    @property
    def is_at_risk(self) -> bool:
        """Whether scans are in memory alone."""
        return self.held_bytes > 0


class SpoolReporter:
    """Of one process; where it has spools beside that of the scans, `kind` tells whose this is.
    `tell` is called after each pass of the shipper, and never raises.
    """

    def __init__(
        self, spool: Spool, deliveries: Deliveries, redis: Any = None, kind: str = ""
    ) -> None:
        self._spool = spool
        self._deliveries = deliveries
        self._redis = redis
        self._kind = kind
        self._breaker = Breaker("telling what waits in the spool", _TELL_EVERY_SECONDS)
        self._tell_at = 0.0
        # Of each file, what is shipped when all is that was written until the last look.
        self._goals: dict[Path, int] = {}
        self._looked_at = self._caught_up_at = time.time()

    def tell(self) -> None:
        self._look_how_far()
        now = time.monotonic()
        if self._redis is not None and now >= self._tell_at:
            self._tell_at = now + _TELL_EVERY_SECONDS
            figures = self.read()
            self._breaker.call(
                lambda: self._redis.hset(_KEY, figures.process, orjson.dumps(asdict(figures))), None
            )

    def _look_how_far(self) -> None:
        """Under load something is always unshipped, but never the same lines."""
        segments = self._spool.segments()
        if all(segment.shipped >= self._goals.get(segment.path, 0) for segment in segments):
            self._caught_up_at, self._looked_at = self._looked_at, time.time()
            self._goals = {segment.path: segment.size for segment in segments}

    def read(self) -> SpoolFigures:
        spool, segments = self._spool, self._spool.segments()
        return SpoolFigures(
            process=f"{socket.gethostname()}/{os.getpid()} {self._kind}".rstrip(),
            told_at=time.time(),
            waits_since=self._waits_since(),
            files=len(segments),
            file_bytes=sum(segment.size for segment in segments),
            held_lines=len(spool.overflow),
            held_bytes=spool.held_bytes,
            refused=spool.refused,
            dropped=spool.dropped,
            is_full=spool.is_full(),
        )

    def _waits_since(self) -> float | None:
        times = [
            segment.born_at if segment.shipped == 0 else self._caught_up_at
            for segment in self._spool.segments()
            if segment.may_be_unshipped()
        ]
        times += [found for found in (self._deliveries.oldest_at(),) if found]
        times += [self._spool.held_since] if self._spool.held_bytes else []
        return min(times, default=None)


_here: dict[str, Callable[[], SpoolFigures]] = {}


def add_local(read: Callable[[], SpoolFigures], kind: str = "") -> None:
    """The spool of this process of that kind; a later one takes its place."""
    _here[kind] = read


def list_local() -> list[SpoolFigures]:
    return [read() for read in _here.values()]


def list_spools(redis: Any = None) -> list[SpoolFigures]:
    """Of this process, and of all that told something lately; raises what Redis raises."""
    found = {one.process: one for one in list_local()}
    if redis is not None:
        for figures in _read_told(redis):
            found.setdefault(figures.process, figures)
    return sorted(found.values(), key=lambda one: one.process)


def _read_told(redis: Any) -> list[SpoolFigures]:
    told, now, old = [], time.time(), []
    for name, value in redis.hgetall(_KEY).items():
        try:
            figures = SpoolFigures(**orjson.loads(value))
        except (TypeError, ValueError):
            # Of another release, which tells more or less.
            continue
        if abs(now - figures.told_at) < _FRESH_SECONDS:
            told.append(figures)
        elif abs(now - figures.told_at) > _FORGET_SECONDS:
            old.append(name)
    if old:
        redis.hdel(_KEY, *old)
    return told
