"""What the widget is given beside an agent's form."""

from typing import Any

import pytest

from pitchbar.agents.models import Agent
from pitchbar.extensions import db
from tests.agents.factories import make_agent
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People


@pytest.fixture
def agent(people: People) -> Agent:
    return make_agent(people.workspace, name="Old name", launcher_label="Old words")


def typed(client: FormClient, people: People, agent: Agent, **form: str) -> dict[str, Any]:
    sign_in(client, people.editor)
    answer = client.submit(f"/w/{people.workspace.slug}/agents/{agent.id}/look", form)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.get_json()
    return said


def test_it_is_the_agent_as_it_is_typed_and_nothing_is_kept(
    client: FormClient, people: People, agent: Agent
) -> None:
    said = typed(
        client,
        people,
        agent,
        name="New name",
        greeting="Hello!",
        starters="One?\n\nTwo?",
        accent="#123456",
        position="left",
        offers_form="y",
        asks_phone="y",
        lead_intro="Leave it here.",
    )
    shown = said["agent"]
    assert (shown["id"], shown["name"], shown["greeting"]) == (
        agent.public_id,
        "New name",
        "Hello!",
    )
    assert (shown["starters"], shown["accent"], shown["position"]) == (
        ["One?", "Two?"],
        "#123456",
        "left",
    )
    assert shown["launcher_label"] == ""
    assert shown["offers"] == ["lead_form"]
    assert shown["lead_form"] == {
        "asks_name": False,
        "asks_phone": True,
        "intro": "Leave it here.",
    }
    db.session.refresh(agent)
    assert agent.draft["name"] == "Old name"


def test_what_is_not_fit_is_left_out_while_it_is_typed(
    client: FormClient, people: People, agent: Agent
) -> None:
    shown = typed(
        client,
        people,
        agent,
        name="x" * 500,
        accent="url(x)",
        theme="neon",
        launcher_icon="<b>",
        starters="\n".join("abcdefghi"),
        language="klingon!",
    )["agent"]
    assert (len(shown["name"]), shown["accent"], shown["theme"]) == (80, "#0b7a5c", "auto")
    assert shown["launcher_icon"] == "message"
    assert len(shown["starters"]) == 6


def test_its_words_come_in_the_language_of_its_answers(
    client: FormClient, people: People, agent: Agent
) -> None:
    german = typed(client, people, agent, language="de-AT")
    assert german["language"] == "de"
    assert client.get(german["words"]).status_code == 200
    assert "words-de.js?v=" in german["words"]
    assert "words-en.js?v=" in typed(client, people, agent, language="en")["words"]


def test_page_names_the_widget_of_this_release_and_keeps_a_drawing(
    client: FormClient, people: People, agent: Agent
) -> None:
    sign_in(client, people.editor)
    page = client.get(f"/w/{people.workspace.slug}/agents/{agent.id}/edit").text
    assert 'id="agent-preview"' in page
    named = page.partition('data-look-file="')[2].partition('"')[0]
    assert named.startswith("/widget/preview.js?v=")
    loaded = client.get(named)
    assert loaded.headers["Cache-Control"].endswith("immutable")
