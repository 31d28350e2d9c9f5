"""Who waits at the door goes before who looks something up."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from pitchbar.chat import gates
from tests.support.waiting import wait_until

_MANY = 6


@contextmanager
def crowd(app: Flask, opens: threading.Event) -> Iterator[None]:
    """More than come in at a time, who stand there until it opens."""

    @gates.one_after_another
    def view() -> None:
        opens.wait(10)

    def come() -> None:
        with app.app_context():
            view()

    coming = [threading.Thread(target=come) for _ in range(_MANY)]
    for one in coming:
        one.start()
    try:
        wait_until(lambda: len(gates._coming) == _MANY)
        yield
    finally:
        opens.set()
        for one in coming:
            one.join()


def look_up(entered: threading.Event) -> threading.Thread:
    def look() -> None:
        with gates.looking_up():
            entered.set()

    thread = threading.Thread(target=look)
    thread.start()
    return thread


def test_those_at_the_door_are_let_in_first(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "_LETS_IN_SECONDS", 10.0)
    opens, entered = threading.Event(), threading.Event()
    with crowd(app, opens):
        looking = look_up(entered)
        assert not entered.wait(0.1)
        opens.set()
        assert entered.wait(5)
        looking.join()
    assert not gates._coming


def test_nobody_waits_for_them_for_ever(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "_LETS_IN_SECONDS", 0.1)
    opens, entered = threading.Event(), threading.Event()
    with crowd(app, opens):
        looking = look_up(entered)
        assert entered.wait(5)
        assert len(gates._coming) == _MANY
        looking.join()
