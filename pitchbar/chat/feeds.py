"""The events of turns, for whoever listens: the stream that asked, and those that resume it after
they were cut, in this process or, where there is Redis, in any.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

import orjson

from pitchbar.core.redis_client import Breaker, connect_redis
from pitchbar.settings import Settings

_KEEP_SECONDS = 600
_MOST = 2_000
# How often another process looks, and how long it is taken to listen after a look.
_LOOK_SECONDS, _HEARD_SECONDS = 0.15, 2
# A process that died says nothing more; the longest time-out of a model is shorter.
_LOST_SECONDS = 150.0
_LOST = {"code": "lost", "message": "The answer was lost on its way. Please ask again."}
_COMING_SECONDS = 5.0
HEARTBEAT = b": \n\n"
LAST = ("done", "error")


class Listened(Protocol):
    @property
    def conversation(self) -> UUID: ...
    def listen(self, after: int, heartbeat_seconds: float) -> Iterator[bytes]:
        """What follows the event of that number, as it comes; it ends with the turn."""


class Mirror(Protocol):
    """Where other processes find the events."""

    def begin(self, turn: UUID, conversation: UUID) -> None: ...
    def add(self, turn: UUID, event: bytes) -> None: ...
    def is_heard(self, turn: UUID) -> bool: ...
    def find(self, turn: UUID) -> Listened | None: ...


class Feed:
    """Of one turn that this process runs, or has run."""

    def __init__(self, turn: UUID, conversation: UUID, mirror: Mirror | None = None) -> None:
        self.turn = turn
        self.conversation = conversation
        self._mirror = mirror
        self._events: list[bytes] = []
        self._is_over = False
        self._listeners = 0
        # The first who listens is on the way.
        self._alone_since = time.monotonic() + _COMING_SECONDS
        self._changed = threading.Condition()
        self.was_ended = False
        self._grace = 0.0
        self._end: Callable[[], None] | None = None
        if mirror:
            mirror.begin(turn, conversation)

    @property
    def is_over(self) -> bool:
        return self._is_over

    def add(self, name: str, **data: Any) -> None:
        event = encode(self.turn, len(self._events) + 1, name, data)
        if self._mirror:
            self._mirror.add(self.turn, event)
        with self._changed:
            self._events.append(event)
            self._is_over = name in LAST
            self._changed.notify_all()
        # Who listens in the same process hears it before whoever speaks works out what is next.
        time.sleep(0)

    def when_left(self, grace_seconds: float, end: Callable[[], None]) -> None:
        """`end` is called when nobody has listened for so long after somebody had."""
        self._grace, self._end = grace_seconds, end

    @property
    def is_left(self) -> bool:
        return self.seconds_alone() > self._grace

    def seconds_alone(self) -> float:
        """For how long nobody has listened; less than nothing while the first may still come."""
        if self._listeners or (self._mirror and self._mirror.is_heard(self.turn)):
            return 0.0
        return time.monotonic() - self._alone_since

    def listen(self, after: int, heartbeat_seconds: float) -> Iterator[bytes]:
        self._listeners += 1
        try:
            while True:
                some, is_over = self._wait(after, heartbeat_seconds)
                after += len(some)
                if not some and is_over:
                    return
                yield b"".join(some) or HEARTBEAT
        finally:
            self._alone_since = time.monotonic()
            self._listeners -= 1
            if not self._is_over:
                self._look_later()

    def _look_later(self) -> None:
        """Whoever speaks may be waiting for a model, and cannot look by itself."""
        timer = threading.Timer(self._grace + 0.05, self._look)
        timer.daemon = True
        timer.start()

    def _look(self) -> None:
        if self._end is not None and not self._is_over and self.is_left:
            self.was_ended = True
            self._end()

    def _wait(self, after: int, seconds: float) -> tuple[list[bytes], bool]:
        with self._changed:
            if len(self._events) <= after and not self._is_over:
                self._changed.wait(seconds)
            return self._events[after:], self._is_over


class RedisMirror:
    def __init__(self, redis: Any) -> None:
        self._redis = redis
        self._breaker = Breaker("streams of answers")

    def begin(self, turn: UUID, conversation: UUID) -> None:
        self._push(turn, conversation.hex.encode())

    def add(self, turn: UUID, event: bytes) -> None:
        self._push(turn, event)

    def is_heard(self, turn: UUID) -> bool:
        heard = self._breaker.call(lambda: self._redis.exists(f"{_key(turn)}:heard"), 0)
        return bool(heard)

    def find(self, turn: UUID) -> Listened | None:
        lines = self.read(turn, 0, 0)
        return _Elsewhere(self, turn, UUID(hex=lines[0].decode())) if lines else None

    def read(self, turn: UUID, start: int, end: int) -> list[bytes]:
        return list(self._breaker.call(lambda: self._redis.lrange(_key(turn), start, end), []))

    def hear(self, turn: UUID) -> None:
        key = f"{_key(turn)}:heard"
        self._breaker.call(lambda: self._redis.set(key, 1, ex=_HEARD_SECONDS), None)

    def _push(self, turn: UUID, data: bytes) -> None:
        def push() -> None:
            with self._redis.pipeline(transaction=False) as pipe:
                pipe.rpush(_key(turn), data)
                pipe.expire(_key(turn), _KEEP_SECONDS)
                pipe.execute()

        self._breaker.call(push, None)


class _Elsewhere:
    """A turn of another process."""

    def __init__(self, mirror: RedisMirror, turn: UUID, conversation: UUID) -> None:
        self._mirror = mirror
        self._turn = turn
        self.conversation = conversation

    def listen(self, after: int, heartbeat_seconds: float) -> Iterator[bytes]:
        said_at = lost_at = time.monotonic()
        while time.monotonic() - lost_at < _LOST_SECONDS:
            self._mirror.hear(self._turn)
            # The first line is whose it is.
            some = self._mirror.read(self._turn, after + 1, -1)
            if some:
                after += len(some)
                said_at = lost_at = time.monotonic()
                yield b"".join(some)
                if _is_last(some[-1]):
                    return
            elif time.monotonic() - said_at > heartbeat_seconds:
                said_at = time.monotonic()
                yield HEARTBEAT
            time.sleep(_LOOK_SECONDS)
        yield encode(self._turn, after + 1, "error", _LOST)


class Turns:
    """The turns that run here, and for a while those that have."""

    def __init__(self, mirror: Mirror | None = None) -> None:
        self._mirror = mirror
        self._feeds: OrderedDict[UUID, Feed] = OrderedDict()
        self._lock = threading.Lock()
        self.running = 0

    def begin(self, turn: UUID, conversation: UUID, most: int) -> Feed | None:
        """None where as many as there may be run already."""
        with self._lock:
            if self.running >= most:
                return None
            self.running += 1
        feed = Feed(turn, conversation, self._mirror)
        with self._lock:
            self._feeds[turn] = feed
            while len(self._feeds) > max(_MOST, most):
                self._feeds.popitem(last=False)
        return feed

    def end(self) -> None:
        with self._lock:
            self.running -= 1

    def find(self, turn: UUID) -> Listened | None:
        with self._lock:
            feed = self._feeds.get(turn)
        return feed or (self._mirror.find(turn) if self._mirror else None)


def turns_of(settings: Settings) -> Turns:
    """One for the process, whoever asks."""
    return _make(settings.redis_url, str(settings.data_dir))


@lru_cache(maxsize=8)
def _make(redis_url: str, _data_dir: str) -> Turns:
    return Turns(RedisMirror(connect_redis(redis_url)) if redis_url else None)


def encode(turn: UUID, number: int, name: str, data: dict[str, Any]) -> bytes:
    return f"id: {turn.hex}.{number}\nevent: {name}\ndata: ".encode() + orjson.dumps(data) + b"\n\n"


def _is_last(event: bytes) -> bool:
    return any(f"\nevent: {name}\n".encode() in event for name in LAST)


def _key(turn: UUID) -> str:
    return f"pitchbar:chat:turn:{turn.hex}"
