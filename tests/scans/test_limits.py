import multiprocessing
import time
from collections.abc import Callable
from typing import Any

import pytest

from pitchbar.scans.inbox import connect
from pitchbar.scans.limits import OVER, AddressLimit, GuessLimit
from tests.scans.conftest import MINUTE, Watch
from tests.support.servers import RedisServer


def admitted(limit: AddressLimit, tries: int, key: str = "203.0.113.5") -> int:
    return sum(limit.take(key) == 0 for _ in range(tries))


def test_address_gets_its_limit_and_no_more(watch: Watch) -> None:
    assert admitted(AddressLimit("t", 120, 60), 200) == 120


def test_limit_of_one_admits_one(watch: Watch) -> None:
    assert admitted(AddressLimit("t", 1, 60), 3) == 1


def test_refusal_names_the_seconds_until_the_window_ends(watch: Watch) -> None:
    limit = AddressLimit("t", 1, 60)
    limit.take("a")

    watch.now += 0.5
    assert limit.take("a") == 60
    watch.now += 45
    assert limit.take("a") == 15
    watch.now = MINUTE + 59.9
    assert limit.take("a") == 1


def test_next_window_starts_afresh(watch: Watch) -> None:
    limit = AddressLimit("t", 5, 60)
    admitted(limit, 10)

    watch.now += 60
    assert admitted(limit, 10) == 5


def test_addresses_do_not_share(watch: Watch) -> None:
    limit = AddressLimit("t", 5, 60)

    assert admitted(limit, 10, "a") == 5
    assert admitted(limit, 10, "b") == 5


def test_clock_that_moves_back_blocks_nobody_for_long(watch: Watch) -> None:
    limit = AddressLimit("t", 5, 60)
    admitted(limit, 10)

    watch.now -= 3600
    assert admitted(limit, 10) == 5


def test_memory_is_given_back_with_each_window(watch: Watch) -> None:
    limit = AddressLimit("t", 5, 60)
    for number in range(1000):
        limit.take(str(number))

    watch.now += 60
    limit.take("a")
    assert len(limit._counts) == 1


def test_processes_add_up(watch: Watch, redis_url: str) -> None:
    first = AddressLimit("t", 120, 60, connect(redis_url))
    second = AddressLimit("t", 120, 60, connect(redis_url))

    total = sum(admitted(first, 1) + admitted(second, 1) for _ in range(150))

    # Each keeps fewer than an eighth to itself before it asks.
    assert 120 <= total < 120 + 120 / 8


def test_busy_address_is_held_however_few_reach_one_process(watch: Watch, redis_url: str) -> None:
    busy = AddressLimit("t", 40, 60, connect(redis_url))
    other = AddressLimit("t", 40, 60, connect(redis_url))
    admitted(busy, 40)

    assert admitted(other, 40) < 40 / 8


def test_quiet_address_costs_no_network(watch: Watch) -> None:
    limit = AddressLimit("t", 120, 60, redis=None)
    limit._redis = _Unreachable()

    assert admitted(limit, 14) == 14


def test_address_over_its_limit_costs_no_network(watch: Watch, redis_url: str) -> None:
    limit = AddressLimit("t", 20, 60, connect(redis_url))
    admitted(AddressLimit("t", 20, 60, connect(redis_url)), 20)
    admitted(limit, 3)

    limit._redis = _Unreachable()
    assert admitted(limit, 100) == 0


class _Unreachable:
    def pipeline(self, **_options: Any) -> Any:
        raise AssertionError("Redis was asked")


@pytest.mark.parametrize("limit", [120, 600, 3000])
def test_large_limit_asks_in_steps_and_holds_all_the_same(
    watch: Watch, redis_url: str, count_calls: "CountCalls", limit: int
) -> None:
    limits = [AddressLimit("t", limit, 60, connect(redis_url)) for _ in range(4)]
    calls = [count_calls(one._redis, "pipeline") for one in limits]

    total = sum(admitted(one, 1) for _ in range(limit) for one in limits)

    assert limit <= total < limit + len(limits) * limit / 8
    assert sum(map(len, calls)) <= 80


def test_over_the_limit_but_not_over_the_most(watch: Watch) -> None:
    limit = AddressLimit("t", 5, 60, most=8)

    assert [limit.take("a") for _ in range(10)] == [0] * 5 + [OVER] * 3 + [60] * 2


def test_processes_share_the_most_too(watch: Watch, redis_url: str) -> None:
    limits = [AddressLimit("t", 64, 60, connect(redis_url), most=320) for _ in range(2)]

    taken = [one.take("a") for _ in range(400) for one in limits]

    assert 64 <= taken.count(0) < 64 + 2 * 8
    assert 320 <= sum(wait <= 0 for wait in taken) < 320 + 2 * 8


def test_most_below_the_limit_is_the_limit(watch: Watch) -> None:
    assert admitted(AddressLimit("t", 5, 60, most=2), 10) == 5


def test_guesses_are_forgotten_with_their_window(watch: Watch) -> None:
    guesses = GuessLimit(3, 60)
    assert [guesses.take_unknown("a") for _ in range(4)] == [0, 0, 0, 60]
    assert guesses.suspects == {"a"}
    assert [guesses.take_look_up("a") for _ in range(4)] == [0, 0, 0, 60]

    watch.now += 60
    assert guesses.take_look_up("a") == 0
    assert not guesses.suspects

    for _ in range(3):
        guesses.take_unknown("a")
    watch.now += 60
    guesses.take_unknown("b")
    assert not guesses.suspects


def test_processes_share_the_guesses(watch: Watch, redis_url: str) -> None:
    several = [GuessLimit(40, 60, connect(redis_url)) for _ in range(2)]

    refused = [one.take_unknown("a") for _ in range(40) for one in several]

    assert 40 <= refused.count(0) < 40 + 2 * 40 / 8


def test_two_processes_together_are_held_to_the_limit(redis_url: str) -> None:
    context = multiprocessing.get_context("spawn")
    _wait_for_room_in_the_minute()
    with context.Pool(2) as pool:
        counts = pool.map(_take_in_a_process, [redis_url] * 2)

    assert 120 <= sum(counts) < 120 + 120 / 8


def _take_in_a_process(redis_url: str) -> int:
    limit = AddressLimit("t", 120, 60, connect(redis_url))
    return admitted(limit, 200)


def _wait_for_room_in_the_minute() -> None:
    if time.time() % 60 > 45:
        time.sleep(60 - time.time() % 60)


def test_redis_that_dies_midway_leaves_each_process_its_own_count(
    watch: Watch, restartable_redis: RedisServer
) -> None:
    restartable_redis.start()
    limit = AddressLimit("t", 20, 60, connect(restartable_redis.url, timeout=0.2))
    before = admitted(limit, 10)

    restartable_redis.kill()
    assert before + admitted(limit, 100) == 20


def test_what_was_counted_while_redis_was_away_is_told_when_it_is_back(
    watch: Watch, restartable_redis: RedisServer
) -> None:
    limit = AddressLimit("t", 40, 60, connect(restartable_redis.url, timeout=0.2))
    admitted(limit, 20)

    restartable_redis.start()
    watch.now += 6
    admitted(limit, 1)

    other = AddressLimit("t", 40, 60, connect(restartable_redis.url))
    assert admitted(other, 40) == 40 - 21


def test_redis_that_is_away_is_not_asked_each_time(
    watch: Watch, restartable_redis: RedisServer, count_calls: "CountCalls"
) -> None:
    limit = AddressLimit("t", 1000, 60, connect(restartable_redis.url, timeout=0.2))
    calls = count_calls(limit._redis, "pipeline")

    admitted(limit, 500)
    assert len(calls) == 1


CountCalls = Callable[..., list[Any]]


@pytest.fixture
def count_calls(monkeypatch: pytest.MonkeyPatch) -> CountCalls:
    def count(owner: Any, name: str) -> list[Any]:
        calls: list[Any] = []
        real = getattr(owner, name)

        def counted(*args: Any, **options: Any) -> Any:
            calls.append(args)
            return real(*args, **options)

        monkeypatch.setattr(owner, name, counted)
        return calls

    return count
