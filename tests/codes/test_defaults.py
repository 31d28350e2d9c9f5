"""What a workspace sets for all its codes, and what the edge makes of it."""

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from pitchbar.codes.services import archive_code
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.scans.edge import Edge
from pitchbar.scans.edge_pages import EdgePages
from pitchbar.scans.resolver import Resolver
from tests.support.browsing import FRAGMENT, FormClient, sign_in
from tests.support.factories import People, make_code
from tests.support.members import audit_entries_of
from tests.support.servers import on_both_databases

FALLBACK = "https://harbour.example/gone?x=1#top"


def save(client: FormClient, people: People, **data: str) -> tuple[int, str]:
    values = {"default_error_correction": "M", **data}
    answer = client.submit(f"/w/{people.workspace.slug}/settings/codes", values)
    return answer.status_code, answer.get_data(as_text=True)


class TestForm:
    def test_new_codes_start_with_the_defaults(self, client: FormClient, people: People) -> None:
        sign_in(client, people.admin)
        fields = {"default_utm_source": "print", "default_utm_medium": "qr"}
        assert save(client, people, **fields, default_error_correction="H")[0] == 303
        sign_in(client, people.editor)
        page = client.get(f"/w/{people.workspace.slug}/codes/new").text
        assert 'name="utm_source" type="text" value="print"' in page
        assert 'name="utm_medium" type="text" value="qr"' in page
        assert '<option selected value="H">' in page
        entry = audit_entries_of(people.workspace)[0]
        assert (entry.action, entry.after["default_utm_source"]) == ("workspace.updated", "print")

    def test_what_is_typed_beats_the_default(self, client: FormClient, people: People) -> None:
        people.workspace.default_utm_source = "print"
        sign_in(client, people.editor)
        data = {"name": "Menu", "destination_url": "https://x.example", "utm_source": ""}
        client.submit(f"/w/{people.workspace.slug}/codes", data)
        page = client.get(f"/w/{people.workspace.slug}/codes").text
        assert "Menu" in page
        assert make_code(people.workspace).utm_source == ""

    def test_codes_that_exist_stay(self, client: FormClient, people: People) -> None:
        code = make_code(people.workspace, error_correction="L")
        sign_in(client, people.owner)
        save(client, people, default_utm_source="print", default_error_correction="H")
        assert (code.utm_source, code.error_correction) == ("", "L")

    @pytest.mark.parametrize("role", ["editor", "analyst", "member"])
    def test_others_may_not(self, client: FormClient, people: People, role: str) -> None:
        sign_in(client, getattr(people, role))
        assert save(client, people, fallback_url=FALLBACK)[0] == 403
        assert people.workspace.fallback_url == ""

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("fallback_url", "javascript:alert(1)"),
            ("fallback_url", "http://pitchbar.test/t/menu"),
            ("fallback_url", "https://user:secret@x.example"),
            ("fallback_url", "https://x.example/" + "a" * 2100),
            ("default_utm_source", "a" * 256),
            ("default_utm_medium", "a\x00"),
            ("default_error_correction", "X"),
        ],
    )
    def test_wrong_field_is_named_and_all_that_was_typed_stays(
        self, client: FormClient, people: People, field: str, value: str
    ) -> None:
        sign_in(client, people.owner)
        data = {"default_utm_source": "typed", "default_utm_medium": "typed too", field: value}
        status, page = save(client, people, **data)
        assert status == 422
        assert f'id="{field}-error"' in page
        assert 'value="typed' in page
        assert people.workspace.fallback_url == people.workspace.default_utm_source == ""

    def test_fragment_request_gets_the_form_back(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        url = f"/w/{people.workspace.slug}/settings/codes"
        answer = client.submit(url, {"fallback_url": "nonsense:"}, headers=FRAGMENT)
        assert (answer.status_code, "<html" in answer.text) == (422, False)


@on_both_databases
class TestAtTheEdge:
    @pytest.fixture
    def counted(self) -> list[bytes]:
        """The lines of accepted scans."""
        return []

    @pytest.fixture
    def edge(self, app: Flask, counted: list[bytes]) -> Edge:
        spool: Any = SimpleNamespace(append=counted.append)
        notices = EdgePages()
        return Edge(resolver=Resolver(db.engine), spool=spool, pages=notices, limit=None)

    def scan(self, edge: Edge, short_code: str, method: str = "GET") -> tuple[str, dict[str, str]]:
        answers: list[tuple[str, dict[str, str]]] = []
        environ = {"PATH_INFO": f"/t/{short_code}", "REQUEST_METHOD": method}
        environ |= {"REMOTE_ADDR": "203.0.113.5", "HTTP_USER_AGENT": "Firefox/139.0"}
        edge(environ, lambda status, headers: answers.append((status, dict(headers))))
        return answers[0]

    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_archived_code_leads_to_the_fallback_and_is_not_counted(
        self, people: People, edge: Edge, counted: list[bytes], method: str
    ) -> None:
        people.workspace.fallback_url = FALLBACK
        code = make_code(people.workspace, short_code="old", utm_source="print")
        archive_code(code, SYSTEM)
        db.session.commit()
        status, headers = self.scan(edge, "old", method)
        assert (status, headers["Location"]) == ("302 Found", FALLBACK)
        assert headers["Cache-Control"] == "no-store, private"
        assert counted == []

    def test_without_a_fallback_the_plain_page_stays(self, people: People, edge: Edge) -> None:
        archive_code(make_code(people.workspace, short_code="old"), SYSTEM)
        db.session.commit()
        assert self.scan(edge, "old")[0] == "410 Gone"

    def test_codes_in_use_and_unknown_ones_do_not_ask_for_it(
        self, people: People, edge: Edge, counted: list[bytes]
    ) -> None:
        people.workspace.fallback_url = FALLBACK
        make_code(people.workspace, short_code="menu")
        db.session.commit()
        assert self.scan(edge, "menu")[1]["Location"] == "https://destination.example/menu"
        assert self.scan(edge, "none")[0] == "404 Not Found"
        assert len(counted) == 1

    def test_one_query_tells_all(self, people: People) -> None:
        people.workspace.fallback_url = FALLBACK
        make_code(people.workspace, short_code="menu")
        db.session.commit()
        asked: list[str] = []

        def note(*arguments: Any) -> None:
            asked.append(arguments[2])

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            found = Resolver(db.engine).resolve("/menu")
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        assert found
        assert found.fallback == FALLBACK
        assert len(asked) == 1
