"""Small messages between threads and processes: "this changed, look again".

A message may be lost (a process that was not listening never hears it), so nothing depends on it
but speed: every reader also looks again by itself after a bounded time.
"""

import logging
import os
import threading
import uuid
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import orjson

from pitchbar.core.redis_client import Breaker, connect_redis

log = logging.getLogger(__name__)
Listener = Callable[[dict[str, Any]], None]
_CHANNEL = "pitchbar:bus"
# Told within the process: messages were lost while Redis was away.
LISTENS_AGAIN = "bus.listens_again"
_SEND_SECONDS = 0.25


class Bus:
    """Publish and subscribe within the process, and between processes when Redis is configured."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Listener]] = defaultdict(list)
        self._redis: Any = None
        self._breaker = Breaker("bus publish")
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._name = uuid.uuid4().hex

    def connect(self, redis_url: str) -> None:
        """Also talks to other processes through Redis; without a URL, only within this one."""
        self._redis = connect_redis(redis_url, _SEND_SECONDS) if redis_url else None
        self._breaker = Breaker("bus publish")

    def subscribe(self, topic: str, listener: Listener) -> Callable[[], None]:
        """Calls `listener(message)` for each message on the topic; returns the unsubscriber."""
        self._listeners[topic].append(listener)
        if self._redis is not None:
            self._ensure_thread()
        return lambda: self._unsubscribe(topic, listener)

    def _unsubscribe(self, topic: str, listener: Listener) -> None:
        if listener in self._listeners[topic]:
            self._listeners[topic].remove(listener)

    def publish(self, topic: str, message: dict[str, Any]) -> None:
        """Tells everybody. A broken Redis is logged, never raised or waited for: the caller's
        work is done.
        """
        self._deliver(topic, message)
        if self._redis is None:
            return
        data = orjson.dumps([self._origin(), topic, message])
        self._breaker.call(lambda: self._redis.publish(_CHANNEL, data), 0)

    def _deliver(self, topic: str, message: dict[str, Any]) -> None:
        for listener in tuple(self._listeners.get(topic, ())):
            try:
                listener(message)
            except Exception:
                log.exception("bus listener failed on %s", topic)

    def _ensure_thread(self) -> None:
        # Started by the first subscriber, hence after a server forked its workers.
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._listen, daemon=True, name="bus")
                self._thread.start()

    def _listen(self) -> None:
        pause, was_away = threading.Event(), False
        while self._redis is not None:
            try:
                with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:
                    pubsub.subscribe(_CHANNEL)
                    if was_away:
                        self._deliver(LISTENS_AGAIN, {})
                    while True:
                        received = pubsub.get_message(timeout=0.5)
                        if received is not None:
                            self._receive(received["data"])
            except Exception as error:
                log.warning("bus listener reconnects: %s", error)
                was_away = True
                pause.wait(1.0)

    def _receive(self, data: bytes) -> None:
        origin, topic, message = orjson.loads(data)
        if origin != self._origin():
            self._deliver(topic, message)

    def _origin(self) -> str:
        # A forked server shares the name, not the process number.
        return f"{self._name}-{os.getpid()}"
