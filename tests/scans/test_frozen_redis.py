"""A Redis that is stopped, not gone: its connections stay open, and no answer comes."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from flask import Flask

from pitchbar.core.bus import Bus
from pitchbar.core.redis_client import Breaker, connect_redis
from pitchbar.jobs import connect_transport
from pitchbar.scans.edge import Edge
from pitchbar.scans.limits import AddressLimit
from pitchbar.scans.pipeline import make_limits
from pitchbar.settings import Settings
from tests.conftest import MakeSettings
from tests.scans.conftest import MakeEdge
from tests.scans.edging import call_edge
from tests.support.browsing import FormClient
from tests.support.factories import PASSWORD, bearer, make_people, make_token
from tests.support.servers import RedisServer


@pytest.fixture
def frozen(tmp_path: Path) -> Iterator[RedisServer]:
    """It runs at first; `freeze` stops it."""
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()


def freeze(server: RedisServer) -> None:
    os.kill(server.pid, signal.SIGSTOP)


@pytest.fixture
def settings(make_settings: MakeSettings, frozen: RedisServer) -> Iterator[Settings]:
    settings = make_settings(redis_url=frozen.url, ratelimit_enabled=True)
    yield settings
    connect_transport("", settings.data_dir)


def queued_seconds() -> float:
    """How long this thread stood in line for a processor, where the system tells."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


def seconds_of(call: Callable[[], object]) -> float:
    """How long it waited, for Redis above all: without its own work, and without what other
    programs of this machine took from it.
    """

    def seconds() -> float:
        return time.perf_counter() - time.thread_time() - queued_seconds()

    started = seconds()
    call()
    return seconds() - started


def test_api_sign_in_and_pages_answer_within_a_second(
    app: Flask, client: FormClient, frozen: RedisServer
) -> None:
    people = make_people()
    slug, headers = people.workspace.slug, bearer(make_token(people.workspace))
    address = f"/api/v1/workspaces/{slug}/codes"
    body = {"name": "Menu", "destination_url": "https://a.example/"}
    assert client.post(address, json=body, headers=headers).status_code == 201
    token = client.csrf_token()
    freeze(frozen)

    def create() -> None:
        assert client.post(address, json=body, headers=headers).status_code == 201

    def log_in() -> None:
        form = {"email": people.owner.email, "password": PASSWORD, "csrf_token": token}
        assert client.post("/login", data=form).status_code == 303

    def look() -> None:
        assert client.get(f"/w/{slug}/").status_code == 200

    assert [
        seconds for call in (create, log_in, look, create) if (seconds := seconds_of(call)) > 1
    ] == []


def test_only_the_first_of_many_messages_waits(frozen: RedisServer) -> None:
    bus = Bus()
    bus.connect(frozen.url)
    bus.publish("codes", {})
    freeze(frozen)

    def publish() -> None:
        for _ in range(50):
            bus.publish("codes", {})

    assert seconds_of(publish) < 0.6


def test_breaker_asks_again_after_its_pause() -> None:
    breaker = Breaker(pause_seconds=0.05)
    answers = [0, 7]

    def ask() -> int:
        return 1 // answers.pop(0) or 7

    assert breaker.call(ask, 0) == 0
    assert breaker.call(ask, 1) == 1
    time.sleep(0.06)
    assert breaker.call(ask, 0) == 7


def test_redirect_of_a_busy_address_waits_but_a_moment(
    make_edge: MakeEdge, code: object, frozen: RedisServer
) -> None:
    limit = AddressLimit("redirect", 100, 60, connect_redis(frozen.url, 0.04))
    edge: Edge = make_edge(limit=limit)
    call_edge(edge, "/t/menu")
    freeze(frozen)

    times = sorted(seconds_of(lambda: call_edge(edge, "/t/menu")) for _ in range(40))
    assert times[-1] < 0.1
    assert times[-2] < 0.02


def test_address_that_meets_all_limits_waits_but_once(
    make_edge: MakeEdge, code: object, frozen: RedisServer, settings: Settings
) -> None:
    edge: Edge = make_edge(**make_limits(settings))
    paths = ["/t/menu"] * 100 + ["/t/gone"] * 100
    for path in paths:
        call_edge(edge, path)
    freeze(frozen)

    random.Random(9).shuffle(paths)
    times = sorted(seconds_of(partial(call_edge, edge, path)) for path in paths)
    assert 0.03 < times[-1] < 0.1
    assert times[-2] < 0.02
