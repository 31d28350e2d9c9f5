"""`look`: what a page shows before anybody asks."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

from pitchbar.agents.config import OpenHours, Trigger
from pitchbar.agents.models import Agent
from pitchbar.chat.models import Conversation, Visitor, WidgetDay
from pitchbar.extensions import db
from pitchbar.widget.languages import spoken
from tests.agents.factories import make_agent
from tests.chat.widget import SHOP, Widget, error_code
from tests.support.browsing import SITE, FormClient
from tests.support.factories import People

LOOK = "/api/v1/widget/look"


def look(
    client: FormClient,
    agent: Agent | str,
    headers: Mapping[str, str] | None = None,
    **query: str,
) -> TestResponse:
    public_id = agent if isinstance(agent, str) else agent.public_id
    sent = {"Origin": SHOP, **(headers or {})}
    return client.get(LOOK, query_string={"agent": public_id, **query}, headers=sent)


def found(answer: TestResponse) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.get_json()
    return said


def test_it_says_how_the_agent_looks_and_speaks_first(client: FormClient, people: People) -> None:
    greets = Trigger(kind="scroll", value=60, text="May I help?")
    opens = Trigger(kind="utm", value="campaign=spring", action="open")
    agent = make_agent(
        people.workspace,
        name="Nora",
        persona="A secret persona",
        greeting="Hello!",
        triggers=(greets, opens),
    )
    said = found(look(client, agent))
    assert said["agent"]["id"] == agent.public_id
    assert (said["agent"]["name"], said["agent"]["greeting"]) == ("Nora", "Hello!")
    assert said["is_open"] is True
    assert said["triggers"] == [
        {"kind": "scroll", "value": 60, "action": "greet", "text": "May I help?"},
        {"kind": "utm", "value": "campaign=spring", "action": "open", "text": ""},
    ]
    assert "secret" not in str(said)


def test_it_costs_two_statements_that_read_and_stores_nothing(
    client: FormClient, people: People
) -> None:
    public_id = make_agent(people.workspace).public_id
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    found(look(client, public_id, path="/cups", language="de"))
    # Whether operators changed a setting is looked up every five seconds, by whichever request.
    others = ("PRAGMA", "SELECT operator_settings.")
    reads = [one for one in asked if not one.startswith(others)]
    assert len(reads) == 2, reads
    assert all(one.startswith("SELECT") for one in reads)
    for model in (Conversation, Visitor):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0


def test_browser_keeps_it_for_a_minute_and_nobody_else_does(
    client: FormClient, people: People
) -> None:
    agent = make_agent(people.workspace)
    answer = look(client, agent)
    assert answer.headers["Cache-Control"] == "private, max-age=60"
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert {"Origin", "Accept-Language"} <= {one.strip() for one in answer.vary}
    assert "Set-Cookie" not in answer.headers
    same = look(client, agent, {"If-None-Match": answer.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["Cache-Control"] == "private, max-age=60"


@pytest.mark.parametrize(
    ("origin", "status"),
    [(SHOP, 200), ("https://elsewhere.example", 403), ("null", 403), (SITE, 200)],
)
def test_only_pages_that_the_agent_allows_are_told(
    client: FormClient, people: People, origin: str, status: int
) -> None:
    answer = look(client, make_agent(people.workspace), {"Origin": origin})
    assert answer.status_code == status
    if status == 403:
        assert error_code(answer) == "origin_not_allowed"
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "max-age" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/cups", 200),
        ("/checkout", 403),
        ("/checkout/pay?x=1", 403),
        ("//checkout", 403),
        ("/%63heckout", 403),
        ("checkout", 403),
        ("//evil.example/cups", 200),
        ("", 200),
    ],
)
def test_restricted_paths_are_refused_however_they_are_spelled(
    client: FormClient, people: People, path: str, status: int
) -> None:
    agent = make_agent(people.workspace, restricted_paths=("/checkout",))
    answer = look(client, agent, path=path)
    assert answer.status_code == status
    if status == 403:
        assert error_code(answer) == "path_restricted"


def test_what_is_no_published_agent_is_not_found(client: FormClient, people: People) -> None:
    draft = make_agent(people.workspace, is_published=False)
    make_agent(people.workspace)
    for agent in (draft, "ag_nothing", ""):
        answer = look(client, agent)
        assert answer.status_code == 404
        assert error_code(answer) == "no_agent"
    # Its page may read that, since another agent lets it in.
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP


@pytest.mark.parametrize("query", [{}, {"agent": "x" * 41}, {"agent": "ag_1", "path": "/" * 2049}])
def test_what_cannot_be_read_is_said(client: FormClient, query: dict[str, str]) -> None:
    answer = client.get(LOOK, query_string=query, headers={"Origin": SHOP})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("agents", "asked", "browsers", "language"),
    [
        ("de", "en", "en", "de"),
        ("de-AT", "", "", "de"),
        ("", "de-CH", "en", "de"),
        ("", "", "de-DE, en;q=0.5", "de"),
        ("", "", "xx, de;q=0.5", "de"),
        ("xx", "de", "en", "de"),
        ("", "tlh", "", "en"),
        ("", "", "*", "en"),
        ("", "", "", "en"),
    ],
)
def test_its_words_are_the_agents_or_the_pages_or_the_browsers(
    client: FormClient, people: People, agents: str, asked: str, browsers: str, language: str
) -> None:
    agent = make_agent(people.workspace, language=agents)
    answer = look(client, agent, {"Accept-Language": browsers}, language=asked)
    assert found(answer)["language"] == language


def test_it_speaks_what_is_built() -> None:
    assert {"en", "de"} <= spoken()
    assert all(len(one) == 2 for one in spoken())


def test_outside_of_business_hours_nobody_is_there(client: FormClient, people: People) -> None:
    said = found(look(client, make_agent(people.workspace, hours=())))
    assert said["is_open"] is False
    assert said["agent"]["offers"] == ["lead_form"]
    always = tuple(OpenHours(day=day, opens="00:00", closes="24:00") for day in range(7))
    assert found(look(client, make_agent(people.workspace, hours=always)))["is_open"] is True


@pytest.mark.settings(ratelimit_enabled=True, ratelimit_widget_look="2/minute")
def test_it_is_limited_by_address_and_agent_and_apart_from_the_chat(
    client: FormClient, people: People
) -> None:
    one, other = make_agent(people.workspace), make_agent(people.workspace)
    assert [look(client, one).status_code for _ in range(3)] == [200, 200, 429]
    refused = look(client, one)
    assert refused.headers["Access-Control-Allow-Origin"] == SHOP
    assert int(refused.headers["Retry-After"]) > 0
    assert "max-age" not in refused.headers.get("Cache-Control", "")
    assert look(client, other).status_code == 200
    begun = client.post(
        "/api/v1/widget/init", json={"agent": one.public_id}, headers={"Origin": SHOP}
    )
    assert begun.status_code == 200


@pytest.mark.settings(ratelimit_enabled=True, ratelimit_widget="3/minute")
def test_pages_that_are_opened_take_nothing_from_who_speaks(
    client: FormClient, people: People
) -> None:
    agent = make_agent(people.workspace)
    # Whoever makes up agents is counted too.
    asked = (agent, "ag_one", "ag_two", agent)
    assert [look(client, one).status_code for one in asked] == [200, 404, 404, 429]
    assert Widget(client, agent).init().status_code == 200


def test_that_it_spoke_first_is_counted(client: FormClient, people: People) -> None:
    widget = Widget(client, make_agent(people.workspace))
    widget.init()
    for _ in range(2):
        assert widget.send("POST", "/events", {"kind": "trigger_followed"}).status_code == 204
    (day,) = db.session.scalars(select(WidgetDay))
    assert (day.kind, day.count) == ("trigger_followed", 2)
