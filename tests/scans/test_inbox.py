"""The stream between edges and workers, in a real Redis."""

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from pitchbar.core.assets import ROOT
from pitchbar.scans import inbox as inbox_module
from pitchbar.scans.inbox import AT_ONCE, DirectInbox, RedisInbox, connect
from tests.support.servers import RedisServer

STREAM = "pitchbar:scans"


class Worker:
    """Remembers what it ingested; fails while `error` is set."""

    def __init__(self) -> None:
        self.batches: list[bytes] = []
        self.error: Exception | None = None

    def ingest(self, lines: bytes) -> int:
        if self.error:
            raise self.error
        self.batches.append(lines)
        return len(lines.splitlines())


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def connection(redis_url: str) -> Iterator[Any]:
    with redis.Redis.from_url(redis_url) as connection:
        yield connection


@pytest.fixture
def inbox(redis_url: str) -> RedisInbox:
    return RedisInbox(connect(redis_url))


def drain_all(inbox: RedisInbox, worker: Worker) -> None:
    while inbox.drain(worker.ingest, 0.01) != -1:
        pass


def pending(connection: Any) -> int:
    count: int = connection.xpending(STREAM, "ingestion")["pending"]
    return count


def test_embedded_inbox_ingests_at_once(worker: Worker) -> None:
    inbox = DirectInbox(worker.ingest)
    inbox.put(b"[1]\n")

    assert worker.batches == [b"[1]\n"]
    assert inbox.drain(worker.ingest, 0) == -1


def test_embedded_inbox_passes_failures_on_so_that_the_spool_keeps_the_lines(
    worker: Worker,
) -> None:
    worker.error = ConnectionError()

    with pytest.raises(ConnectionError):
        DirectInbox(worker.ingest).put(b"[1]\n")


def test_batches_are_handed_on_whole_in_order_and_once(
    inbox: RedisInbox, worker: Worker, connection: Any
) -> None:
    for number in range(AT_ONCE + 5):
        inbox.put(b"[%d]\n[x]\n" % number)

    assert inbox.drain(worker.ingest, 0.01) == 2 * AT_ONCE
    assert connection.xlen(STREAM) == 5
    drain_all(inbox, worker)
    lines = [b"[%d]\n[x]\n" % number for number in range(AT_ONCE + 5)]
    assert worker.batches == [b"".join(lines[:AT_ONCE]), b"".join(lines[AT_ONCE:])]
    assert (connection.xlen(STREAM), pending(connection)) == (0, 0)


def test_what_no_edge_put_does_not_swallow_the_line_behind_it(
    inbox: RedisInbox, worker: Worker, connection: Any
) -> None:
    connection.xadd(STREAM, {"lines": b"[1]"})
    connection.xadd(STREAM, {"stranger": b"x"})
    inbox.put(b"[2]\n")

    drain_all(inbox, worker)
    first, stranger, last = b"".join(worker.batches).splitlines()
    assert (first, last) == (b"[1]", b"[2]")
    assert b"stranger" in stranger


def test_lines_that_came_before_the_first_worker_wait_for_it(
    inbox: RedisInbox, worker: Worker, redis_url: str
) -> None:
    inbox.put(b"[1]\n")

    drain_all(RedisInbox(connect(redis_url)), worker)
    assert worker.batches == [b"[1]\n"]


def test_nothing_waiting_is_minus_one(inbox: RedisInbox, worker: Worker) -> None:
    assert inbox.drain(worker.ingest, 0.01) == -1


def test_two_workers_share_and_never_take_the_same_batch(inbox: RedisInbox, redis_url: str) -> None:
    first, second = Worker(), Worker()
    other = RedisInbox(connect(redis_url))
    numbers = range(4 * AT_ONCE)
    for number in numbers:
        inbox.put(b"[%d]\n" % number)

    for _ in range(2):
        inbox.drain(first.ingest, 0.01)
        other.drain(second.ingest, 0.01)
    assert len(first.batches) == len(second.batches) == 2
    lines = b"".join((*first.batches, *second.batches)).splitlines()
    assert sorted(lines) == sorted(b"[%d]" % number for number in numbers)


def test_batch_that_failed_is_delivered_again(
    inbox: RedisInbox, worker: Worker, connection: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox.put(b"[1]\n")
    worker.error = ConnectionError("no database")
    with pytest.raises(ConnectionError):
        inbox.drain(worker.ingest, 0.01)
    assert pending(connection) == 1

    worker.error = None
    monkeypatch.setattr(inbox_module, "_CLAIM_AFTER_MS", 0)
    drain_all(inbox, worker)
    assert worker.batches == [b"[1]\n"]
    assert (connection.xlen(STREAM), pending(connection)) == (0, 0)


def test_batch_of_a_working_worker_is_not_taken_from_it(
    inbox: RedisInbox, worker: Worker, redis_url: str
) -> None:
    inbox.put(b"[1]\n")
    other = RedisInbox(connect(redis_url))

    def look_meanwhile(lines: bytes) -> int:
        assert other.drain(worker.ingest, 0.01) == -1
        return 1

    assert inbox.drain(look_meanwhile, 0.01) == 1
    assert worker.batches == []


KILLED_MIDWAY = """
import os, signal, sys
from pitchbar.scans.inbox import RedisInbox, connect
RedisInbox(connect(sys.argv[1])).drain(lambda lines: os.kill(os.getpid(), signal.SIGKILL), 1)
"""


def test_batch_of_a_killed_worker_is_claimed_by_another(
    inbox: RedisInbox,
    worker: Worker,
    connection: Any,
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inbox.put(b"[1]\n")
    killed = subprocess.run([sys.executable, "-c", KILLED_MIDWAY, redis_url], cwd=ROOT)
    assert killed.returncode == -9
    assert pending(connection) == 1
    assert inbox.drain(worker.ingest, 0.01) == -1

    monkeypatch.setattr(inbox_module, "_CLAIM_AFTER_MS", 50)
    time.sleep(0.1)
    drain_all(inbox, worker)
    assert worker.batches == [b"[1]\n"]
    assert (connection.xlen(STREAM), pending(connection)) == (0, 0)


def test_stream_that_was_deleted_is_made_again(
    inbox: RedisInbox, worker: Worker, connection: Any
) -> None:
    inbox.put(b"[1]\n")
    drain_all(inbox, worker)
    connection.delete(STREAM)

    with pytest.raises(redis.ResponseError, match="NOGROUP"):
        inbox.drain(worker.ingest, 0.01)
    inbox.put(b"[2]\n")
    drain_all(inbox, worker)
    assert worker.batches == [b"[1]\n", b"[2]\n"]


def test_redis_that_was_restarted_empty_is_used_again(
    worker: Worker, restartable_redis: RedisServer
) -> None:
    restartable_redis.start()
    inbox = RedisInbox(connect(restartable_redis.url, timeout=0.5))
    drain_all(inbox, worker)
    restartable_redis.kill()
    with pytest.raises(redis.ConnectionError):
        inbox.put(b"[1]\n")

    restartable_redis.start()
    inbox.put(b"[2]\n")
    with pytest.raises(redis.RedisError):
        inbox.drain(worker.ingest, 0.01)
    drain_all(inbox, worker)
    assert worker.batches == [b"[2]\n"]
