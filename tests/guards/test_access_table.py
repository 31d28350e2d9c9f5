"""Every address, asked by everybody: the answers stand in `access_table.txt`, and a change of that
file is a change of who may do what.

A new address, or a new right, needs the table written anew, and its difference read by somebody:

    WRITE_ACCESS_TABLE=1 bin/test tests/guards/test_access_table.py -s
    git diff tests/guards/access_table.txt
"""

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.serving import make_server

from pitchbar.accounts.models import Person
from pitchbar.clients.mailer import Mail, make_mailer
from pitchbar.core.assets import ROOT
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.mailing.settings import MailSettings
from pitchbar.workspaces.invitations.links import invitation_token
from pitchbar.workspaces.invitations.services import invite
from pitchbar.workspaces.models import OwnershipOffer
from pitchbar.workspaces.queries import find_membership
from pitchbar.workspaces.roles import ROLES
from tests.browsing import SITE, FormClient, sign_in
from tests.factories import People, add_member, bearer, make_code, make_people, make_token

TABLE = ROOT / "tests" / "guards" / "access_table.txt"
COOKIE = "pitchbar_session"
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
TOKENS = ("reading", "writing", "foreign")
CALLERS = (*ROLES, "outsider", "nobody", *TOKENS)
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

    def url(self, app: Flask, rule: Rule) -> str:
        """A new kind of part in an address needs a line in `make_world`."""
        values = {name: self.parts[name] for name in rule.arguments}
        return urlsplit(app.url_map.bind("pitchbar.test").build(rule.endpoint, values)).path


def make_world(app: Flask) -> World:
    settings = app.extensions["settings"]
    people = make_people()
    workspace = people.workspace
    spare = add_member(workspace, "editor")
    by = {"by_role": "owner", "role": "member", "email": people.outsider.email}
    invitation = invite(workspace, SYSTEM, settings, **by)
    membership = find_membership(people.member, workspace.slug)
    assert membership
    offer = OwnershipOffer(workspace_id=workspace.id, membership_id=membership.id)
    db.session.add(offer)
    db.session.commit()
    box = Path(settings.data_dir) / "mail"
    shutil.rmtree(box, ignore_errors=True)
    make_mailer("", settings[MailSettings].mail_from, box).send(
        Mail("a@pitchbar.example", "Hello", "x", "x")
    )
    spare_membership = find_membership(spare, workspace.slug)
    assert spare_membership
    parts = {
        "slug": workspace.slug,
        "code_id": make_code(workspace).id,
        "member_id": spare_membership.id,
        "invitation_id": invitation.id,
        "token": invitation_token(invitation, settings),
        "mail_id": next(box.iterdir()).stem,
        "format": "svg",
        "filename": "css/app.css",
        "token_id": 0,
        "session_id": 0,
        "queue": "crawl",
        "job_id": 0,
        "name": "jobs.trim",
    }
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


def all_addresses(app: Flask) -> list[tuple[str, Rule]]:
    """Method and rule of everything that can be asked; HEAD goes with GET."""
    found = []
    for rule in app.url_map.iter_rules():
        methods = {"SOCKET"} if rule.websocket else (rule.methods or set()) - {"HEAD", "OPTIONS"}
        found += [(method, rule) for method in methods]
    return sorted(found, key=lambda pair: (pair[1].rule, pair[0]))


def lines_of(rows: dict[tuple[str, str], dict[str, int]]) -> list[str]:
    width = max(len(rule) for _, rule in rows) + 1
    names = "".join(f"{name:>9}" for name in CALLERS)
    lines = [f"{'method':<7}{'rule':<{width}}{names}"]
    for (method, rule), answers in rows.items():
        statuses = "".join(f"{answers[name]:>9}" for name in CALLERS)
        lines.append(f"{method:<7}{rule:<{width}}{statuses}")
    return lines


def test_everybody_gets_the_answers_of_the_table(
    app: Flask, restore: Callable[[], None], port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    world = make_world(app)
    db.session.remove()
    restore()
    rows: dict[tuple[str, str], dict[str, int]] = {}
    for method, rule in all_addresses(app):
        url = world.url(app, rule)
        answers = rows[method, rule.rule] = {}
        for name, caller in world.callers.items():
            if method == "SOCKET":
                answers[name] = caller.open_socket(port, url)
            else:
                answers[name] = caller.send(app, method, url)
                restore()
    found = lines_of(rows)
    if os.environ.get("WRITE_ACCESS_TABLE"):
        TABLE.write_text(HEADING + "\n".join(found) + "\n")
    expected = [line for line in TABLE.read_text().splitlines() if not line.startswith("#")]
    wrong = sorted(set(found) ^ set(expected))
    tried = f"{len(rows)} addresses, {len(CALLERS)} callers: {len(rows) * len(CALLERS)} tried"
    with capsys.disabled():
        print(f"\n{tried}, {len(set(found) - set(expected))} wrong")  # noqa: T201  # the figure asked for
    assert wrong == [], "read the difference, then write the table anew (see above)"


def test_table_keeps_the_promises_of_the_roles() -> None:
    """What no new line of the table may break, however it came in."""
    lines = [line for line in TABLE.read_text().splitlines() if not line.startswith("#")]
    assert lines[0].split() == ["method", "rule", *CALLERS]
    assert len(lines) > 40
    for line in lines[1:]:
        address, *statuses = line.rsplit(maxsplit=len(CALLERS))
        method, rule = address.split(maxsplit=1)
        got = dict(zip(CALLERS, map(int, statuses), strict=True))
        # The tick is off here: its token is not set.
        assert max(got.values()) < 500 or rule.endswith("/queue-tick"), rule
        if rule.startswith("/w/<slug>"):
            assert got["outsider"] == 404, rule
            assert {got["nobody"], *(got[name] for name in TOKENS)} == {302}, rule
            assert got["owner"] not in (302, 403), rule
        if rule.startswith("/api/v1/workspaces/"):
            assert {got[name] for name in (*ROLES, "outsider", "nobody")} == {401}, rule
            assert got["foreign"] == 404, rule
            assert method == "GET" or got["reading"] == 403, rule
