"""The line to both sides is cut, and comes back: nothing that was said meanwhile is missed."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from flask import Flask
from simple_websocket import ConnectionClosed

from pitchbar.chat.models import Conversation
from pitchbar.chat.queries import find_conversation
from pitchbar.extensions import db
from pitchbar.inbox import holding
from pitchbar.inbox.replying import reply
from tests.agents.factories import make_agent
from tests.chat.widget import API, Widget
from tests.inbox.factories import actor_of
from tests.pages.watching import Served, serve
from tests.retrieval.factories import run_jobs
from tests.support.browsing import SITE, FormClient
from tests.support.factories import People
from tests.support.forwarding import Forwarder, forwarder
from tests.support.sockets import Client
from tests.support.waiting import wait_until


class Line:
    """The way of one side to the server; once cut it leads nowhere, until it is laid anew."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self._port = int(served.at.rpartition(":")[2])
        self._made: list[Forwarder] = []
        self._stack = contextlib.ExitStack()

    def lay(self) -> int:
        def connect() -> socket.socket:
            return socket.create_connection(("127.0.0.1", self._port))

        self._made.append(self._stack.enter_context(forwarder(connect)))
        return self._made[-1].port

    def open_page(self, path: str, headers: dict[str, str]) -> Client:
        """Its socket; closed in the end, whatever was found: else the server would wait for it."""
        page = Client(f"ws://127.0.0.1:{self.lay()}{path}", headers=headers)
        self._stack.callback(_hang_up, page)
        return page

    @property
    def port(self) -> int:
        return self._made[-1].port

    def freeze(self) -> None:
        """As a network does that is gone: nobody is told."""
        self._made[-1].freeze()

    def close(self) -> None:
        self._stack.close()


def _hang_up(page: Client) -> None:
    with contextlib.suppress(ConnectionClosed):
        page.close()


@pytest.fixture
def line(app: Flask) -> Iterator[Line]:
    with serve(app) as served:
        made = Line(served)
        yield made
        made.close()


def poll(widget: Widget, port: int, after: str, timeout: float) -> list[dict[str, Any]]:
    headers = {"Origin": widget.origin or "", "Authorization": f"Bearer {widget.token}"}
    url = f"http://127.0.0.1:{port}{API}/messages?after={after}&wait=20"
    found: list[dict[str, Any]] = httpx.get(url, headers=headers, timeout=timeout).json()[
        "messages"
    ]
    return found


def of_widget(widget: Widget, people: People, conversation_id: str) -> Conversation:
    found = find_conversation(people.workspace.id, UUID(conversation_id))
    assert found is not None
    return found


def talk_on(widget: Widget, people: People, talk: str) -> None:
    for text in ("One", "Two", "Three"):
        reply(of_widget(widget, people, talk), people.editor, actor_of(people.editor), text)
        db.session.commit()
        widget.ask(f"And then {text}?")
    run_jobs("chat.")


def expect_all(found: list[dict[str, Any]]) -> None:
    said = [one["text"] for one in found]
    assert [text for text in said if text in ("One", "Two", "Three")] == ["One", "Two", "Three"]
    assert [text for text in said if text.startswith("And then")] == [
        "And then One?",
        "And then Two?",
        "And then Three?",
    ]
    assert len(said) == len(set(said)) == 6


def test_both_sides_miss_nothing_of_what_was_said_while_the_line_was_cut(  # noqa: PLR0915  # one story
    client: FormClient, people: People, line: Line
) -> None:
    widget = Widget(client, make_agent(people.workspace))
    talk = widget.init().get_json()["conversation_id"]
    widget.ask("Hello there")
    run_jobs("chat.")
    conversation = of_widget(widget, people, talk)
    holding.claim(conversation, people.editor, actor_of(people.editor))
    db.session.commit()
    last = widget.send("GET", "/messages").get_json()["messages"][-1]["id"]
    path = f"/w/{people.workspace.slug}/conversations/socket?thread={talk}"
    headers = line.served.cookie_of(people.editor) | {"Origin": SITE}
    page = line.open_page(path, headers)
    assert "Hello there" in (page.receive(timeout=20) or "")
    ended, heard = threading.Event(), list[object]()

    def wait_in_vain() -> None:
        try:
            heard.append(poll(widget, line.port, last, timeout=1))
        except httpx.TimeoutException as error:
            heard.append(type(error))
        ended.set()

    threading.Thread(target=wait_in_vain, daemon=True).start()
    line.freeze()
    talk_on(widget, people, talk)
    # The poll gives up, as a browser's does, and the page's socket is closed by the browser.
    wait_until(ended.is_set)
    assert heard in ([httpx.ReadTimeout], [httpx.ConnectTimeout])
    while (drawn := page.receive(timeout=0.2)) is not None:
        assert "One" not in drawn
    _hang_up(page)
    shown = line.open_page(path, headers).receive(timeout=20) or ""
    expect_all(poll(widget, line.port, last, timeout=20))
    for text in ("One", "Two", "Three"):
        assert shown.count(f'<div class="line-text">{text}</div>') == 1
        assert f"And then {text}?" in shown
