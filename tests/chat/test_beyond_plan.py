"""More conversations in a month than the plan has: they are kept, and wait for a person."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, select

from pitchbar.chat.models import Conversation, Message
from pitchbar.chat.monthly.counting import is_full
from pitchbar.chat.monthly.models import ConversationDay
from pitchbar.chat.recent import recent
from pitchbar.chat.sentences import LANGUAGES, say
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.inbox.lists import LISTS
from pitchbar.workspaces.plan_usage import count_used
from pitchbar.workspaces.plans import CONVERSATIONS, FREE, PLANS
from tests.agents.factories import make_agent
from tests.chat.widget import Event, Widget
from tests.retrieval.factories import handbook, make_indexed, run_jobs
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People
from tests.support.servers import on_both_databases

QUESTION = "When does money come back?"
LIMIT = 2


@pytest.fixture
def widgets(client: FormClient, people: People, monkeypatch: pytest.MonkeyPatch) -> list[Widget]:
    """Three visitors of an agent whose plan has two conversations."""
    monkeypatch.setitem(PLANS, FREE, replace(PLANS[FREE], conversations=LIMIT))
    people.workspace.plan = FREE
    db.session.commit()
    make_indexed(people.workspace.id, handbook())
    agent = make_agent(people.workspace)
    made = [Widget(client, agent) for _ in range(LIMIT + 1)]
    for one in made:
        assert one.init().status_code == 200
    return made


def ask(widget: Widget, text: str = QUESTION) -> Event:
    """The end of the answer, once it is written down."""
    done = widget.ask(text)[-1]
    run_jobs("chat.")
    return done


def is_answered(done: Event) -> bool:
    return "fourteen days" in done.data["text"]


@on_both_databases
def test_one_more_is_kept_and_not_answered_and_the_others_go_on(
    client: FormClient, people: People, widgets: list[Widget]
) -> None:
    first, second, third = widgets
    assert is_answered(ask(first))
    assert is_answered(ask(second))
    done = ask(third).data
    assert done["text"] == say("beyond_plan", "en")
    assert (done["mode"], done["citations"]) == ("notice", [])
    assert done["offers"] == ["person", "lead_form"]
    assert is_answered(ask(first))
    # It goes on to be one that is not answered, also when its past is read from the database.
    recent().forget(_row(third).public_id)
    assert not is_answered(ask(third, "And the opening hours?"))
    row = _row(third)
    assert row.is_beyond_plan
    assert row.is_unanswered
    assert (row.answered, row.refused, row.messages) == (0, 0, 4)
    assert not _row(first).is_unanswered
    assert count_used(people.workspace, CONVERSATIONS) == LIMIT + 1
    texts = select(Message.text).where(Message.conversation_id == row.id, Message.role == "visitor")
    assert set(db.session.scalars(texts)) == {QUESTION, "And the opening hours?"}
    assert "unanswered" in LISTS
    sign_in(client, people.editor)
    listed = client.get(f"/w/{people.workspace.slug}/conversations?list=unanswered")
    assert listed.status_code == 200
    assert f"/conversations/{row.public_id}" in listed.text
    assert f"/conversations/{_row(first).public_id}" not in listed.text


def test_larger_plan_answers_the_same_conversation(people: People, widgets: list[Widget]) -> None:
    for widget in widgets:
        ask(widget)
    people.workspace.plan = "growth"
    db.session.commit()
    assert is_answered(ask(widgets[2]))
    assert not _row(widgets[2]).is_unanswered


def test_next_month_has_room_again(
    people: People, widgets: list[Widget], monkeypatch: pytest.MonkeyPatch
) -> None:
    for widget in widgets:
        ask(widget)
    people.workspace.time_zone = "Pacific/Auckland"
    days = list(db.session.scalars(select(ConversationDay)))
    assert sum(one.begun for one in days) == LIMIT + 1
    for one in days:
        one.day = datetime(2026, 11, 3, tzinfo=UTC).date()
    db.session.commit()
    # By the clocks of Auckland, December begins at 11 o'clock in the UTC of the day before.
    assert is_full(people.workspace.id, datetime(2026, 11, 30, 10, 59, tzinfo=UTC))
    assert not is_full(people.workspace.id, datetime(2026, 11, 30, 11, 1, tzinfo=UTC))


def test_person_who_is_asked_for_is_offered_beyond_the_plan_too(widgets: list[Widget]) -> None:
    for widget in widgets[:LIMIT]:
        ask(widget)
    done = ask(widgets[2], "I want to talk to a human").data
    assert done["text"] == say("person", "en")
    assert "person" in done["offers"]


def test_room_is_asked_for_in_two_statements_and_nothing_is_written(
    widgets: list[Widget], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    workspace_id = widgets[0].agent.workspace_id
    event.listen(db.engine, "before_cursor_execute", hear)
    assert not is_full(workspace_id, clock.now())
    event.remove(db.engine, "before_cursor_execute", hear)
    assert len(asked) == 2
    assert all(one.startswith("SELECT") for one in asked)


def test_a_conversation_counts_once_on_the_day_of_its_workspace(
    people: People, widgets: list[Widget]
) -> None:
    ask(widgets[0])
    ask(widgets[0])
    today = clock.local_date(clock.now(), people.workspace.time_zone)
    rows = db.session.scalars(select(ConversationDay)).all()
    assert [(one.workspace_id, one.day, one.begun) for one in rows] == [
        (people.workspace.id, today, 1)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_said_in_each_language_of_the_chat(language: str) -> None:
    text = say("beyond_plan", language)
    assert text
    assert language == "en" or text != say("beyond_plan", "en")


def _row(widget: Widget) -> Conversation:
    db.session.expire_all()
    found = db.session.scalars(select(Conversation)).all()
    return next(one for one in found if str(one.public_id) == widget.conversation_id)
