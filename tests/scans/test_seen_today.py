"""Whether a visitor was here today: with Redis, without, and with one that does not answer."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pitchbar.core.redis_client import connect_redis
from pitchbar.rules.days import Calendar, Day
from pitchbar.scans.limits import Pause
from pitchbar.scans.seen_today import SeenToday
from tests.rules.visiting import at
from tests.support.servers import RedisServer

TODAY = Day("2026-11-26", int(time.time()) + 50_000)
TOMORROW = Day("2026-11-27", int(time.time()) + 90_000)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()


def test_a_visitor_is_new_once_a_day_for_each_code() -> None:
    seen = SeenToday()
    assert [seen.take(1, TODAY, "anna") for _ in range(3)] == [False, True, True]
    assert not seen.take(2, TODAY, "anna")
    assert not seen.take(1, TODAY, "ben")
    assert not seen.take(1, TOMORROW, "anna")
    # In another zone it is still today.
    assert seen.take(1, TODAY, "anna")


def test_who_only_looks_stays_new() -> None:
    seen = SeenToday()
    assert not seen.take(1, TODAY, "anna", is_visit=False)
    assert not seen.take(1, TODAY, "anna")
    assert seen.take(1, TODAY, "anna", is_visit=False)


def test_processes_share_whom_they_saw(redis_url: str) -> None:
    one, other = (SeenToday(connect_redis(redis_url)) for _ in range(2))
    assert not one.take(1, TODAY, "anna")
    assert other.take(1, TODAY, "anna", is_visit=False)
    assert other.take(1, TODAY, "anna")
    assert not other.take(1, TODAY, "ben")
    assert one.take(1, TODAY, "ben")


def test_what_redis_holds_names_nobody_and_goes_with_the_day(redis_url: str) -> None:
    redis = connect_redis(redis_url)
    SeenToday(redis).take(1, TODAY, "198.51.100.7\nSafari")
    (visitor,) = redis.smembers("pitchbar:seen:1:2026-11-26")
    assert len(visitor) == 12
    ends_at = time.time() + redis.ttl("pitchbar:seen:1:2026-11-26")
    assert abs(ends_at - TODAY.ends_at) < 5
    assert 0 < redis.ttl("pitchbar:seen:salt:2026-11-26") <= 52 * 3600


def test_memory_is_bounded(redis_url: str) -> None:
    redis = connect_redis(redis_url)
    seen = SeenToday(redis, most_known=100, most_shared=50)
    for number in range(300):
        seen.take(1, TODAY, f"visitor {number}")
    assert redis.scard("pitchbar:seen:1:2026-11-26") == 50
    assert seen.take(1, TODAY, "visitor 299")
    assert not seen.take(1, TODAY, "visitor 150")


def test_a_day_ends_at_midnight_by_the_clock_of_its_zone() -> None:
    calendar = Calendar("Europe/Zurich")
    day = calendar.day_of(at("2026-10-25 02:30", fold=1))
    assert (day.name, day.ends_at * 1000) == ("2026-10-25", at("2026-10-26 00:00"))
    assert calendar.day_of(at("2026-10-26 00:00")).name == "2026-10-26"


def test_a_frozen_redis_holds_up_one_visitor_for_a_moment(server: RedisServer) -> None:
    redis, pause = connect_redis(server.url, 0.04), Pause()
    seen = SeenToday(redis, pause=pause)
    seen.take(1, TODAY, "anna")
    os.kill(server.pid, signal.SIGSTOP)
    started = time.perf_counter()
    try:
        assert not seen.take(1, TODAY, "ben")
        assert seen.take(1, TODAY, "ben")
        assert seen.take(1, TODAY, "anna")
        assert not any(seen.take(1, TODAY, f"visitor {number}") for number in range(30))
    finally:
        os.kill(server.pid, signal.SIGCONT)
    assert time.perf_counter() - started < 0.5
