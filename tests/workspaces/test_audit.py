import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from pitchbar.core import clock
from pitchbar.events.actors import Actor
from pitchbar.events.models import AuditEntry
from pitchbar.events.services import purge_audit, record_event
from pitchbar.events.subjects import Subject
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People
from tests.support.servers import on_both_databases


def log(workspace: Workspace, action: str = "code.updated", **fields: Any) -> None:
    at = fields.pop("at", None)
    by = Actor("person", 1, fields.pop("actor", "Ada"), "203.0.113.7", "Browser/1.0")
    values = {"before": {"name": "Old"}, "after": {"name": "New"}, **fields}
    subject = Subject("code", 1, values.pop("subject", "Menu"), workspace.id)
    record_event(action, subject, by=by, **values)
    db.session.flush()
    if at:
        newest = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
        assert newest
        newest.at = at
    db.session.commit()


def see(client: FormClient, people: People, **query: str) -> str:
    return client.get(f"/w/{people.workspace.slug}/audit", query_string=query).text


def export(client: FormClient, people: People, **query: str) -> list[dict[str, str]]:
    url = f"/w/{people.workspace.slug}/audit.csv"
    answer = client.get(url, query_string=query, buffered=True)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True), newline="")))


class TestPage:
    @pytest.mark.parametrize("role", ["owner", "admin"])
    def test_shows_who_did_what_before_and_after(
        self, client: FormClient, people: People, role: str
    ) -> None:
        log(people.workspace)
        sign_in(client, getattr(people, role))
        page = see(client, people)
        for words in ("Code updated", "Menu", "Ada", "203.0.113.7"):
            assert words in page
        assert "<del>Old</del>" in page
        assert "<ins>New</ins>" in page

    @pytest.mark.parametrize("role", ["editor", "analyst", "member"])
    @pytest.mark.parametrize("page", ["audit", "audit.csv"])
    def test_is_for_owner_and_admin(
        self, client: FormClient, people: People, role: str, page: str
    ) -> None:
        sign_in(client, getattr(people, role))
        assert client.get(f"/w/{people.workspace.slug}/{page}").status_code == 403

    def test_shows_one_workspace_only(self, client: FormClient, people: People) -> None:
        log(people.elsewhere, subject="Menu of others")
        sign_in(client, people.owner)
        assert "Menu of others" not in see(client, people)
        assert export(client, people) == []

    def test_empty_log_says_what_comes_here(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        assert "Nothing logged yet" in see(client, people)
        assert "Nothing matches" in see(client, people, actor="nobody")

    def test_what_people_typed_is_no_html(self, client: FormClient, people: People) -> None:
        evil = "<img src=x onerror=alert(1)>"
        log(people.workspace, subject=evil, actor=evil, after={"name": evil})
        sign_in(client, people.owner)
        assert evil not in see(client, people)

    def test_long_log_comes_in_pages(self, client: FormClient, people: People) -> None:
        for number in range(51):
            log(people.workspace, subject=f"Code number {number}.")
        sign_in(client, people.owner)
        assert "Code number 50." in see(client, people)
        assert "Code number 0." not in see(client, people)
        second = see(client, people, page="2", actor="ada")
        assert "Code number 0." in second
        assert "page=1&amp;actor=ada" in second


@on_both_databases
class TestFilter:
    @pytest.fixture(autouse=True)
    def _three(self, client: FormClient, people: People) -> None:
        people.workspace.time_zone = "Asia/Tokyo"
        for day, action, actor in ((1, "a.one", "Ada"), (2, "b.two", "Bob"), (3, "a.one", "100%")):
            at = datetime(2026, 3, day, 15, tzinfo=UTC)  # the first moment of the next day in Tokyo
            log(people.workspace, action, actor=actor, at=at)
        sign_in(client, people.owner)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({}, ["100%", "Bob", "Ada"]),
            ({"action": "a.one"}, ["100%", "Ada"]),
            ({"action": "nothing"}, []),
            ({"actor": "BO"}, ["Bob"]),
            ({"actor": "%"}, ["100%"]),
            ({"since": "2026-03-03"}, ["100%", "Bob"]),
            ({"until": "2026-03-02"}, ["Ada"]),
            ({"since": "2026-03-03", "until": "2026-03-03"}, ["Bob"]),
            ({"since": "2026-03-04", "until": "2026-03-03"}, []),
            ({"action": "a.one", "actor": "ada", "since": "2026-03-01"}, ["Ada"]),
            ({"since": "yesterday", "until": "0001-01-01"}, ["100%", "Bob", "Ada"]),
            ({"until": "9999-12-31", "page": "9" * 30}, ["100%", "Bob", "Ada"]),
            ({"actor": "\x00"}, ["100%", "Bob", "Ada"]),
            ({"action": "'; DROP TABLE people; --"}, []),
        ],
    )
    def test_finds(
        self, client: FormClient, people: People, query: dict[str, str], found: list[str]
    ) -> None:
        page = see(client, people, **query)
        assert [one["actor_name"] for one in export(client, people, **query)] == found
        for name in ("100%", "Bob", "Ada"):
            assert (f'title="Browser/1.0">{name}<' in page) is (name in found)


class TestExport:
    def test_has_all_there_is(self, client: FormClient, people: People) -> None:
        log(people.workspace)
        sign_in(client, people.owner)
        [row] = export(client, people)
        assert row["action"] == "code.updated"
        assert (row["before"], row["after"]) == ('{"name": "Old"}', '{"name": "New"}')
        assert (row["ip"], row["user_agent"]) == ("203.0.113.7", "Browser/1.0")
        assert datetime.fromisoformat(row["at"]).tzinfo is not None

    def test_names_cannot_be_formulas(self, client: FormClient, people: People) -> None:
        log(people.workspace, subject='=HYPERLINK("http://evil")', actor="@cmd")
        sign_in(client, people.owner)
        [row] = export(client, people)
        assert row["subject_name"] == '\'=HYPERLINK("http://evil")'
        assert row["actor_name"] == "'@cmd"

    @on_both_databases
    def test_large_log_is_streamed(self, client: FormClient, people: People) -> None:
        values: dict[str, Any] = {"actor_kind": "person", "actor_name": "Ada"}
        values |= {"action": "code.updated"}
        values |= {"subject_kind": "code", "subject_id": "1", "subject_name": "x" * 200}
        values |= {"before": {}, "after": {}, "ip": "", "user_agent": ""}
        rows = [AuditEntry(workspace_id=people.workspace.id, **values) for _ in range(1_200)]
        db.session.add_all(rows)
        sign_in(client, people.owner)
        answer = client.get(f"/w/{people.workspace.slug}/audit.csv", buffered=True)
        assert (
            answer.headers["Content-Disposition"] == 'attachment; filename="corner-cafe-audit.csv"'
        )
        assert "Content-Length" not in answer.headers or answer.is_streamed
        assert answer.text.count("\r\n") == 1_201


class TestRetention:
    @pytest.mark.parametrize(("keep_days", "left"), [(365, 2), (364, 1), (0, 3), (9999, 3)])
    def test_old_entries_go(self, app: Flask, people: People, keep_days: int, left: int) -> None:
        now = clock.now()
        for days in (1, 365, 366):
            log(people.workspace, at=now - timedelta(days=days))
        purge_audit(now, keep_days)
        assert db.session.query(AuditEntry).count() == left
