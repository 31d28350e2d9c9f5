"""Carries messages by Huey: Redis at scale, a SQLite file of its own embedded.

A message says that a job may be due. Losing one costs time, never the job, so sending does not
raise: the sweep sends again what nobody came for.
"""

import logging
import os
import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pitchbar.core.redis_client import redis_options
from pitchbar.jobs.library import Huey, RedisHuey, SqliteStorage
from pitchbar.jobs.messages import TASK, MessageSerializer

log = logging.getLogger(__name__)

JobMessage = tuple[int, int]
"""A job's id and the attempt that the message is for."""

RECEIVE_SECONDS = 1.0
_POLL_SECONDS = 0.25
_SEND_SECONDS = 0.25
# After a send that failed, nobody waits for Redis again for this long.
_RETRY_SECONDS = 1.0


class _NormalSqliteStorage(SqliteStorage):  # type: ignore[misc]  # huey has no types
    """A lost message is sent again, so the file need not be synced at each one."""

    def _create_connection(self) -> Any:
        connection = super()._create_connection()
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection


class Transport:
    """One Huey for each queue and way: "out", "in", and "now", which is in without waiting. Each is
    made when it is needed, and anew in a forked child.
    """

    def __init__(self) -> None:
        self._redis_url = ""
        self._file: Path | None = None
        self._retry_at = 0.0
        self._reset()

    def connect(self, redis_url: str, data_dir: Path) -> None:
        """See `connect_transport`, which does it for the process."""
        self._redis_url = redis_url
        self._file = data_dir / "queue.db"
        self._reset()

    def send(self, queue: str, messages: Iterable[JobMessage]) -> bool:
        """Returns whether all went out; says so in the log when not."""
        if self._file is None or time.monotonic() < self._retry_at:
            return False
        try:
            for message in messages:
                self._put(queue, message)
        except Exception as error:
            log.warning("jobs on %s wait for the sweep: %s", queue, error)
            self._retry_at = time.monotonic() + _RETRY_SECONDS
            return False
        self._arrived[queue].set()
        return True

    def receive(self, queue: str) -> JobMessage | None:
        """Waits up to RECEIVE_SECONDS. Raises ValueError for a message that is none of ours (it is
        gone then), and what Redis or SQLite raise.
        """
        huey = self._huey(queue, "in")
        received = huey.dequeue()
        if received is None and not self._redis_url:
            received = self._wait_for_file(huey, self._arrived[queue])
        return None if received is None else received.args

    def receive_now(self, queue: str) -> JobMessage | None:
        """What waits, without waiting for it. Raises as `receive`."""
        received = self._huey(queue, "now").dequeue()
        return None if received is None else received.args

    def pending(self, queue: str) -> int:
        """How many messages wait on the queue."""
        return int(self._huey(queue, "out").pending_count())

    def _put(self, queue: str, message: JobMessage) -> None:
        huey = self._huey(queue, "out")
        huey.enqueue(huey._registry.string_to_task(TASK)(message))

    def _wait_for_file(self, huey: Any, arrived: threading.Event) -> Any:
        """Other processes write the file too, so waiting for our own sends is not enough."""
        until = time.monotonic() + RECEIVE_SECONDS
        while time.monotonic() < until:
            arrived.wait(_POLL_SECONDS)
            arrived.clear()
            if (received := huey.dequeue()) is not None:
                return received
        return None

    def _huey(self, queue: str, direction: str) -> Any:
        if self._pid != os.getpid():
            self._reset()
        with self._lock:
            if (queue, direction) not in self._hueys:
                self._hueys[queue, direction] = self._make(queue, direction)
            return self._hueys[queue, direction]

    def _reset(self) -> None:
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._retry_at = 0.0
        self._hueys: dict[tuple[str, str], Any] = {}
        self._arrived: dict[str, threading.Event] = defaultdict(threading.Event)

    def _make(self, queue: str, direction: str) -> Any:
        name = f"pitchbar_{queue}"
        options: dict[str, Any] = {"results": False, "serializer": MessageSerializer()}
        if self._redis_url:
            from redis import ConnectionPool

            waits = direction == "in"
            timeout = RECEIVE_SECONDS + 2 if waits else _SEND_SECONDS
            pool = ConnectionPool.from_url(self._redis_url, **redis_options(timeout))
            options |= {"blocking": waits, "read_timeout": RECEIVE_SECONDS}
            huey: Any = RedisHuey(name, connection_pool=pool, **options)
        else:
            if self._file is None:
                raise RuntimeError("the transport is not connected")
            self._file.parent.mkdir(parents=True, exist_ok=True)
            huey = Huey(
                name, storage_class=_NormalSqliteStorage, filename=str(self._file), **options
            )
        huey.task(name="run_job")(_run_nothing)
        return huey


def _run_nothing(job_id: int, attempt: int) -> None:
    """Gives messages their name in Huey's registry; our consumer runs jobs by the ledger."""


_run_nothing.__module__ = TASK.split(".", maxsplit=1)[0]


transport = Transport()
"""The process's own; `create_app` connects it."""


def connect_transport(redis_url: str, data_dir: Path) -> None:
    """Without this nothing is sent at once, and jobs start when a worker's sweep finds them."""
    transport.connect(redis_url, data_dir)
