"""120 requests a minute for each token, over the whole API."""

import pytest
from sqlalchemy.exc import OperationalError

from pitchbar.workspaces.tokens import access
from tests.support.browsing import FormClient
from tests.support.factories import People, bearer, make_code, make_token

pytestmark = pytest.mark.settings(ratelimit_enabled=True, ratelimit_api="5/minute")

HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


@pytest.fixture
def base(people: People) -> str:
    return f"/api/v1/workspaces/{people.workspace.slug}"


@pytest.fixture
def headers(people: People) -> dict[str, str]:
    return bearer(make_token(people.workspace))


@pytest.mark.settings(ratelimit_enabled=True, ratelimit_api="120/minute")
def test_limit_is_120_unless_set(client: FormClient, base: str, headers: dict[str, str]) -> None:
    answer = client.get(base, headers=headers)
    assert [answer.headers[name] for name in HEADERS[:2]] == ["120", "119"]


def test_budget_is_one_over_all_parts_of_the_api(
    client: FormClient, base: str, headers: dict[str, str], people: People
) -> None:
    code = make_code(people.workspace)
    paths = ["", "/codes", f"/codes/{code.id}/stats", "/tokens", f"/codes/{code.id}/qr.svg"]
    answers = [client.get(base + path, headers=headers) for path in paths]
    assert [answer.status_code for answer in answers] == [200] * 5
    left = [answer.headers["X-RateLimit-Remaining"] for answer in answers]
    assert left == ["4", "3", "2", "1", "0"]
    refused = client.get(f"{base}/codes", headers=headers)
    assert refused.status_code == 429
    assert refused.get_json()["error"]["code"] == "rate_limited"
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert 0 < int(refused.headers["Retry-After"]) <= 60


def test_refused_requests_say_how_the_limit_stands_too(
    client: FormClient, base: str, headers: dict[str, str], people: People
) -> None:
    read = bearer(make_token(people.workspace, "read"))
    answers = {
        401: client.get(base),
        403: client.post(f"{base}/codes", headers=read),
        404: client.get(f"{base}/codes/999", headers=headers),
        415: client.post(f"{base}/codes", data="x", headers=headers),
        422: client.post(f"{base}/codes", json=[], headers=headers),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert all(answer.headers[name].isdigit() for name in HEADERS), status


def test_tokens_have_budgets_of_their_own(
    client: FormClient, base: str, headers: dict[str, str], people: People
) -> None:
    for _ in range(6):
        last = client.get(base, headers=headers)
    assert last.status_code == 429
    other = bearer(make_token(people.workspace))
    assert client.get(base, headers=other).status_code == 200


def test_budget_of_a_token_is_the_same_from_every_address(
    client: FormClient, base: str, headers: dict[str, str]
) -> None:
    for number in range(6):
        client.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
        last = client.get(base, headers=headers)
    assert last.status_code == 429


def test_without_a_valid_token_the_address_counts(
    client: FormClient, base: str, headers: dict[str, str]
) -> None:
    """Guessing with ever new tokens does not open new budgets."""
    guesses: list[dict[str, str]] = [{}, *(bearer(f"pb_live_guess{n}") for n in range(5))]
    statuses = [client.get(base, headers=guess).status_code for guess in guesses]
    assert statuses == [401] * 5 + [429]
    # A program behind the same address is not held up by it.
    assert client.get(base, headers=headers).status_code == 200
    client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    assert client.get(base).status_code == 401


def test_database_that_is_gone_is_a_503(
    client: FormClient, base: str, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(secret: str) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(access, "find_token", fail)
    answer = client.get(base, headers=headers)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) >= 5


def test_description_and_guide_cost_nothing(client: FormClient) -> None:
    for _ in range(7):
        assert client.get("/api/v1/openapi.json").status_code == 200
        assert client.get("/api/docs").status_code == 200
