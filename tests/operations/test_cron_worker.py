"""`pitchbar deploy-cron-worker` against a small Cloudflare on this machine: deploy and status."""

import json
from collections.abc import Iterator

import pytest

from pitchbar.clients import cloudflare
from pitchbar.operations.cron_worker import EVERY_MINUTE, CronWorkerError, render_worker, tick_url
from tests.fakes.cloudflare import FakeCloudflare, running_cloudflare
from tests.operations.cron_worker_terminal import NAME, PARAMETERS, SECRET, Run, terminal_at


@pytest.fixture
def fake() -> Iterator[FakeCloudflare]:
    with running_cloudflare() as fake:
        yield fake


@pytest.fixture
def run(fake: FakeCloudflare) -> Run:
    return terminal_at(fake)


def test_deploy_uploads_the_worker_with_its_secret_and_its_schedule(
    run: Run, fake: FakeCloudflare
) -> None:
    result = run()

    assert result.exit_code == 0, result.output
    assert fake.calls == [f"PUT /{NAME}", f"PUT /{NAME}/schedules"]
    script = fake.scripts[NAME]
    assert script.secrets == {"INTERNAL_QUEUE_TOKEN": SECRET}
    assert script.schedules == ["* * * * *"]
    assert script.metadata["compatibility_date"] == cloudflare.COMPATIBILITY_DATE
    assert "each minute" in result.output


def test_the_source_has_the_address_and_the_limits_but_not_the_token(
    run: Run, fake: FakeCloudflare
) -> None:
    run()

    source = fake.scripts[NAME].module
    assert '"https://pitchbar.example/api/v1/internal/queue-tick"' in source
    line = next(line for line in source.splitlines() if line.startswith("const PARAMETERS"))
    assert json.loads(line.removeprefix("const PARAMETERS = ").rstrip(";")) == PARAMETERS
    assert SECRET not in source


def test_what_is_baked_in_cannot_break_out_of_its_string() -> None:
    source = render_worker('https://a.example/"; alert(1); "</script>', PARAMETERS)

    line = next(line for line in source.splitlines() if line.startswith("const TICK_URL"))
    baked = json.loads(line.removeprefix("const TICK_URL = ").rstrip(";"))
    assert baked == 'https://a.example/"; alert(1); "</script>'


def test_the_worker_waits_longer_than_the_longest_pass() -> None:
    source = render_worker("https://a.example/", {**PARAMETERS, "max_time": 10, "job_timeout": 20})

    assert "TIMEOUT_MS = 45000;" in source


def test_deploying_twice_leaves_one_worker(run: Run, fake: FakeCloudflare) -> None:
    run()
    first = fake.scripts[NAME].modified_on
    result = run()

    assert result.exit_code == 0, result.output
    assert list(fake.scripts) == [NAME]
    assert fake.scripts[NAME].schedules == [EVERY_MINUTE]
    assert fake.scripts[NAME].modified_on != first


def test_deploy_without_a_token_says_what_to_set(run: Run, fake: FakeCloudflare) -> None:
    result = run(internal_queue_token="")

    assert result.exit_code == 1
    assert "INTERNAL_QUEUE_TOKEN is not set" in result.output
    assert fake.calls == []


@pytest.mark.parametrize("name", ["cloudflare_account_id", "cloudflare_api_token"])
@pytest.mark.parametrize("action", ["deploy", "status", "rotate-token"])
def test_a_missing_setting_is_named(run: Run, fake: FakeCloudflare, action: str, name: str) -> None:
    result = run(action, **{name: ""})

    assert result.exit_code == 1
    assert f"{name.upper()} is not set" in result.output
    assert fake.calls == []


@pytest.mark.parametrize(
    "app_url",
    ["http://pitchbar.example", "https://localhost:8000", "https://127.0.0.1", "https://[::1]"],
)
def test_an_address_that_cloudflare_cannot_reach_safely_is_refused(app_url: str) -> None:
    with pytest.raises(CronWorkerError, match="public address"):
        tick_url(app_url)


def test_dry_run_prints_the_source_and_asks_nobody(run: Run, fake: FakeCloudflare) -> None:
    result = run("dry-run", internal_queue_token="", cloudflare_api_token="")

    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("// Pitchbar's queue tick")
    assert "export default" in result.stdout
    assert fake.calls == []


def test_status_of_a_deployed_worker(run: Run, fake: FakeCloudflare) -> None:
    run()
    result = run("status")

    assert result.exit_code == 0, result.output
    assert fake.scripts[NAME].modified_on in result.output
    assert "* * * * *" in result.output
    assert "set" in result.output


def test_status_without_a_worker_exits_with_1(run: Run) -> None:
    result = run("status")

    assert result.exit_code == 1
    assert f"There is no Worker named {NAME}." in result.output


@pytest.mark.parametrize("lacking", ["schedule", "token"])
def test_status_of_a_worker_that_cannot_tick_exits_with_1(
    run: Run, fake: FakeCloudflare, lacking: str
) -> None:
    run()
    if lacking == "schedule":
        fake.scripts[NAME].schedules = []
    else:
        fake.scripts[NAME].secrets = {}
    result = run("status")

    assert result.exit_code == 1
    assert "It does not tick" in result.output
