"""What lets the widget speak first."""

from typing import Any

import pytest

from pitchbar.agents.changes import differences
from pitchbar.agents.config import AgentConfig, Trigger
from pitchbar.agents.errors import InvalidAgent, InvalidFields
from pitchbar.agents.models import Agent
from pitchbar.agents.triggers import clean_triggers
from pitchbar.extensions import db
from tests.agents.factories import make_agent
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, bearer, make_token

FORM = {"name": "Help desk", "tone": "formal", "scope": "all", "accent": "#123456"}


def made(kind: Any, value: Any = None, text: str = "Hello", **more: Any) -> Trigger:
    return Trigger(kind=kind, value=value, text=text, **more)


def row(number: int, **typed: str) -> dict[str, str]:
    return {f"trigger-{number}-{name}": value for name, value in typed.items()}


def the_triggers() -> tuple[Trigger, ...]:
    return AgentConfig.of(db.session.query(Agent).one().draft).triggers


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("time", "20", 20),
        ("time", 1, 1),
        ("time", " 3600 ", 3600),
        ("scroll", "100", 100),
        ("idle", "5", 5),
        ("exit", "whatever", None),
        ("utm", "campaign=spring sale", "campaign=spring sale"),
        ("utm", "utm_source=news", "source=news"),
    ],
)
def test_what_is_fit_is_kept(kind: str, value: Any, kept: Any) -> None:
    (trigger,) = clean_triggers([made(kind, value, "  Hello\n there ")])
    assert (trigger.value, trigger.text) == (kept, "Hello there")


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("time", "", "seconds from 1 to 3,600"),
        ("time", 0, "seconds from 1 to 3,600"),
        ("time", 3601, "seconds from 1 to 3,600"),
        ("time", "-5", "seconds from 1 to 3,600"),
        ("time", "1.5", "seconds from 1 to 3,600"),
        ("time", "9" * 5000, "seconds from 1 to 3,600"),
        ("time", None, "seconds from 1 to 3,600"),
        ("scroll", 101, "percent from 1 to 100"),
        ("idle", 4, "seconds from 5 to 3,600"),
        ("utm", "spring", "such as campaign=spring"),
        ("utm", "campaign=", "such as campaign=spring"),
        ("utm", "gclid=1", "such as campaign=spring"),
        ("utm", "campaign=" + "x" * 101, "such as campaign=spring"),
        ("utm", 7, "such as campaign=spring"),
    ],
)
def test_value_that_is_none_is_said_at_its_place(kind: str, value: Any, said: str) -> None:
    with pytest.raises(InvalidFields, match=said) as refused:
        clean_triggers([made("exit"), made(kind, value)])
    assert set(refused.value.fields) == {"triggers.1.value"}


@pytest.mark.parametrize(("text", "said"), [(" ", "Write what it says"), ("x" * 161, "are 161")])
def test_a_greeting_has_words_and_not_too_many(text: str, said: str) -> None:
    with pytest.raises(InvalidFields, match=said) as refused:
        clean_triggers([made("exit", text=text)])
    assert set(refused.value.fields) == {"triggers.0.text"}
    (opens,) = clean_triggers([made("exit", text=text, action="open")])
    assert opens.text == ""


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(InvalidFields) as refused:
        clean_triggers([made("time", 0, text=""), made("exit"), made("idle", 1), made("exit")])
    assert set(refused.value.fields) == {
        "triggers.0.text",
        "triggers.0.value",
        "triggers.2.value",
        "triggers.3.kind",
    }


def test_there_are_five_at_the_most_and_each_once() -> None:
    several = [made("time", seconds) for seconds in range(1, 6)]
    assert len(clean_triggers(several)) == 5
    with pytest.raises(InvalidAgent, match="5 triggers at the most"):
        clean_triggers([*several, made("exit")])
    with pytest.raises(InvalidFields, match="there already"):
        clean_triggers([made("time", 20), made("time", "20", "Other words")])


def test_versions_tell_them_apart() -> None:
    before = AgentConfig()
    after = AgentConfig(
        triggers=(made("time", 20), made("utm", "campaign=spring", "", action="open"))
    )
    (one,) = differences(before, after, {})
    assert (one.label, one.before) == ("Speaks first", "—")
    assert one.after == (
        "After 20 seconds on the page: “Hello”\nComing by utm_campaign=spring: opens the chat"
    )


@pytest.fixture
def at(client: FormClient, people: People) -> str:
    sign_in(client, people.editor)
    agent = make_agent(people.workspace)
    return f"/w/{people.workspace.slug}/agents/{agent.id}"


def test_form_keeps_the_rows_that_are_chosen(client: FormClient, at: str) -> None:
    rows = {
        **row(0, kind="time", value="20", action="greet", text="May I help?"),
        # Taken away, and never there.
        **row(1, kind="", value="7", action="greet", text="Gone"),
        **row(3, kind="exit", value="", action="open", text=""),
    }
    assert client.submit(at, FORM | rows).status_code == 303
    assert the_triggers() == (
        Trigger(kind="time", value=20, text="May I help?"),
        Trigger(kind="exit", action="open"),
    )
    page = client.get(f"{at}/edit").text
    assert 'value="May I help?"' in page
    # And all away again.
    assert client.submit(at, FORM).status_code == 303
    assert the_triggers() == ()


def test_what_is_wrong_is_said_in_its_row_and_nothing_is_lost(client: FormClient, at: str) -> None:
    rows = {
        **row(0, kind="", value="", action="greet", text=""),
        **row(1, kind="exit", action="greet", text="Wait a moment"),
        **row(2, kind="scroll", value="much", action="greet", text="Halfway <there>"),
    }
    answer = client.submit(at, FORM | rows)
    assert answer.status_code == 422
    assert 'value="much"' in answer.text
    assert 'value="Wait a moment"' in answer.text
    assert 'value="Halfway &lt;there&gt;"' in answer.text
    assert "Enter percent from 1 to 100." in answer.text
    # At the field itself, for who hears the page.
    at_field = answer.text.partition('value="much"')[2].partition(">")[0]
    assert 'aria-invalid="true"' in at_field
    assert the_triggers() == ()


@pytest.mark.parametrize("typed", [{"kind": "<script>"}, {"kind": "exit", "action": "explode"}])
def test_choices_that_nobody_is_offered_are_refused(
    client: FormClient, at: str, typed: dict[str, str]
) -> None:
    answer = client.submit(at, FORM | row(0, **{"text": "Hello", "action": "greet", **typed}))
    assert answer.status_code == 422
    assert "<script>" not in answer.text.split("<main")[1]


def test_api_takes_gives_and_clears_them(client: FormClient, people: People) -> None:
    agent = make_agent(people.workspace)
    one = f"/api/v1/workspaces/{people.workspace.slug}/agents/{agent.id}"
    headers = bearer(make_token(people.workspace))
    sent = [{"kind": "time", "value": 20, "text": "Hello"}, {"kind": "exit", "action": "open"}]
    changed = client.patch(one, json={"triggers": sent}, headers=headers)
    assert changed.get_json()["draft"]["triggers"] == [
        {"kind": "time", "value": 20, "action": "greet", "text": "Hello"},
        {"kind": "exit", "value": None, "action": "open", "text": ""},
    ]
    kept = client.patch(one, json={"greeting": "Hi"}, headers=headers)
    assert len(kept.get_json()["draft"]["triggers"]) == 2
    refused = client.patch(
        one, json={"triggers": [{"kind": "idle", "value": 1, "text": "x"}]}, headers=headers
    )
    assert refused.status_code == 422
    assert "triggers.0.value" in refused.get_json()["error"]["fields"]
    for wrong in ({"kind": "click"}, {"kind": "time", "value": True, "text": "x"}, {}):
        assert client.patch(one, json={"triggers": [wrong]}, headers=headers).status_code == 422
    cleared = client.patch(one, json={"triggers": []}, headers=headers)
    assert cleared.get_json()["draft"]["triggers"] == []
