"""Turns of a host, exact over threads and processes."""

import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from flask import Flask

from pitchbar.crawling.fetching import fetch
from pitchbar.crawling.politeness import host_of, put_off, reserve, rest, wait_for_turn
from pitchbar.extensions import db
from tests.support.hostile_site import HostileSite
from tests.support.servers import on_both_databases

SPACING = 0.08


@on_both_databases
def test_one_of_many_gets_the_turn(app: Flask) -> None:
    assert reserve("a.example", 30) == 0
    assert 29 < reserve("a.example", 30) <= 30
    assert reserve("b.example", 30) == 0


@on_both_databases
def test_a_host_that_rests_is_asked_by_nobody(app: Flask) -> None:
    rest("a.example", 40)
    rest("a.example", 10)
    assert 39 < reserve("a.example", 0) <= 40
    rest("b.example", 9000)
    assert 599 < reserve("b.example", 0) <= 600


@on_both_databases
def test_what_was_asked_out_of_turn_puts_the_next_turn_off(app: Flask) -> None:
    assert reserve("a.example", 5) == 0
    put_off("a.example", 20)
    put_off("a.example", 1)
    assert 19 < reserve("a.example", 0) <= 20


def _take_turns(url: str, count: int, times: "multiprocessing.Queue[float]") -> None:
    app = Flask("another process")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    db.init_app(app)
    with app.app_context():
        for _ in range(count):
            assert wait_for_turn("a.example", SPACING, time.monotonic() + 20)
            times.put(time.time())
        db.engine.dispose()


@on_both_databases
def test_turns_are_apart_over_processes(app: Flask, database_url: str) -> None:
    context = multiprocessing.get_context("spawn")
    times: multiprocessing.Queue[float] = context.Queue()
    arguments = (database_url, 6, times)
    worker = context.Process(target=_take_turns, args=arguments)
    worker.start()
    taken = [times.get(timeout=30)]
    for _ in range(6):
        assert wait_for_turn("a.example", SPACING, time.monotonic() + 20)
        taken.append(time.time())
    taken = sorted(taken + [times.get(timeout=30) for _ in range(5)])
    worker.join(20)
    gaps = [after - before for before, after in pairwise(taken)]
    # When one is told may be a moment after the turn; two never share one.
    assert sum(gaps) >= SPACING * 11 - 0.1
    assert min(gaps) > SPACING * 0.3


def test_a_hundred_who_ask_at_once_are_one(app: Flask) -> None:
    def ask(_: int) -> float:
        with app.app_context():
            return reserve("a.example", 30)

    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(ask, range(100)))
    assert waits.count(0) == 1


def test_nobody_waits_for_a_turn_that_comes_too_late(app: Flask) -> None:
    assert wait_for_turn("a.example", 30, time.monotonic() + 1)
    began = time.monotonic()
    assert not wait_for_turn("a.example", 30, time.monotonic() + 1)
    assert time.monotonic() - began < 0.5


@pytest.mark.settings(crawl_host_pause=3)
def test_a_redirect_counts_as_a_turn(app: Flask, site: HostileSite) -> None:
    assert reserve(site.pair, 0) == 0
    fetch(site.url("/hops/1"))
    assert 2 < reserve(site.pair, 0) <= 3


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Example.com/x", "example.com"),
        ("http://example.com:80/", "example.com"),
        ("https://example.com:443/", "example.com"),
        ("http://example.com:8080/", "example.com:8080"),
    ],
)
def test_a_host_is_one_however_it_is_written(url: str, host: str) -> None:
    assert host_of(url) == host
