"""Figures of all processes: each tells its own through Redis, and whoever is asked shows them all.

Without Redis there is one process, which reads them where they are.
"""

import os
import socket
import threading
import time
from dataclasses import asdict
from typing import Any

import orjson

from pitchbar.core.figures import ProcessFigures, read_here
from pitchbar.core.redis_client import Breaker, connect_redis

_KEY = "pitchbar:figures"
_TELL_EVERY_SECONDS = 5.0
# Who told nothing for so long is gone.
_FRESH_SECONDS = 30.0
_FORGET_SECONDS = 3600.0
_TIMEOUT_SECONDS = 0.5


def process_name() -> str:
    return f"{socket.gethostname()}/{os.getpid()}"


def start_telling(redis_url: str) -> None:
    """Once in each process that counts; without Redis there is nobody to tell."""
    if redis_url:
        redis = connect_redis(redis_url, _TIMEOUT_SECONDS)
        threading.Thread(target=_tell, args=(redis,), daemon=True, name="figures").start()


def _tell(redis: Any) -> None:
    breaker, never = Breaker("telling figures", _TELL_EVERY_SECONDS), threading.Event()
    while not never.wait(_TELL_EVERY_SECONDS):
        tell(redis, breaker)


def tell(redis: Any, breaker: Breaker) -> None:
    figures = read_here(process_name())
    if figures.values:
        data = orjson.dumps(asdict(figures))
        breaker.call(lambda: redis.hset(_KEY, figures.process, data), None)


def list_figures(redis: Any = None) -> list[ProcessFigures]:
    """Of this process, and of all that told something lately; raises what Redis raises."""
    found = {(here := read_here(process_name())).process: here}
    if redis is None:
        return [here]
    now, old = time.time(), []
    for name, value in redis.hgetall(_KEY).items():
        told = ProcessFigures(**orjson.loads(value))
        if abs(now - told.told_at) < _FRESH_SECONDS:
            found.setdefault(told.process, told)
        elif abs(now - told.told_at) > _FORGET_SECONDS:
            old.append(name)
    if old:
        redis.hdel(_KEY, *old)
    return sorted(found.values(), key=lambda one: one.process)
