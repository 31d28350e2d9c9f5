"""Connections to Redis that never make anybody wait long: a Redis may be frozen, not only gone."""

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")
_PAUSE_SECONDS = 1.0


def connect_redis(url: str, timeout: float = 0.5) -> Any:
    """A client that gives up after `timeout` seconds, and does not try again by itself: the
    library's own repeats would make one time-out four.
    """
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return redis.Redis.from_url(
        url,
        socket_timeout=timeout,
        socket_connect_timeout=min(timeout, 0.5),
        retry=Retry(NoBackoff(), 0),
        health_check_interval=30,
    )


class Breaker:
    """After a failure nobody asks for a second, so that only one of many waits for the time-out."""

    def __init__(self, pause_seconds: float = _PAUSE_SECONDS) -> None:
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
            log.warning("Redis does not answer: %s", error)
            return otherwise
