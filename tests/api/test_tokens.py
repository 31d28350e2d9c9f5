"""Tokens that programs make and revoke."""

import pytest
from sqlalchemy import select

from pitchbar.core.tokens import hash_secret
from pitchbar.events.actors import Actor
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.workspaces.models import ApiToken
from pitchbar.workspaces.tokens.services import create_token
from tests.support.browsing import FormClient
from tests.support.factories import People, bearer, make_token
from tests.support.servers import on_both_databases

NEW = {"name": "Nightly report", "scope": "read"}


@pytest.fixture
def url(people: People) -> str:
    return f"/api/v1/workspaces/{people.workspace.slug}/tokens"


@pytest.fixture
def headers(people: People) -> dict[str, str]:
    """A token of the owner."""
    by = Actor("person", people.owner.id, people.owner.name)
    _, secret = create_token(people.workspace, name="In use", scope="read-write", by=by)
    db.session.commit()
    return bearer(secret)


@on_both_databases
def test_new_token_works_and_its_secret_is_told_once(
    client: FormClient, url: str, headers: dict[str, str]
) -> None:
    made = client.post(url, json=NEW, headers=headers)
    assert made.status_code == 201
    secret = made.get_json()["secret"]
    assert client.get(url, headers=bearer(secret)).status_code == 200
    assert client.post(url, json=NEW, headers=bearer(secret)).status_code == 403
    listed = client.get(url, headers=headers)
    assert [token["name"] for token in listed.get_json()["data"]] == ["Nightly report", "In use"]
    assert secret not in listed.text
    one = client.get(f"{url}/{made.get_json()['id']}", headers=headers)
    assert "secret" not in one.get_json()
    kept = db.session.get_one(ApiToken, made.get_json()["id"])
    assert kept.token_hash == hash_secret(secret)


def test_new_token_counts_as_made_by_the_person_behind_the_one_in_use(
    client: FormClient, url: str, headers: dict[str, str], people: People
) -> None:
    made = client.post(url, json=NEW, headers=headers).get_json()
    assert made["created_by"] == people.owner.name
    kept = db.session.get_one(ApiToken, made["id"])
    assert (kept.created_by_kind, kept.created_by_id) == ("person", people.owner.id)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.actor_kind == "token")).one()
    assert (entry.action, entry.actor_name) == ("token.created", "In use")
    assert entry.after == NEW | {"prefix": made["secret"][:12]}
    assert made["prefix"] == made["secret"][:12]


@on_both_databases
def test_revoked_token_opens_nothing_from_then_on(
    client: FormClient, url: str, headers: dict[str, str]
) -> None:
    made = client.post(url, json=NEW, headers=headers).get_json()
    answer = client.delete(f"{url}/{made['id']}", headers=headers)
    assert (answer.status_code, answer.get_data()) == (204, b"")
    assert client.get(url, headers=bearer(made["secret"])).status_code == 401
    assert client.delete(f"{url}/{made['id']}", headers=headers).status_code == 404
    assert [token["name"] for token in client.get(url, headers=headers).get_json()["data"]] == [
        "In use"
    ]


def test_token_may_revoke_itself(client: FormClient, url: str, headers: dict[str, str]) -> None:
    own_id = client.get(url, headers=headers).get_json()["data"][0]["id"]
    assert client.delete(f"{url}/{own_id}", headers=headers).status_code == 204
    assert client.get(url, headers=headers).status_code == 401


def test_token_that_reads_sees_tokens_and_changes_none(
    client: FormClient, url: str, people: People
) -> None:
    headers = bearer(make_token(people.workspace, "read"))
    listed = client.get(url, headers=headers)
    assert listed.status_code == 200
    assert client.post(url, json=NEW, headers=headers).status_code == 403
    token_id = listed.get_json()["data"][0]["id"]
    assert client.delete(f"{url}/{token_id}", headers=headers).status_code == 403


def test_tokens_of_another_workspace_are_not_there(
    client: FormClient, url: str, headers: dict[str, str], people: People
) -> None:
    stranger = bearer(make_token(people.elsewhere))
    token_id = client.get(url, headers=headers).get_json()["data"][0]["id"]
    own_url = url.replace(people.workspace.slug, people.elsewhere.slug)
    for address in (url, f"{url}/{token_id}", f"{own_url}/{token_id}"):
        assert client.get(address, headers=stranger).status_code == 404
    assert client.delete(f"{own_url}/{token_id}", headers=stranger).status_code == 404
    assert client.get(url, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"name", "scope"}),
        (NEW | {"scope": "write"}, {"scope"}),
        (NEW | {"name": ""}, {"name"}),
        (NEW | {"name": "x" * 101}, {"name"}),
        (NEW | {"workspace_id": 1}, {"workspace_id"}),
        (NEW | {"created_by_kind": "system"}, {"created_by_kind"}),
        (NEW | {"token_hash": "x"}, {"token_hash"}),
    ],
)
def test_wrong_field_is_named(
    client: FormClient,
    url: str,
    headers: dict[str, str],
    body: dict[str, str],
    fields: set[str],
) -> None:
    answer = client.post(url, json=body, headers=headers)
    assert answer.status_code == 422
    assert set(answer.get_json()["error"]["fields"]) == fields


def test_list_goes_on_with_its_cursor(
    client: FormClient, url: str, headers: dict[str, str], people: People
) -> None:
    for number in range(4):
        make_token(people.workspace, name=f"Token {number}")
    found: list[str] = []
    query: dict[str, str] | None = {"per_page": "2"}
    while query:
        page = client.get(url, headers=headers, query_string=query).get_json()
        found += [token["name"] for token in page["data"]]
        cursor = page["next_cursor"]
        query = {"per_page": "2", "cursor": cursor} if cursor else None
    assert found == ["Token 3", "Token 2", "Token 1", "Token 0", "In use"]
