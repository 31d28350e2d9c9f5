"""Where shipped lines wait for ingestion: nowhere (embedded), or in a Redis stream."""

import os
import socket
from collections.abc import Callable
from typing import Any, Protocol

Ingest = Callable[[bytes], int]

_STREAM = "pitchbar:scans"
_GROUP = "ingestion"
_FIELD = b"lines"
# A batch that a worker took and did not finish in this time is another worker's.
_CLAIM_AFTER_MS = 30_000


class Inbox(Protocol):
    """`put` returns when the lines are safe; `drain` hands waiting ones to `ingest`."""

    def put(self, lines: bytes) -> None:
        """Keeps whole lines; raises when it cannot, and then the spool keeps them."""

    def drain(self, ingest: Ingest, wait_seconds: float) -> int:
        """Ingests one waiting batch and acknowledges it after; returns the scans stored, or -1
        when nothing waited. When `ingest` raises, the batch stays and is delivered again.
        """


class DirectInbox:
    """Embedded: what is put is ingested at once, by the shipper's own thread."""

    def __init__(self, ingest: Ingest) -> None:
        self._ingest = ingest

    def put(self, lines: bytes) -> None:
        self._ingest(lines)

    def drain(self, ingest: Ingest, wait_seconds: float) -> int:
        return -1


class RedisInbox:
    """At scale: one stream entry for each batch, read by a consumer group."""

    def __init__(self, redis: Any) -> None:
        self._redis = redis
        self._consumer = f"{socket.gethostname()}-{os.getpid()}"
        self._has_group = False

    def put(self, lines: bytes) -> None:
        self._redis.xadd(_STREAM, {_FIELD: lines})

    def drain(self, ingest: Ingest, wait_seconds: float) -> int:
        try:
            entry = self._next_entry(wait_seconds)
        except Exception as error:
            # Redis came back without its data: the group is made anew at the next pass.
            self._has_group = self._has_group and "NOGROUP" not in str(error)
            raise
        if entry is None:
            return -1
        entry_id, fields = entry
        stored = ingest(fields[_FIELD])
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.xack(_STREAM, _GROUP, entry_id)
            pipe.xdel(_STREAM, entry_id)
            pipe.execute()
        return stored

    def _next_entry(self, wait_seconds: float) -> tuple[bytes, dict[bytes, bytes]] | None:
        self._ensure_group()
        claimed = self._redis.xautoclaim(
            _STREAM, _GROUP, self._consumer, min_idle_time=_CLAIM_AFTER_MS, count=1
        )
        entries = [entry for entry in claimed[1] if entry[1]]
        if not entries:
            block = max(1, int(wait_seconds * 1000))
            answer = self._redis.xreadgroup(
                _GROUP, self._consumer, {_STREAM: ">"}, count=1, block=block
            )
            entries = _entries_of(answer)
        return entries[0] if entries else None

    def _ensure_group(self) -> None:
        if self._has_group:
            return
        try:
            self._redis.xgroup_create(_STREAM, _GROUP, id="0", mkstream=True)
        except Exception as error:
            if "BUSYGROUP" not in str(error):
                raise
        self._has_group = True


def _entries_of(answer: Any) -> list[Any]:
    """redis-py answers a list of streams under RESP2, a dict of them under RESP3."""
    if not answer:
        return []
    if isinstance(answer, dict):
        found = next(iter(answer.values()))
        return found[0] if found and isinstance(found[0], list) else found
    return list(answer[0][1])


def connect(redis_url: str, timeout: float = 1.0) -> Any:
    import redis

    return redis.Redis.from_url(
        redis_url, socket_timeout=timeout, socket_connect_timeout=min(timeout, 0.5)
    )
