"""`pitchbar queue-tick` and `pitchbar deploy-cron-worker`, from the settings to the answer."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from pitchbar.cli import main
from pitchbar.extensions import db
from pitchbar.jobs import enqueue
from pitchbar.jobs.tasks import snapshot_queues
from pitchbar.jobs.ticks.history import list_ticks
from tests.fakes.cloudflare import ACCOUNT, TOKEN, running_cloudflare

Invoke = Callable[..., Result]


@pytest.fixture
def invoke(database_url: str, tmp_path: Path) -> Invoke:
    """Runs `pitchbar …` with these settings beside the usual ones."""

    def invoke(*arguments: str, **settings: str) -> Result:
        environ = {
            "APP_ENV": "production",
            "APP_KEY": "a key for tests only, long enough to be one",
            "APP_URL": "https://pitchbar.example",
            "DATABASE_URL": database_url,
            "DATA_DIR": str(tmp_path),
            "LOG_LEVEL": "WARNING",
        }
        return CliRunner(env={**environ, **settings}).invoke(main, arguments)

    return invoke


def test_queue_tick_prints_its_counts_as_json(app: Flask, invoke: Invoke) -> None:
    enqueue(snapshot_queues)
    db.session.commit()
    result = invoke("queue-tick", "--max-time", "5", "--queues", "default")

    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert answer["skipped"] is False
    assert answer["queues"].keys() == {"default"}
    assert answer["done"] >= 1
    db.session.rollback()
    assert [tick.started_by for tick in list_ticks()] == ["command"]


@pytest.mark.parametrize(
    "options", [("--queues", "post"), ("--max-time", "0"), ("--job-timeout", "901")]
)
def test_queue_tick_refuses_limits_that_make_no_sense(
    invoke: Invoke, options: tuple[str, str]
) -> None:
    result = invoke("queue-tick", *options)

    assert result.exit_code == 2
    assert options[0] in result.output


def test_deploy_status_rotation_and_removal_from_the_command_line(invoke: Invoke) -> None:
    with running_cloudflare() as fake:
        settings = {
            "CLOUDFLARE_ACCOUNT_ID": ACCOUNT,
            "CLOUDFLARE_API_TOKEN": TOKEN,
            "CLOUDFLARE_API_BASE": fake.url,
            "CRON_WORKER_NAME": "minute-hand",
            "INTERNAL_QUEUE_TOKEN": "a-token-of-24-characters",
        }
        options = ("--max-time", "30", "--job-timeout", "60", "--queues", "default")
        steps = [options, ("--status",), ("--rotate-token",), ("--destroy", "--yes")]
        results = [invoke("deploy-cron-worker", *step, **settings) for step in steps]

        assert [result.exit_code for result in results] == [0, 0, 0, 0], results
        assert fake.scripts == {}
    assert "minute-hand" in results[1].output


def test_the_limits_of_the_command_are_baked_in(invoke: Invoke) -> None:
    result = invoke("deploy-cron-worker", "--dry-run", "--max-time", "30", "--queues", "default")

    assert '"max_time": 30' in result.output
    assert '"job_timeout": 120' in result.output
    assert '"queues": ["default"]' in result.output


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INTERNAL_QUEUE_TOKEN", "short"),
        ("INTERNAL_QUEUE_TOKEN", "a token with spaces, though long"),
        ("CLOUDFLARE_API_BASE", "http://api.example/client/v4"),
        ("CRON_WORKER_NAME", "../zones"),
    ],
)
def test_a_setting_that_cannot_be_used_stops_the_command(
    invoke: Invoke, name: str, value: str
) -> None:
    result = invoke("deploy-cron-worker", "--dry-run", **{name: value})

    assert result.exit_code == 1
    assert f"{name} is not usable" in result.output
