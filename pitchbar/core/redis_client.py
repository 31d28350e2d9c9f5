"""Connections to Redis that never make anybody wait long: a Redis may be frozen, not only gone."""

import logging
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar, cast

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")
_PAUSE_SECONDS = 1.0


def load_redis() -> Any:
    """The library. It would load the whole of OpenTelemetry for metrics of its own wherever that is
    installed: 3 MB and a third of a second in each process, for nothing.
    """
    if "redis" in sys.modules:
        return sys.modules["redis"]
    is_there = "opentelemetry" in sys.modules
    if not is_there:
        # An import of it fails, as if it were not installed.
        sys.modules["opentelemetry"] = cast(Any, None)
    try:
        return import_module("redis")
    finally:
        if not is_there:
            del sys.modules["opentelemetry"]


def connect_redis(url: str, timeout: float = 0.5) -> Any:
    """A client that gives up after `timeout` seconds."""
    redis = load_redis()

    return redis.Redis.from_url(url, **redis_options(timeout))


def redis_options(timeout: float) -> dict[str, Any]:
    """For every connection. The library's own repeats would make one time-out four."""
    load_redis()
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return {
        "socket_timeout": timeout,
        "socket_connect_timeout": min(max(timeout, 0.2), 0.5),
        "retry": Retry(NoBackoff(), 0),
        "health_check_interval": 30,
    }


class Breaker:
    """After a failure nobody asks for a second, so that only one of many waits for the time-out."""

    def __init__(self, what: str = "Redis", pause_seconds: float = _PAUSE_SECONDS) -> None:
        self._what = what
        self._pause_seconds = pause_seconds
        self._open_until = 0.0

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self._open_until

    def call(self, ask: Callable[[], Answer], otherwise: Answer) -> Answer:
        """What `ask` answers; `otherwise` when it fails, or failed a moment ago."""
        if self.is_open:
            return otherwise
        try:
            return ask()
        except Exception as error:
            self._open_until = time.monotonic() + self._pause_seconds
            log.warning("%s failed: %s", self._what, error)
            return otherwise


def find_weaknesses(redis: Any) -> list[str]:
    """Why what is in this Redis may be lost, a sentence each; raises what Redis raises.

    INFO is asked and not CONFIG, which hosts of Redis often forbid.
    """
    found, info = [], {**redis.info("persistence"), **redis.info("memory")}
    if not info.get("aof_enabled"):
        found.append("Redis writes nothing to disk at once: set appendonly to yes.")
    policy = info.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        found.append(
            f"Redis may delete what waits when its memory is full (maxmemory-policy is {policy}): "
            "set it to noeviction."
        )
    return found


def warn_of_weaknesses(redis: Any) -> None:
    """At the start, in the log. Nothing is lost all the same: see `scans/inbox.py`."""
    try:
        for sentence in find_weaknesses(redis):
            log.warning("%s", sentence)
    except Exception as error:
        log.warning("Redis does not answer: %s", error)
