"""PostgreSQL is killed in the middle of a request: before a statement, before the commit, and once
the answer is made.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from flask import Flask, request_finished
from sqlalchemy import event
from werkzeug.test import TestResponse

from pitchbar.codes.models import Code
from pitchbar.extensions import db
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, bearer, make_code, make_token
from tests.support.servers import PostgresServer, on_postgresql

pytestmark = on_postgresql
Ask = Callable[[], TestResponse]
ENDED = "the answer is made"


class Killer:
    """Kills the server when the request is about to do something for the `at`-th time."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._at = 0
        self.done: list[str] = []

    def hear(self, what: str) -> None:
        self.done.append(what)
        if len(self.done) == self._at:
            self._server.kill()

    def ask(self, ask: Ask, at: int = 0) -> TestResponse:
        """On 0 it lives."""
        self._at, self.done = at, []
        try:
            return ask()
        finally:
            self._at = 0
            if at:
                self._server.start()


@pytest.fixture
def killer(app: Flask, postgres: PostgresServer) -> Iterator[Killer]:
    """What a client then gets is what gunicorn would: an error that leaves the app is raised."""
    app.testing = False
    killer, engine = Killer(postgres), db.engine

    def execute(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        killer.hear(statement)

    def commit(_connection: Any) -> None:
        killer.hear("COMMIT")

    def finish(_app: Flask, **_rest: Any) -> None:
        killer.hear(ENDED)

    event.listen(engine, "before_cursor_execute", execute)
    event.listen(engine, "commit", commit)
    with request_finished.connected_to(finish, app):
        yield killer
    event.remove(engine, "before_cursor_execute", execute)
    event.remove(engine, "commit", commit)


def points(killer: Killer, most: int) -> list[int]:
    """Of the request that was just made: `most` of its statements, the last one, and the end."""
    end = killer.done.index(ENDED) + 1
    return sorted({*range(1, end, max(1, end // most)), end - 1, end})


def test_page_says_that_the_database_is_away_or_is_there_as_a_whole(
    client: FormClient, people: People, killer: Killer
) -> None:
    make_code(people.workspace, name="Menu")
    sign_in(client, people.owner)
    ask = partial(client.get, f"/w/{people.workspace.slug}/codes")
    db.session.remove()

    assert killer.ask(ask).status_code == killer.ask(ask).status_code == 200
    for point in points(killer, 3):
        answer = killer.ask(ask, point)
        where = killer.done[point - 1]
        if where == ENDED:
            assert answer.status_code == 200, where
            assert "Menu" in answer.text
        else:
            assert answer.status_code == 503, where
            assert answer.headers["Retry-After"] == "5"
            assert "Not available just now" in answer.text
            assert "<html" in answer.text
        assert killer.ask(ask).status_code == 200


def test_programs_get_json_and_their_idempotency_key_makes_it_once(
    client: FormClient, people: People, killer: Killer
) -> None:
    headers = bearer(make_token(people.workspace))
    url = f"/api/v1/workspaces/{people.workspace.slug}/codes"
    body = {"name": "Menu", "destination_url": "https://cafe.example/menu"}
    db.session.remove()

    def asked(key: str) -> Ask:
        named = {**headers, "Idempotency-Key": key}
        return partial(client.post, url, json=body, headers=named)

    for key in ("first-request", "second-request"):
        assert killer.ask(asked(key)).status_code == 201
    chosen = points(killer, 3)
    for point in chosen:
        ask = asked(f"killed-at-{point}")
        answer = killer.ask(ask, point)
        where = killer.done[point - 1]
        if where == ENDED:
            assert answer.status_code == 201, where
        else:
            assert answer.status_code == 503, where
            assert answer.headers["Retry-After"] == "5"
            assert answer.get_json()["error"]["code"] == "unavailable"
        assert killer.ask(ask).status_code == 201
    assert db.session.query(Code).count() == 2 + len(chosen)
