"""The queue tick over HTTP: who may send it, and what it answers."""

import hmac
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import Queue
from pitchbar.jobs.ticks.models import TickLease
from pitchbar.jobs.ticks.tick import TickLimits
from pitchbar.operations import tick_views
from pitchbar.operations.tick_process import TickFailed
from tests.support.browsing import FormClient
from tests.support.factories import bearer

URL = "/api/v1/internal/queue-tick"
TOKEN = "a-token-of-the-tests-and-no-other"

with_token = pytest.mark.settings(internal_queue_token=TOKEN)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[TickLimits]:
    """What passes were asked for; none is run."""
    asked: list[TickLimits] = []

    def run(root: Path, limits: TickLimits) -> dict[str, Any]:
        assert (root / "pitchbar" / "cli.py").exists()
        asked.append(limits)
        return {"skipped": False, "done": 3}

    monkeypatch.setattr(tick_views, "run_tick_process", run)
    return asked


def test_without_a_token_set_the_tick_is_off(client: FormClient, asked: list[TickLimits]) -> None:
    answer = client.post(URL, headers=bearer(""))

    assert answer.status_code == 503
    assert "INTERNAL_QUEUE_TOKEN is not set" in answer.get_json()["error"]["message"]
    assert asked == []


@with_token
@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Basic {TOKEN}",
        f"Token {TOKEN}",
        TOKEN,
        "Bearer schlüssel",
    ],
)
def test_a_wrong_or_missing_token_is_401(
    client: FormClient, asked: list[TickLimits], header: str | None
) -> None:
    answer = client.post(URL, headers={} if header is None else {"Authorization": header})

    assert answer.status_code == 401
    assert answer.get_json()["error"]["code"] == "unauthorized"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert asked == []


@with_token
def test_the_token_is_compared_in_constant_time(
    client: FormClient, asked: list[TickLimits], monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(given: bytes, expected: bytes) -> bool:
        compared.append((given, expected))
        return False

    monkeypatch.setattr(hmac, "compare_digest", compare)
    answer = client.post(URL, headers=bearer(TOKEN))

    assert compared == [(TOKEN.encode(), TOKEN.encode())]
    assert answer.status_code == 401


@with_token
def test_the_right_token_runs_a_pass_with_the_usual_limits(
    client: FormClient, asked: list[TickLimits]
) -> None:
    answer = client.post(URL, headers=bearer(TOKEN))

    assert (answer.status_code, answer.json) == (200, {"skipped": False, "done": 3})
    assert asked == [TickLimits(55, 120, (Queue.CRAWL, Queue.INDEX, Queue.DEFAULT))]


@with_token
def test_limits_in_the_body_count(client: FormClient, asked: list[TickLimits]) -> None:
    limits = {"max_time": 10, "job_timeout": 20, "queues": ["default", "analytics"]}
    answer = client.post(URL, headers=bearer(TOKEN), json=limits)

    assert answer.status_code == 200
    assert asked == [TickLimits(10, 20, (Queue.DEFAULT, Queue.ANALYTICS))]


@with_token
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"max_time": 0}, "max_time"),
        ({"max_time": 301}, "max_time"),
        ({"job_timeout": "soon"}, "job_timeout"),
        ({"queues": ["post"]}, "queues"),
        ({"queues": []}, "queues"),
        ({"maxtime": 5}, "maxtime"),
        ([], None),
    ],
)
def test_limits_that_make_no_sense_are_refused(
    client: FormClient, asked: list[TickLimits], body: Any, field: str | None
) -> None:
    answer = client.post(URL, headers=bearer(TOKEN), json=body)

    assert answer.status_code == 422
    assert list(answer.get_json()["error"]["fields"]) == ([field] if field else [])
    assert asked == []


@with_token
def test_other_methods_are_refused(client: FormClient, asked: list[TickLimits]) -> None:
    for method in ("GET", "PUT", "DELETE"):
        answer = client.open(URL, method=method, headers=bearer(TOKEN))
        assert answer.status_code == 405, method
    assert asked == []


@with_token
def test_while_a_pass_runs_the_next_is_skipped_at_once(
    client: FormClient, asked: list[TickLimits], app: Flask
) -> None:
    until = clock.now() + timedelta(seconds=50)
    db.session.execute(update(TickLease).values(holder="another", held_until=until))
    db.session.commit()
    answer = client.post(URL, headers=bearer(TOKEN))

    assert answer.status_code == 200
    assert answer.get_json()["skipped"] is True
    assert asked == []


@with_token
def test_a_pass_that_breaks_down_is_500(
    client: FormClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(root: Path, limits: TickLimits) -> dict[str, Any]:
        raise TickFailed("the pass ended with exit code -9")

    monkeypatch.setattr(tick_views, "run_tick_process", fail)
    answer = client.post(URL, headers=bearer(TOKEN))

    assert answer.status_code == 500
    assert answer.get_json()["error"]["code"] == "tick_failed"
    assert "exit code -9" in answer.get_json()["error"]["message"]
