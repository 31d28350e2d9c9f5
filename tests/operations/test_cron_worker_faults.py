"""What the operator reads when Cloudflare refuses, fails or is silent."""

from collections.abc import Iterator

import pytest

from pitchbar.clients import cloudflare
from tests.fakes.cloudflare import ACCOUNT, Answer, FakeCloudflare, running_cloudflare
from tests.fakes.cloudflare import TOKEN as API_TOKEN
from tests.operations.cron_worker_terminal import NAME, Run, terminal_at
from tests.support.servers import free_port


@pytest.fixture
def fake() -> Iterator[FakeCloudflare]:
    with running_cloudflare() as fake:
        yield fake


@pytest.fixture
def run(fake: FakeCloudflare) -> Run:
    return terminal_at(fake)


def test_a_wrong_api_token_is_explained(run: Run) -> None:
    result = run(cloudflare_api_token="wrong")

    assert result.exit_code == 1
    assert "Workers Scripts: Edit" in result.output
    assert "It says: Authentication error (10000)." in result.output
    assert "wrong" not in result.output


def test_a_wrong_account_is_explained(run: Run) -> None:
    result = run(cloudflare_account_id="0" * 32)

    assert result.exit_code == 1
    assert "CLOUDFLARE_ACCOUNT_ID" in result.output
    assert "Could not route to this path (7003)" in result.output


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, "does not accept CLOUDFLARE_API_TOKEN"),
        (403, "may not do this"),
        (404, "no such account or Worker"),
        (418, "refused the request (418)"),
        (500, "a fault of its own just now (500)"),
        (503, "a fault of its own just now (503)"),
    ],
)
def test_every_error_of_an_answer_is_shown_in_words(
    run: Run, fake: FakeCloudflare, status: int, sentence: str
) -> None:
    fake.refuse_next(status, (10021, "No event handlers."), (10068, "Uncaught SyntaxError."))
    result = run()

    assert result.exit_code == 1
    assert sentence in result.output
    assert "It says: No event handlers (10021); Uncaught SyntaxError (10068)." in result.output


def test_too_many_requests_say_how_long_to_wait(run: Run, fake: FakeCloudflare) -> None:
    fake.refuse_next(429, (10429, "Rate limited"), Retry_After="17")
    assert "Try again in 17 s." in run().output

    fake.refuse_next(429)
    assert "Try again in 5 minutes." in run().output


def test_success_false_is_a_refusal_whatever_the_status(run: Run, fake: FakeCloudflare) -> None:
    fake.refuse_next(200, (10021, "Nothing was saved"))
    result = run()

    assert result.exit_code == 1
    assert "Nothing was saved (10021)" in result.output


@pytest.mark.parametrize("body", [b"<html>bad gateway</html>", b"[]"])
def test_an_answer_that_is_no_envelope_is_a_refusal(
    run: Run, fake: FakeCloudflare, body: bytes
) -> None:
    fake.answer_next(Answer(502, body))
    result = run()

    assert result.exit_code == 1
    assert "a fault of its own just now (502)" in result.output


def test_no_answer_in_time_says_that_a_repeat_is_safe(
    run: Run, fake: FakeCloudflare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cloudflare, "_TIMEOUT_SECONDS", 0.2)
    fake.answer_next(Answer(after_seconds=0.6))
    result = run()

    assert result.exit_code == 1
    assert "did not answer within 0.2 s" in result.output
    assert run().exit_code == 0


def test_an_unreachable_api_is_named(run: Run) -> None:
    port = free_port()
    result = run(cloudflare_api_base=f"http://127.0.0.1:{port}/client/v4")

    assert result.exit_code == 1
    assert f"cannot be reached at 127.0.0.1:{port}" in result.output


def test_names_cannot_leave_their_place_in_the_path(run: Run, fake: FakeCloudflare) -> None:
    run(cron_worker_name="../../zones?x=")

    assert all(call.startswith(("PUT /../../zones?x=",)) for call in fake.calls), fake.calls
    assert fake.scripts.keys() <= {"../../zones?x="}


def test_errors_know_whether_a_repeat_can_help(fake: FakeCloudflare) -> None:
    client = cloudflare.Cloudflare(ACCOUNT, API_TOKEN, fake.url)

    def error_of(status: int) -> cloudflare.CloudflareError:
        fake.refuse_next(status)
        with pytest.raises(cloudflare.CloudflareError) as caught:
            client.find_worker(NAME)
        return caught.value

    assert [error_of(status).permanent for status in (401, 404, 429, 500)] == [
        True,
        True,
        False,
        False,
    ]
