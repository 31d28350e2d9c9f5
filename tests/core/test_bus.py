"""Messages reach every listener, in this process and, over Redis, in others."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from queue import Empty, Queue
from typing import Any

import pytest

from pitchbar.core.assets import ROOT
from pitchbar.core.bus import Bus

Messages = Queue[dict[str, Any]]

# Another process: says "ready" when it listens, and answers each question once.
_OTHER = """
import sys, time
from pitchbar.core.bus import Bus
bus = Bus()
bus.connect(sys.argv[1])
bus.subscribe("question", lambda message: bus.publish("answer", {"to": message["number"]}))
while True:
    bus.publish("ready", {})
    time.sleep(0.05)
"""


def listen(bus: Bus, topic: str) -> Messages:
    heard: Messages = Queue()
    bus.subscribe(topic, heard.put)
    return heard


def test_listener_hears_its_topic_only() -> None:
    bus = Bus()
    codes, scans = listen(bus, "codes"), listen(bus, "scans")
    bus.publish("codes", {"short_code": "abc"})
    assert codes.get_nowait() == {"short_code": "abc"}
    assert scans.empty()


def test_unsubscribed_listener_hears_nothing() -> None:
    bus = Bus()
    heard: Messages = Queue()
    leave = bus.subscribe("codes", heard.put)
    leave()
    leave()
    bus.publish("codes", {})
    assert heard.empty()


def test_listener_that_fails_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    bus = Bus()

    def fail(message: dict[str, Any]) -> None:
        raise RuntimeError("broken listener")

    bus.subscribe("codes", fail)
    heard = listen(bus, "codes")
    bus.publish("codes", {"short_code": "abc"})
    assert heard.get_nowait() == {"short_code": "abc"}
    assert "broken listener" in caplog.text


def test_broken_redis_costs_nothing_but_a_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bus = Bus()
    heard = listen(bus, "codes")
    bus.connect("redis://127.0.0.1:1/0")
    started = time.monotonic()
    bus.publish("codes", {"short_code": "abc"})
    assert heard.get_nowait() == {"short_code": "abc"}
    assert "bus publish failed" in caplog.text
    assert time.monotonic() - started < 2


@pytest.fixture
def connected(redis_url: str) -> Iterator[Bus]:
    bus = Bus()
    bus.connect(redis_url)
    yield bus
    bus.connect("")


@pytest.fixture
def other_process(connected: Bus, redis_url: str) -> Iterator[Bus]:
    """This side's bus, once both sides hear each other."""
    ready = listen(connected, "ready")
    process = subprocess.Popen([sys.executable, "-c", _OTHER, redis_url], cwd=ROOT)
    try:
        ready.get(timeout=60)
        yield connected
    finally:
        process.kill()
        process.wait(5)


def ask_until_answered(ask: Callable[[], None], answers: Messages) -> dict[str, Any]:
    """The other side may subscribe a moment after it is ready."""
    for _ in range(100):
        ask()
        try:
            return answers.get(timeout=0.1)
        except Empty:
            continue
    raise AssertionError("the other process does not answer")


def test_other_process_hears_and_answers_over_redis(other_process: Bus) -> None:
    answers = listen(other_process, "answer")
    answer = ask_until_answered(lambda: other_process.publish("question", {"number": 7}), answers)
    assert answer == {"to": 7}


def test_own_message_is_heard_once(other_process: Bus) -> None:
    answers, own = listen(other_process, "answer"), listen(other_process, "question")
    ask_until_answered(lambda: other_process.publish("question", {"number": 1}), answers)
    while not own.empty():
        own.get_nowait()
    other_process.publish("question", {"number": 2})
    while answers.get(timeout=5) != {"to": 2}:
        pass
    # Redis keeps the order: were our own message to come back, it would be here by now.
    assert own.qsize() == 1
