"""Agents as programs make and publish them."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from pitchbar.agents.models import Agent
from pitchbar.agents.publication import find_published
from pitchbar.extensions import db
from tests.agents.factories import make_agent
from tests.sources.factories import make_source
from tests.support.browsing import FormClient
from tests.support.factories import People, bearer, make_token


@pytest.fixture
def headers(people: People) -> dict[str, str]:
    return bearer(make_token(people.workspace))


@pytest.fixture
def at(people: People) -> str:
    return f"/api/v1/workspaces/{people.workspace.slug}/agents"


def json_of(answer: TestResponse) -> Any:
    return answer.get_json()


def test_agent_is_made_published_changed_and_taken_back(
    client: FormClient, people: People, headers: dict[str, str], at: str
) -> None:
    source = make_source(people.workspace, "text", text="Nine to five.")
    body: dict[str, Any] = {
        "name": "Help desk",
        "allowed_origins": ["https://shop.example"],
        "source_ids": [source.id],
    }
    made = client.post(at, json=body, headers=headers)
    assert made.status_code == 201
    agent_id, public_id = json_of(made)["id"], json_of(made)["public_id"]
    assert json_of(made)["published_version"] is None
    one = f"{at}/{agent_id}"
    published = client.post(f"{one}/publication", headers=headers)
    assert json_of(published)["published_version"] == 1
    assert client.post(f"{one}/publication", headers=headers).status_code == 409
    changed = client.patch(
        one, json={"greeting": "Hello", "allowed_origins": ["*"]}, headers=headers
    )
    assert json_of(changed)["has_unpublished_changes"] is True
    served = find_published(public_id)
    assert served
    assert (served.config.greeting, served.allowed_origins) == ("", ("*",))
    every = client.patch(one, json={"all_sources": True}, headers=headers)
    assert json_of(every)["source_ids"] is None
    taken_back = client.delete(f"{one}/publication", headers=headers)
    assert json_of(taken_back)["published_version"] is None
    assert client.delete(one, headers=headers).status_code == 204
    assert client.get(one, headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "A", "allowed_origins": ["https://a.example/b"]}, "allowed_origins"),
        ({"name": "A", "source_ids": [4711]}, "source_ids"),
        ({"name": "A", "tone": "rude"}, "tone"),
        ({"name": "A", "threshold": 2}, "threshold"),
        ({"name": "A", "hours": [{"day": 9, "opens": "a", "closes": "b"}]}, "hours"),
        ({"name": "A", "hours": [{"day": 1, "opens": "9", "closes": "b"}]}, "hours"),
        ({"name": "A", "nonsense": 1}, "nonsense"),
    ],
)
def test_what_is_not_fit_names_its_field(
    client: FormClient, headers: dict[str, str], at: str, body: dict[str, Any], field: str
) -> None:
    answer = client.post(at, json=body, headers=headers)
    assert answer.status_code == 422
    assert any(name.startswith(field) for name in json_of(answer)["error"]["fields"])
    assert db.session.query(Agent).count() == 0


def test_lists_come_in_pages(
    client: FormClient, people: People, headers: dict[str, str], at: str
) -> None:
    for n in range(3):
        make_agent(people.workspace, name=f"Agent {n}")
    make_agent(people.elsewhere)
    first = json_of(client.get(f"{at}?per_page=2", headers=headers))
    more = f"{at}?per_page=2&cursor={first['next_cursor']}"
    second = json_of(client.get(more, headers=headers))
    names = [one["name"] for one in first["data"] + second["data"]]
    assert names == ["Agent 2", "Agent 1", "Agent 0"]
    assert second["next_cursor"] is None
