"""A batch that a dead worker had taken: stored though no further scan comes."""

import time

import pytest
import redis

from pitchbar.scans import draining, inbox, shipper
from pitchbar.scans.draining import DrainSignal, drain
from pitchbar.scans.inbox import RedisInbox, connect
from pitchbar.scans.shipper import Shipper
from pitchbar.scans.spool import Spool
from tests.scans.spooling import make_deliveries
from tests.support.waiting import wait_until


class Died(Exception):
    pass


def die(_lines: bytes) -> int:
    raise Died


@pytest.fixture
def taken(redis_url: str) -> RedisInbox:
    """An inbox in which one batch is in the hands of a worker that died."""
    dead = RedisInbox(connect(redis_url))
    dead.put(b"[1]\n")
    with pytest.raises(Died):
        dead.drain(die, 0.01)
    return RedisInbox(connect(redis_url))


def test_drain_stays_until_the_batch_can_be_claimed(
    taken: RedisInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "_CLAIM_AFTER_MS", 1500)
    monkeypatch.setattr(draining, "_LAST_LOOK_SECONDS", 0.3)
    stored: list[bytes] = []

    def ingest(lines: bytes) -> int:
        stored.append(lines)
        return 1

    started = time.monotonic()
    assert drain(taken, ingest, seconds=10, linger=0.3) == 1
    assert stored == [b"[1]\n"]
    assert time.monotonic() - started < 4


def test_drain_ends_soon_when_nobody_has_anything_in_hand(redis_url: str) -> None:
    started = time.monotonic()
    assert drain(RedisInbox(connect(redis_url)), die, seconds=10, linger=0.2) == 0
    assert time.monotonic() - started < 2


def test_shipper_calls_again_for_what_is_not_stored(
    spool: Spool, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipper, "_REMIND_SECONDS", 0.05)
    monkeypatch.setattr(draining, "ENQUEUE_EVERY_SECONDS", 0.0)
    calls: list[float] = []
    signal = DrainSignal(lambda: calls.append(time.monotonic()))
    deliveries = make_deliveries(spool, RedisInbox(connect(redis_url)))
    made = Shipper(spool, deliveries, signal)
    spool.append(b"[1]\n")
    made.start()

    wait_until(lambda: len(calls) >= 3, 3)
    RedisInbox(connect(redis_url)).drain(lambda lines: 1, 0.01)
    wait_until(lambda: len(deliveries) == 0, 3)
    made.stop()
    with redis.Redis.from_url(redis_url) as connection:
        assert connection.xlen("pitchbar:scans") == 0
