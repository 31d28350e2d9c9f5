"""Ingestion at scale: a job of the ledger drains the Redis inbox while lines wait there.

The shipper calls for that job after it has put lines, never the redirect. It is unique until it
starts, and lingers while traffic flows: the ledger gains a row about once a minute.

What else has a stream (conversions) is drained by the same rule. A worker runs one job at a time,
so each such job looks after the other streams, too: else a scan would wait for up to fifty seconds
while conversions come.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from pitchbar.core.redis_client import warn_of_weaknesses
from pitchbar.jobs import Queue, Task, connect_transport, enqueue, every, task
from pitchbar.scans.factories import make_engine, make_ingestion
from pitchbar.scans.inbox import Inbox, Ingest, RedisInbox, connect
from pitchbar.settings import Settings, current_settings

if TYPE_CHECKING:
    from pitchbar.scans.ingestion import Ingestion

log = logging.getLogger(__name__)

# The job outlives the pause between two calls, so that no line waits for the next one.
ENQUEUE_EVERY_SECONDS = 1.0
LINGER_SECONDS = 3.0
DRAIN_SECONDS = 50.0
_RETRY_SECONDS = 2.0
# How long one look at all streams takes while nothing comes.
_LOOK_SECONDS = 0.5
_LAST_LOOK_SECONDS = 1.0


class DrainSignal:
    """Remembers that lines wait, and enqueues the job at most once a second.

    Args:
        enqueue_drain: enqueues the job; when it raises, it is called again a little later.
    """

    def __init__(self, enqueue_drain: Callable[[], None]) -> None:
        self._enqueue = enqueue_drain
        self._is_marked = False
        self._paused_until = 0.0

    def mark(self) -> None:
        """Lines were put."""
        self._is_marked = True

    def flush(self) -> None:
        """Enqueues the job when lines were put. Never raises: they are safe in the inbox."""
        now = time.monotonic()
        if not self._is_marked or now < self._paused_until:
            return
        try:
            self._enqueue()
        except Exception as error:
            self._paused_until = now + _RETRY_SECONDS
            log.warning("ingestion is called for again soon: %s", error)
            return
        self._is_marked = False
        self._paused_until = now + ENQUEUE_EVERY_SECONDS


def make_drain_signal(settings: Settings, engine: Engine, drain: Task | None = None) -> DrainSignal:
    """For a process that ships to Redis; it needs the ledger's table and no Flask.

    Args:
        drain: the task that empties the stream; the scans' one unless told.
    """
    job = drain or drain_inbox
    connect_transport(settings.redis_url, settings.data_dir)

    def enqueue_drain() -> None:
        with Session(engine) as session, session.begin():
            enqueue(job, on=session, unique=job.name)

    return DrainSignal(enqueue_drain)


@dataclass(frozen=True)
class Stream:
    """What waits, and how it is stored."""

    inbox: Inbox
    ingest: Ingest


# By the name of the task that drains it.
_streams: dict[str, Callable[[Settings], Stream]] = {}


def add_stream(task_name: str, open_stream: Callable[[Settings], Stream]) -> None:
    _streams[task_name] = open_stream


def drain_by(task_name: str) -> None:
    """A job of that task: its own stream, and beside it all others."""
    settings = current_settings()
    if not settings.redis_url:
        return
    own = _streams[task_name](settings)
    others = [open_stream(settings) for name, open_stream in _streams.items() if name != task_name]
    drain(own.inbox, own.ingest, others, seconds=DRAIN_SECONDS, linger=LINGER_SECONDS)


def drain(
    inbox: Inbox, ingest: Ingest, others: Sequence[Stream] = (), *, seconds: float, linger: float
) -> int:
    """Ingests what waits until nothing came for `linger` seconds; returns the scans stored, less
    those of other streams. What goes wrong there is left to the job of theirs.

    While a batch is in hands that do not acknowledge it, it stays: they may be dead, and then the
    batch is ours after 30 seconds, though no new line comes.
    """
    stored, beside, is_busy = 0, list(others), False
    share_seconds = _LOOK_SECONDS / (1 + len(beside))
    until = time.monotonic() + seconds
    quiet_until = time.monotonic() + linger
    while time.monotonic() < min(until, quiet_until):
        # While one stream has more, nothing waits for another that has none.
        wait_seconds = 0.0 if is_busy else share_seconds
        count = inbox.drain(ingest, wait_seconds=wait_seconds)
        looked = [_drain_beside(one, 0.0 if count >= 0 else wait_seconds) for one in beside]
        beside = [one for one, found in zip(beside, looked, strict=True) if found is not None]
        is_busy = count >= 0 or any(found is not None and found >= 0 for found in looked)
        if count >= 0:
            stored += count
            quiet_until = time.monotonic() + linger
        elif time.monotonic() >= quiet_until - _LAST_LOOK_SECONDS and inbox.has_unfinished():
            quiet_until = time.monotonic() + linger
    return stored


def _drain_beside(stream: Stream, wait_seconds: float) -> int | None:
    """As `Inbox.drain`; None when it is not worth another look."""
    try:
        return stream.inbox.drain(stream.ingest, wait_seconds=wait_seconds)
    except Exception as error:
        log.warning("another stream is left to its own job: %s", error)
        return None


@task(
    queue=Queue.INGESTION,
    tries=10,
    waits=(1, 2, 5, 15, 30),
    timeout=90,
    unique_until="start",
    # Whoever put lines calls for the drain; this is for a process that died before it could.
    schedule=every.minutes(5),
    missed="skip",
    name="scans.drain_inbox",
)
def drain_inbox() -> None:
    """Stores the scans that wait in Redis. Embedded there is no inbox, and nothing to do."""
    drain_by(drain_inbox.name)


@cache
def _consumer_parts(settings: Settings) -> tuple[RedisInbox, Ingestion]:
    """Once for each process: connections, and what is remembered of salts and agents."""
    # Imported here, because the edge declares this task too, and runs without Flask.
    from pitchbar.extensions import bus

    redis = connect(settings.redis_url)
    warn_of_weaknesses(redis)
    return RedisInbox(redis), make_ingestion(settings, make_engine(settings), bus)


def _open_stream(settings: Settings) -> Stream:
    inbox, ingestion = _consumer_parts(settings)
    return Stream(inbox, ingestion.ingest_scans)


add_stream(drain_inbox.name, _open_stream)
