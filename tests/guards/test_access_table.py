"""Every address, asked by everybody: the answers stand in the `access_table.txt` of each feature's
tests, and a change of such a file is a change of who may do what.

A new address, or a new right, needs the tables written anew, and their difference read by somebody:

    WRITE_ACCESS_TABLE=1 bin/test tests/guards/test_access_table.py -s
    git diff "tests/*/access_table.txt"
"""

import os
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from pitchbar.accounts.models import Person
from pitchbar.core.assets import ROOT
from pitchbar.extensions import db
from pitchbar.workspaces.roles import ROLES
from tests.support.addresses import all_addresses, build_path, feature_of, make_all_parts
from tests.support.browsing import SITE, FormClient, sign_in
from tests.support.factories import People, bearer, make_people, make_token

TESTS = ROOT / "tests"
COOKIE = "pitchbar_session"
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
TOKENS = ("reading", "writing", "foreign")
CALLERS = (*ROLES, "outsider", "nobody", *TOKENS)
Rows = dict[tuple[str, str], dict[str, int]]
"""By method and rule: the status that each caller gets."""

HEADING = """\
# Who gets which answer: the status of a request without anything filled in. A form that may be sent
# thus answers 422, an act that needs no form 303. "nobody" is signed out; the last three are API
# tokens: one that reads, one that reads and writes, one of another workspace.
# Written by tests/guards/test_access_table.py, which says how.
"""


@dataclass(frozen=True)
class Caller:
    """Somebody who asks: what their browser or program sends along."""

    cookie: str
    csrf_token: str
    headers: dict[str, str]

    def send(self, app: Flask, method: str, url: str) -> int:
        """In a browser of its own each time, so that no request changes the next."""
        client = app.test_client()
        client.set_cookie(COOKIE, self.cookie, domain="pitchbar.test")
        is_form = method == "POST" and not url.startswith("/api/")
        data = {"csrf_token": self.csrf_token} if is_form else None
        # Buffered: a streamed answer is read where its request still is.
        answer = client.open(url, method=method, data=data, headers=self.headers, buffered=True)
        return answer.status_code

    def open_socket(self, port: int, url: str) -> int:
        """The answer to the handshake: 101 where it opens."""
        cookie = {"Origin": SITE, "Cookie": f"{COOKIE}={self.cookie}"}
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", url, headers=HANDSHAKE | cookie | self.headers)
        status = connection.getresponse().status
        connection.close()
        return status


@dataclass(frozen=True)
class World:
    """A workspace in which every address leads to something, and everybody who may ask."""

    parts: dict[str, Any]
    callers: dict[str, Caller]


def make_world(app: Flask) -> World:
    people = make_people()
    parts = make_all_parts(app, people)
    db.session.commit()
    return World(parts, make_callers(app, people))


def make_callers(app: Flask, people: People) -> dict[str, Caller]:
    tokens = {
        "reading": make_token(people.workspace, "read"),
        "writing": make_token(people.workspace, "read-write"),
        "foreign": make_token(people.elsewhere, "read-write"),
    }
    callers = {}
    for name in CALLERS:
        client = app.test_client()
        assert isinstance(client, FormClient)
        person: Person | None = getattr(people, name, None)
        if person:
            sign_in(client, person)
        csrf_token = client.csrf_token()
        cookie = client.get_cookie(COOKIE, domain="pitchbar.test")
        assert cookie
        headers = bearer(tokens[name]) if name in tokens else {}
        callers[name] = Caller(cookie.value, csrf_token, headers)
    return callers


@pytest.fixture
def restore(app: Flask, tmp_path: Path) -> Callable[[], None]:
    """Puts the database back as it was when this was first called."""
    path, kept = tmp_path / "pitchbar.db", tmp_path / "kept.db"

    def put_back() -> None:
        pair = (kept, path) if kept.exists() else (path, kept)
        with closing(sqlite3.connect(pair[0])) as source, closing(sqlite3.connect(pair[1])) as to:
            source.backup(to)

    return put_back


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    """Sockets need a server; the test client has none."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join(10)
    server.server_close()


def table_of(rows: Rows) -> str:
    width = max(len(rule) for _, rule in rows) + 1
    names = "".join(f"{name:>9}" for name in CALLERS)
    lines = [f"{'method':<7}{'rule':<{width}}{names}"]
    for (method, rule), answers in rows.items():
        statuses = "".join(f"{answers[name]:>9}" for name in CALLERS)
        lines.append(f"{method:<7}{rule:<{width}}{statuses}")
    return HEADING + "\n".join(lines) + "\n"


def read_table(text: str) -> Rows:
    rows = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            address, *statuses = line.rsplit(maxsplit=len(CALLERS))
            method, rule = address.split(maxsplit=1)
            rows[method, rule] = dict(zip(CALLERS, statuses, strict=True))
    names = rows.pop(("method", "rule"))
    assert [*names.values()] == [*CALLERS]
    return {key: {name: int(one) for name, one in row.items()} for key, row in rows.items()}


def read_tables() -> dict[str, Rows]:
    """By feature."""
    return {
        path.parent.name: read_table(path.read_text())
        for path in sorted(TESTS.glob("*/access_table.txt"))
    }


def write_tables(found: dict[str, Rows]) -> None:
    for path in TESTS.glob("*/access_table.txt"):
        path.unlink()
    for feature, rows in found.items():
        (TESTS / feature / "access_table.txt").write_text(table_of(rows))


def test_everybody_gets_the_answers_of_the_table(
    app: Flask, restore: Callable[[], None], port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    world = make_world(app)
    db.session.remove()
    restore()
    found: dict[str, Rows] = defaultdict(dict)
    for method, rule in all_addresses(app):
        url = build_path(app, rule, world.parts)
        answers = found[feature_of(app, rule)][method, rule.rule] = {}
        for name, caller in world.callers.items():
            if method == "SOCKET":
                answers[name] = caller.open_socket(port, url)
            else:
                answers[name] = caller.send(app, method, url)
                if method != "GET":
                    restore()
    if os.environ.get("WRITE_ACCESS_TABLE"):
        write_tables(found)
    tried = sum(len(rows) for rows in found.values())
    with capsys.disabled():
        print(f"\n{tried} addresses, {len(CALLERS)} callers: {tried * len(CALLERS)} tried")  # noqa: T201  # the figure asked for
    assert dict(found) == read_tables(), "read the difference, then write the tables (see above)"


def test_table_keeps_the_promises_of_the_roles() -> None:
    """What no new line of the table may break, however it came in."""
    rows = {key: row for table in read_tables().values() for key, row in table.items()}
    assert len(rows) > 40
    for (method, rule), got in rows.items():
        # The tick is off here, and nothing is sold: their secrets are not set.
        is_off = rule.endswith("/queue-tick") or "/billing" in rule
        assert max(got.values()) < (504 if is_off else 500), rule
        if rule.startswith("/w/<slug>"):
            assert got["outsider"] == 404, rule
            assert {got["nobody"], *(got[name] for name in TOKENS)} == {302}, rule
            assert got["owner"] not in (302, 403), rule
        if rule.startswith("/api/v1/workspaces/"):
            assert {got[name] for name in (*ROLES, "outsider", "nobody")} == {401}, rule
            assert got["foreign"] == 404, rule
            assert method == "GET" or got["reading"] == 403, rule
