"""Who may call the API: tokens, scopes, workspaces, and the limit."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.workspaces.models import ApiToken
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, bearer, make_code, make_token

# Every other address is asked by the guards, with each kind of token.
CALLS = [
    ("GET", ""),
    ("GET", "/codes"),
    ("POST", "/codes"),
    ("GET", "/codes/{id}"),
    ("PATCH", "/codes/{id}"),
    ("GET", "/codes/{id}/qr.svg"),
    ("GET", "/codes/{id}/scans"),
    ("GET", "/codes/{id}/stats"),
]
BODY = {"name": "Menu", "destination_url": "https://shop.example/"}


@pytest.fixture
def code(people: People) -> Code:
    return make_code(people.workspace)


def statuses(
    client: FormClient, slug: str, code: Code, headers: dict[str, str]
) -> dict[tuple[str, str], int]:
    return {
        (method, path): client.open(
            f"/api/v1/workspaces/{slug}{path.format(id=code.id)}",
            method=method,
            headers=headers,
            json=BODY if method != "GET" else None,
        ).status_code
        for method, path in CALLS
    }


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer pb_live_wrong"},
        {"Authorization": "Bearer \x00\xff"},
        {"Authorization": "Basic cGI6cGI="},
        {"Authorization": "pb_live_wrong"},
    ],
)
def test_no_or_wrong_token_gets_401_everywhere(
    client: FormClient, people: People, code: Code, headers: dict[str, str]
) -> None:
    answers = statuses(client, people.workspace.slug, code, headers)
    assert set(answers.values()) == {401}
    response = client.get(f"/api/v1/workspaces/{people.workspace.slug}", headers=headers)
    assert response.get_json()["error"]["code"] == "unauthorized"
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_signed_in_browser_is_no_token(client: FormClient, people: People, code: Code) -> None:
    """Else another site could send a person's browser to the API."""
    sign_in(client, people.owner)
    assert set(statuses(client, people.workspace.slug, code, {}).values()) == {401}


def test_revoked_token_gets_401(client: FormClient, people: People, code: Code) -> None:
    secret = make_token(people.workspace)
    assert client.get(f"/api/v1/workspaces/{people.workspace.slug}", headers=bearer(secret))
    db.session.scalars(select(ApiToken)).one().revoked_at = clock.now()
    answers = statuses(client, people.workspace.slug, code, bearer(secret))
    assert set(answers.values()) == {401}


def test_read_token_reads_and_gets_403_for_the_rest(
    client: FormClient, people: People, code: Code
) -> None:
    secret = make_token(people.workspace, scope="read")
    answers = statuses(client, people.workspace.slug, code, bearer(secret))
    assert answers == {call: 200 if call[0] == "GET" else 403 for call in CALLS}
    assert code.name != "Menu"
    assert len(db.session.scalars(select(Code)).all()) == 1


def test_read_write_token_may_call_everything(
    client: FormClient, people: People, code: Code
) -> None:
    answers = statuses(client, people.workspace.slug, code, bearer(make_token(people.workspace)))
    assert answers == {call: 201 if call[0] == "POST" else 200 for call in CALLS}


@pytest.mark.parametrize("word", ["bearer", "BEARER", "Bearer  "])
def test_scheme_is_known_in_any_case(client: FormClient, people: People, word: str) -> None:
    headers = {"Authorization": f"{word} {make_token(people.workspace)}"}
    response = client.get(f"/api/v1/workspaces/{people.workspace.slug}", headers=headers)
    assert response.status_code == 200


def test_token_of_another_workspace_gets_404(
    client: FormClient, people: People, code: Code
) -> None:
    secret = make_token(people.elsewhere)
    answers = statuses(client, people.workspace.slug, code, bearer(secret))
    assert set(answers.values()) == {404}
    answers = statuses(client, "no-such-workspace", code, bearer(secret))
    assert set(answers.values()) == {404}


def test_code_of_another_workspace_gets_404(client: FormClient, people: People, code: Code) -> None:
    secret = make_token(people.elsewhere)
    answers = statuses(client, people.elsewhere.slug, code, bearer(secret))
    assert {call: status for call, status in answers.items() if "{id}" in call[1]} == {
        call: 404 for call in CALLS if "{id}" in call[1]
    }
    assert code.name != "Menu"


def test_token_is_kept_as_a_hash_only(client: FormClient, people: People) -> None:
    secret = make_token(people.workspace)
    token = db.session.scalars(select(ApiToken)).one()
    assert secret.startswith("pb_live_")
    assert len(secret) > 40
    assert len(token.token_hash) == 64
    # Four characters of 43 stay readable, to tell tokens apart.
    assert token.prefix == secret[:12]
    columns = [one.name for one in ApiToken.__table__.columns if one.name != "prefix"]
    kept = [str(getattr(token, name)) for name in columns]
    assert not any(secret in value or value in secret for value in kept if len(value) > 10)


def test_last_use_is_kept_to_the_minute(
    client: FormClient, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = bearer(make_token(people.workspace))
    token = db.session.scalars(select(ApiToken)).one()
    assert token.last_used_at is None
    at = datetime(2026, 11, 18, 12, tzinfo=UTC)
    for seconds, expected in ((0, 0), (59, 0), (60, 60)):
        moment = at + timedelta(seconds=seconds)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        client.get(f"/api/v1/workspaces/{people.workspace.slug}", headers=headers)
        assert token.last_used_at == at + timedelta(seconds=expected)


class TestLimit:
    pytestmark = pytest.mark.settings(ratelimit_enabled=True, ratelimit_api="3/minute")

    def test_one_budget_for_a_token_over_all_endpoints(
        self, client: FormClient, people: People, code: Code
    ) -> None:
        headers = bearer(make_token(people.workspace))
        at = f"/api/v1/workspaces/{people.workspace.slug}"
        left = [
            client.get(at + path, headers=headers).headers["X-RateLimit-Remaining"]
            for path in ("", "/codes", f"/codes/{code.id}/stats")
        ]
        assert left == ["2", "1", "0"]
        refused = client.get(at, headers=headers)
        assert refused.status_code == 429
        assert refused.get_json()["error"]["code"] == "rate_limited"
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert refused.headers["X-RateLimit-Limit"] == "3"
        assert refused.headers["X-RateLimit-Remaining"] == "0"
        assert int(refused.headers["X-RateLimit-Reset"]) > 1_700_000_000
        other = bearer(make_token(people.workspace))
        assert client.get(at, headers=other).status_code == 200

    def test_requests_without_a_token_share_the_budget_of_their_address(
        self, client: FormClient, people: People
    ) -> None:
        at = f"/api/v1/workspaces/{people.workspace.slug}"
        assert [client.get(at).status_code for _ in range(4)] == [401, 401, 401, 429]
        client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
        assert client.get(at).status_code == 401
