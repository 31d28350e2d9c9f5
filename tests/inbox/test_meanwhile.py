"""What happens while somebody writes: their role goes, the visitor goes, or it is far too long."""

from typing import Any

import pytest
from sqlalchemy import select

from pitchbar.chat.changes import is_typing
from pitchbar.chat.models import PERSON, Conversation, Message
from pitchbar.chat.queries import find_conversation
from pitchbar.extensions import db
from pitchbar.inbox import holding
from pitchbar.workspaces.members.services import change_role
from tests.agents.factories import make_agent
from tests.chat.widget import Widget, error_code
from tests.hosted.factories import Page
from tests.inbox.factories import actor_of
from tests.retrieval.factories import run_jobs
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People
from tests.support.members import membership_of
from tests.support.servers import on_both_databases

TYPED = "We do, and on any paper."


@pytest.fixture
def widget(client: FormClient, people: People) -> Widget:
    """Its conversation is the editor's, who has it open."""
    made = Widget(client, make_agent(people.workspace))
    made.init()
    made.ask("Do you print cards?")
    run_jobs("chat.")
    holding.claim(conversation_of(made), people.editor, actor_of(people.editor))
    db.session.commit()
    sign_in(client, people.editor)
    return made


def conversation_of(widget: Widget) -> Conversation:
    db.session.rollback()
    return db.session.scalars(select(Conversation)).one()


def state_of(widget: Widget) -> Any:
    return widget.send("GET", "/messages").get_json()


def thread_of(widget: Widget, people: People) -> str:
    return f"/w/{people.workspace.slug}/conversations/{widget.conversation_id}"


@on_both_databases
def test_who_loses_the_role_says_nothing_more_and_the_visitor_waits_anew(
    client: FormClient, people: People, widget: Widget
) -> None:
    thread = thread_of(widget, people)
    assert client.submit(f"{thread}/typing", fragment=True).status_code == 204
    assert state_of(widget)["person"] == {"name": people.editor.name, "is_typing": True}
    editor = membership_of(people.editor, people.workspace)
    change_role(editor, "analyst", actor_of(people.owner), by_role="owner")
    db.session.commit()
    for path, form in (("messages", {"text": TYPED}), ("claim", {}), ("typing", {})):
        assert client.submit(f"{thread}/{path}", form, fragment=True).status_code == 403
    told = state_of(widget)
    assert (told["person"], told["is_waiting"]) == (None, True)
    assert TYPED not in [one["text"] for one in told["messages"]]
    # They still look, without a place to write in.
    page = client.get(thread)
    assert page.status_code == 200
    assert "data-draft" not in page.text
    sign_in(client, people.owner)
    assert client.submit(f"{thread}/messages", {"text": TYPED}).status_code == 303
    assert state_of(widget)["person"]["name"] == people.owner.name


def test_visitor_who_goes_while_somebody_types_leaves_nothing_behind(
    client: FormClient, people: People, widget: Widget
) -> None:
    thread = thread_of(widget, people)
    talk = conversation_of(widget).public_id
    assert client.submit(f"{thread}/typing", fragment=True).status_code == 204
    assert widget.send("DELETE", "/me").status_code == 204
    assert client.submit(f"{thread}/typing", fragment=True).status_code == 404
    for fragment in (True, False):
        answer = client.submit(f"{thread}/messages", {"text": TYPED}, fragment=fragment)
        assert answer.status_code == 404
        assert "its visitor has had it deleted" in answer.text
    assert client.submit(f"{thread}/notes", {"text": TYPED}, fragment=True).status_code == 404
    run_jobs("chat.")
    db.session.rollback()
    assert find_conversation(people.workspace.id, talk) is None
    assert not db.session.scalars(select(Message)).all()
    assert not is_typing(talk, "visitor")


def test_hundred_kilobytes_are_refused_and_reach_nobody(
    client: FormClient, people: People, widget: Widget
) -> None:
    long = "x" * 100_000
    before = len(state_of(widget)["messages"])
    answer = widget.send("POST", "/messages", {"text": long})
    assert (answer.status_code, error_code(answer)) == (422, "too_long")
    page = Page(client, make_agent(people.workspace, allowed_origins=())).open().ask(long)
    assert page.status == 422
    assert "At most 4,000 characters." in page.html
    # What was typed can be shortened.
    assert long in page.html
    run_jobs("chat.")
    assert len(state_of(widget)["messages"]) == before
    said = select(Message.id).where(Message.role == PERSON)
    assert not db.session.scalars(said).all()
    # The visitor goes on as if nothing had been.
    widget.ask("On thick paper?")
    assert len(state_of(widget)["messages"]) > before
