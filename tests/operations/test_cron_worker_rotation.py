"""A new token for the Worker without a lost tick, and its removal."""

from collections.abc import Iterator

import pytest

from tests.fakes.cloudflare import Answer, FakeCloudflare, running_cloudflare
from tests.operations.cron_worker_terminal import NAME, SECRET, Run, terminal_at


@pytest.fixture
def fake() -> Iterator[FakeCloudflare]:
    with running_cloudflare() as fake:
        yield fake


@pytest.fixture
def run(fake: FakeCloudflare) -> Run:
    return terminal_at(fake)


def test_rotation_gives_a_new_token_and_keeps_the_old_beside_it(
    run: Run, fake: FakeCloudflare
) -> None:
    run()
    fake.calls.clear()
    result = run("rotate-token")

    assert result.exit_code == 0, result.output
    secrets = fake.scripts[NAME].secrets
    assert result.stdout == f"INTERNAL_QUEUE_TOKEN={secrets['INTERNAL_QUEUE_TOKEN']}\n"
    assert secrets["INTERNAL_QUEUE_TOKEN"] != SECRET
    assert len(secrets["INTERNAL_QUEUE_TOKEN"]) >= 40
    assert secrets["INTERNAL_QUEUE_TOKEN_BEFORE"] == SECRET


def test_a_rotation_that_fails_half_way_leaves_the_worker_ticking(
    run: Run, fake: FakeCloudflare
) -> None:
    run()
    fake.answer_next(None, None, Answer(500))  # look-up, the old token, the new one
    result = run("rotate-token")

    assert result.exit_code == 1
    assert fake.scripts[NAME].secrets["INTERNAL_QUEUE_TOKEN"] == SECRET


def test_status_tells_of_a_rotation_until_the_next_deploy(run: Run) -> None:
    run()
    run("rotate-token")
    assert "before a rotation is kept" in run("status").output

    run(internal_queue_token="the new one")

    assert "before a rotation" not in run("status").output


def test_rotation_without_a_worker_says_to_deploy_first(run: Run) -> None:
    result = run("rotate-token")

    assert result.exit_code == 1
    assert "deploy-cron-worker first" in result.output


def test_rotation_without_the_old_token_warns_of_refused_ticks(
    run: Run, fake: FakeCloudflare
) -> None:
    run()
    result = run("rotate-token", internal_queue_token="")

    assert result.exit_code == 0, result.output
    assert "INTERNAL_QUEUE_TOKEN_BEFORE" not in fake.scripts[NAME].secrets
    assert "refused until" in result.stderr


def test_destroy_asks_for_yes(run: Run, fake: FakeCloudflare) -> None:
    run()
    result = run("destroy")

    assert result.exit_code == 2
    assert "--yes" in result.output
    assert NAME in fake.scripts


def test_destroy_removes_the_worker_and_may_be_repeated(run: Run, fake: FakeCloudflare) -> None:
    run()
    first, second = run("destroy", confirmed=True), run("destroy", confirmed=True)

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert fake.scripts == {}
    assert "is gone" in first.output
    assert "There is no Worker" in second.output
