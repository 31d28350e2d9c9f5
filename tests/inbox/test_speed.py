"""How much is asked of the database, and how open pages share it."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, g, render_template, request
from sqlalchemy import event
from sqlalchemy.engine import Engine

from pitchbar.accounts.models import Person
from pitchbar.chat.changes import tell_changed, tell_typing
from pitchbar.chat.models import ENDED, Lead
from pitchbar.core.bus import LISTENS_AGAIN
from pitchbar.extensions import bus, db
from pitchbar.inbox.live import open_inbox
from pitchbar.inbox.presence import say_present
from pitchbar.inbox.shared import listen_for_shared, read_shared
from pitchbar.inbox.threads import mark_seen
from pitchbar.live.changes import Changes
from pitchbar.live.declaration import LiveView
from pitchbar.live.turns import Turns
from tests.agents.factories import make_agent
from tests.inbox.factories import make_thread
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People
from tests.support.waiting import wait_until

# Of a page with its frame: a few more are no harm, one for each row would be.
MOST_OF_THREAD, MOST_OF_LIST = 45, 30
_SOCKET = {"Connection": "Upgrade", "Upgrade": "websocket"}


@contextmanager
def statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_pages_ask_few_statements_however_much_they_show(
    client: FormClient, people: People
) -> None:
    agent = make_agent(people.workspace)
    for number in range(20):
        one = make_thread(people.workspace, agent)
        mail = f"visitor{number}@mail.example"
        db.session.add(Lead(workspace_id=people.workspace.id, conversation_id=one.id, email=mail))
    db.session.commit()
    thread = f"/w/{people.workspace.slug}/conversations/{one.public_id}"
    sign_in(client, people.editor)
    # Seen, and what is made once is made.
    client.get(thread)
    with statements() as of_thread:
        client.get(thread)
    assert len(of_thread) <= MOST_OF_THREAD, of_thread
    reads = [one for one in of_thread if "FROM conversations" in one and "public_id =" in one]
    assert len(reads) == 1
    with statements() as of_list:
        client.get(f"/w/{people.workspace.slug}/conversations")
    assert len(of_list) <= MOST_OF_LIST, of_list


def test_list_is_read_once_for_all_until_something_changes(app: Flask) -> None:
    reads: list[int] = []

    def load() -> int:
        reads.append(1)
        return len(reads)

    listen_for_shared()
    assert [read_shared(1, "open", load) for _ in range(3)] == [1, 1, 1]
    assert read_shared(1, "closed", load) == 2
    assert read_shared(2, "open", load) == 3
    bus.publish("conversations", {"workspace_id": 1, "conversation": "x"})
    assert read_shared(1, "open", load) == 4
    assert read_shared(2, "open", load) == 3
    # What was said while nobody listened is lost.
    bus.publish(LISTENS_AGAIN, {})
    assert read_shared(2, "open", load) == 5


def test_what_came_while_it_was_read_has_it_read_again(app: Flask) -> None:
    listen_for_shared()

    def load() -> str:
        bus.publish("conversations", {"workspace_id": 1, "conversation": "x"})
        return "old"

    assert read_shared(1, "open", load) == "old"
    assert read_shared(1, "open", lambda: "new") == "new"


def in_thread(run: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def test_so_many_pages_are_drawn_at_once_and_who_is_waited_for_overtakes() -> None:
    turns, drawn, go_on = Turns(at_once=1), [], threading.Event()
    is_urgent = threading.Event()

    def draw(name: str, urgent: Callable[[], bool]) -> None:
        with turns.one(urgent):
            drawn.append(name)
            go_on.wait(20)

    first = in_thread(lambda: draw("first", lambda: False))
    wait_until(lambda: drawn == ["first"])
    # It waits, and only then becomes urgent.
    second = in_thread(lambda: draw("second", is_urgent.is_set))
    third = in_thread(lambda: draw("third", lambda: False))
    is_urgent.set()
    wait_until(lambda: "second" in drawn)
    assert drawn == ["first", "second"]
    go_on.set()
    for thread in (first, second, third):
        thread.join(20)
    assert drawn[2:] == ["third"]


def test_who_waits_for_too_long_is_drawn_beside_the_others() -> None:
    turns = Turns(at_once=1, longest_wait=0.05)
    with turns.one(lambda: False), turns.one(lambda: False):
        pass
    # The place of the first is free again, once.
    with turns.one(lambda: False):
        pass


@pytest.fixture
def changes(app: Flask) -> Iterator[Changes]:
    bell = LiveView(lambda: "bell", "alerts")
    view = LiveView(lambda: "main", "conversations", beside=(bell,))
    made = Changes(view, "1")
    yield made
    made.close()


def drawn_of(changes: Changes) -> str:
    return changes._views[0].draw_woken(changes.take_woken())


def test_only_what_changed_is_drawn_and_all_at_first_and_after_a_gap(
    changes: Changes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert drawn_of(changes) == "mainbell"
    bus.publish("alerts", {})
    assert drawn_of(changes) == "bell"
    bus.publish("conversations", {})
    assert drawn_of(changes) == "main"
    # Looked at again without a message: the page itself, and what is beside once it is its time.
    assert drawn_of(changes) == "main"
    later = time.monotonic() + 21
    monkeypatch.setattr("pitchbar.live.changes.time", SimpleNamespace(monotonic=lambda: later))
    bus.publish("conversations", {})
    assert drawn_of(changes) == "mainbell"
    assert not changes.wait(0) or not changes.wait(0)
    bus.publish("alerts", {})
    bus.publish(LISTENS_AGAIN, {})
    assert changes.wait(0)
    assert drawn_of(changes) == "mainbell"


def test_lists_are_drawn_again_only_where_they_differ(app: Flask, people: People) -> None:
    agent = make_agent(people.workspace)
    one = make_thread(people.workspace, agent)
    elsewhere = make_thread(people.workspace, agent)
    elsewhere.status = ENDED
    db.session.commit()
    path = f"/w/{people.workspace.slug}/conversations/socket?list=open"
    with app.test_request_context(path):
        g.workspace, g._login_user = people.workspace, people.editor
        view = open_inbox()
        assert str(one.public_id) in view.draw()
        assert view.draw() == ""
        tell_changed(elsewhere)
        db.session.commit()
        assert view.draw() == ""
        for change in (
            lambda: setattr(one, "human_requested_at", one.last_message_at),
            lambda: setattr(one, "taken_over_by", people.editor.id),
            lambda: setattr(one, "taken_over_by", people.owner.id),
            lambda: db.session.add(
                Lead(
                    workspace_id=one.workspace_id, conversation_id=one.id, email="ada@mail.example"
                )
            ),
            lambda: mark_seen(one, people.editor.id),
            lambda: setattr(one, "is_unanswered", True),
            lambda: setattr(one, "status", ENDED),
        ):
            change()
            tell_changed(one)
            db.session.commit()
            assert "inbox-rows" in view.draw()
            assert view.draw() == ""


def test_who_types_no_more_and_who_has_gone_is_seen_without_a_message(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pitchbar.chat.changes.TYPING_SECONDS", 0.3)
    monkeypatch.setattr("pitchbar.inbox.presence._HERE_SECONDS", 0.3)
    monkeypatch.setattr("pitchbar.inbox.shared._HOLDS_SECONDS", 0.0)
    one = make_thread(people.workspace, make_agent(people.workspace))
    path = f"/w/{people.workspace.slug}/conversations/socket?list=open"
    with app.test_request_context(f"{path}&thread={one.public_id}"):
        g.workspace, g._login_user = people.workspace, people.editor
        view = open_inbox()
        view.draw()
        assert not view.has_moved()
        tell_typing(one.workspace_id, one.public_id, "visitor")
        say_present(one.public_id, people.owner.id, "Grace")
        wait_until(view.has_moved)
        shown = view.draw()
        assert "line-typing" in shown
        assert "Grace" in shown
        drawn = [shown]
        wait_until(lambda: view.has_moved() and is_quiet(drawn, view), 20)


def test_who_comes_is_told_to_those_who_look_at_the_thread_without_drawing_it_again(
    app: Flask, people: People
) -> None:
    one = make_thread(people.workspace, make_agent(people.workspace))
    path = f"/w/{people.workspace.slug}/conversations/socket?list=open"
    with app.test_request_context(f"{path}&thread={one.public_id}"):
        g.workspace, g._login_user = people.workspace, people.editor
        view = open_inbox()
        assert "thread-head" in view.draw()
        message = {"conversation": one.public_id.hex, "person_id": people.owner.id}
        say_present(one.public_id, people.owner.id, "Grace")
        assert view.concerns(message | {"is_new": True})
        with statements() as asked:
            shown = view.draw()
        assert not asked
        assert shown.strip().startswith('<div class="thread-others" id="thread-others"')
        assert "Grace looks at it, too" in shown
        assert "thread-head" not in shown
        assert not view.has_moved()
        # Whoever only looks on is no news.
        assert not view.concerns(message | {"is_new": False})
        assert not view.concerns(message | {"is_new": True, "person_id": people.editor.id})


def is_quiet(drawn: list[str], view: LiveView) -> bool:
    drawn.append(view.draw())
    return "line-typing" not in drawn[-1] and "Grace" not in drawn[-1]


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["Grace"], "Grace looks at it, too"),
        (["Grace", "Ada"], "Grace and Ada look at it, too"),
        (["Grace", "Ada", "Mary"], "Grace, Ada and Mary look at it, too"),
        (["Grace", "Ada", "Mary", "Joan"], "Grace, Ada and 2 others look at it, too"),
        ([], ""),
    ],
)
def test_who_looks_at_the_thread_is_named_as_people_say_it(
    app: Flask, names: list[str], shown: str
) -> None:
    with app.test_request_context():
        drawn = render_template("inbox/_others.html", others=names)
    assert re.sub(r"<[^>]+>", "", drawn).strip() == shown


def test_lists_are_drawn_once_for_all_who_have_seen_the_same_of_them(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, other = (make_thread(people.workspace, make_agent(people.workspace)) for _ in range(2))
    other.status = ENDED
    db.session.commit()
    drawn: list[str] = []

    def count(name: str, **values: Any) -> str:
        drawn.append(name)
        return render_template(name, **values)

    monkeypatch.setattr("pitchbar.inbox.live.render_template", count)

    def look(person: Person, thread: str = "") -> str:
        path = f"/w/{people.workspace.slug}/conversations/socket?list=open{thread}"
        with app.test_request_context(path, headers=_SOCKET):
            assert request.endpoint == "inbox_live.live"
            g.workspace, g._login_user = people.workspace, person
            return open_inbox().draw()

    lists = [look(people.editor), look(people.owner), look(people.admin)]
    assert "inbox-rows" in lists[0]
    assert len({*lists}) == len(drawn) == 1
    # A thread that stands in no list of the page is marked nowhere.
    assert lists[0] in look(people.owner, f"&thread={other.public_id}")
    assert drawn.count("inbox/_moving_lists.html") == 1
    # The open one is marked, and what one person has seen is new to the others.
    assert 'aria-current="true"' in look(people.owner, f"&thread={shown.public_id}")
    mark_seen(shown, people.editor.id)
    db.session.commit()
    assert "is-unread" not in look(people.editor)
    assert "is-unread" in look(people.owner)


def test_what_is_kept_for_all_does_not_grow(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pitchbar.inbox.shared._MOST", 10)
    listen_for_shared()
    shared = app.extensions["inbox_shared"]
    for key in range(9):
        read_shared(1, key, lambda: "old")
    bus.publish("conversations", {"workspace_id": 1, "conversation": ""})
    read_shared(1, "new", lambda: "new")
    read_shared(1, "newer", lambda: "newer")
    assert len(shared._places) == 2
    assert read_shared(1, "new", lambda: "read again") == "new"
    for key in range(100):
        read_shared(1, key, lambda: "much")
        assert len(shared._places) <= 10
