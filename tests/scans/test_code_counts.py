"""How many scans came before: exact over processes, and never less than what is stored."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pitchbar.core.redis_client import connect_redis
from pitchbar.scans.code_counts import CodeCounts
from tests.support.servers import RedisServer


def test_each_scan_is_one_more() -> None:
    counts = CodeCounts()
    assert [counts.take(1, 0) for _ in range(3)] == [0, 1, 2]
    assert counts.take(2, 0) == 0


def test_it_begins_with_what_is_stored_and_never_falls_behind() -> None:
    counts = CodeCounts()
    assert [counts.take(1, 40), counts.take(1, 40)] == [40, 41]
    assert counts.take(1, 90) == 90
    assert counts.take(1, 60) == 91


def test_who_only_looks_counts_nothing(redis_url: str) -> None:
    for counts in (CodeCounts(), CodeCounts(connect_redis(redis_url))):
        assert [counts.take(1, 7, is_visit=False) for _ in range(2)] == [7, 7]
        assert counts.take(1, 7) == 7
        assert counts.take(1, 7, is_visit=False) == 8


def test_many_threads_get_each_number_once(redis_url: str) -> None:
    alone = CodeCounts()
    shared = [CodeCounts(connect_redis(redis_url)) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        one = list(pool.map(lambda _: alone.take(1, 3), range(500)))
        four = list(pool.map(lambda number: shared[number % 4].take(1, 3), range(500)))
    assert sorted(one) == sorted(four) == list(range(3, 503))


def test_a_redis_that_forgot_finds_back_to_what_is_stored(tmp_path: Path) -> None:
    server = RedisServer(tmp_path)
    server.start()
    try:
        redis = connect_redis(server.url, 0.5)
        counts = CodeCounts(redis)
        assert [counts.take(1, 0) for _ in range(3)] == [0, 1, 2]
        redis.flushall()
        assert counts.take(1, 3) == 3
    finally:
        server.kill()
    assert [counts.take(1, 3) for _ in range(2)] == [4, 5]
