"""The life of a code as programs set and read it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from pitchbar.codes.models import Code
from pitchbar.core.code_passwords import verify_code_password
from pitchbar.extensions import db
from tests.support.factories import People, bearer, make_code, make_token
from tests.support.members import audit_entries_of

NAMED = {"name": "Menu", "destination_url": "https://shop.example/menu"}
LIFE: dict[str, Any] = {
    "campaign": "Spring",
    "labels": ["Print", "tables"],
    "starts_at": "2026-03-02T10:00:00+01:00",
    "ends_at": "2036-03-02T10:00:00Z",
    "scan_limit": 5000,
    "password": "flat white",
    "fallback_url": "https://shop.example/closed",
    "attribution": True,
}


class Program:
    def __init__(self, client: FlaskClient, people: People) -> None:
        self._client = client
        self._headers = bearer(make_token(people.workspace))
        self.at = f"/api/v1/workspaces/{people.workspace.slug}"

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        return self._client.open(
            self.at + path, method=method, json=body, headers={**self._headers, **headers}
        )

    def names(self, **query: str) -> list[str]:
        answer = self._client.get(f"{self.at}/codes", query_string=query, headers=self._headers)
        return [one["name"] for one in answer.get_json()["data"]]


@pytest.fixture
def program(client: FlaskClient, people: People) -> Program:
    return Program(client, people)


def test_new_code_takes_and_gives_every_field(program: Program) -> None:
    answer = program.send("POST", "/codes", {**NAMED, **LIFE})
    assert answer.status_code == 201
    body = answer.json
    assert body["starts_at"] == "2026-03-02T09:00:00+00:00"
    assert body["ends_at"] == "2036-03-02T10:00:00+00:00"
    assert (body["campaign"], body["labels"]) == ("Spring", ["Print", "tables"])
    assert (body["scan_limit"], body["attribution"]) == (5000, True)
    assert (body["has_password"], body["state"]) == (True, "active")
    assert body["fallback_url"] == "https://shop.example/closed"
    assert "password" not in body
    assert "flat white" not in answer.text
    assert program.send("GET", f"/codes/{body['id']}").json == body


def test_code_without_any_of_it_has_none_of_it(program: Program) -> None:
    body = program.send("POST", "/codes", NAMED).json
    assert (body["campaign"], body["labels"], body["fallback_url"]) == ("", [], "")
    assert (body["starts_at"], body["ends_at"], body["scan_limit"]) == (None, None, None)
    assert (body["has_password"], body["attribution"]) == (False, False)


def test_null_clears_and_what_is_left_out_stays(program: Program) -> None:
    made = program.send("POST", "/codes", {**NAMED, **LIFE, "notes": "n"}).json
    path = f"/codes/{made['id']}"
    same = program.send("PATCH", path, {"name": "Card"}).json
    assert {**same, "name": "Menu", "updated_at": ""} == {**made, "updated_at": ""}
    cleared = program.send("PATCH", path, {**dict.fromkeys(LIFE), "notes": None}).json
    assert (cleared["campaign"], cleared["labels"], cleared["fallback_url"]) == ("", [], "")
    assert (cleared["starts_at"], cleared["ends_at"]) == (None, None)
    assert (cleared["scan_limit"], cleared["has_password"]) == (None, False)
    # Null has no meaning here, and so leaves them as they are.
    assert (cleared["attribution"], cleared["notes"]) == (True, "n")


WRONG = [
    ("starts_at", "2026-03-02T10:00:00", "needs an offset from UTC"),
    ("starts_at", "2026-03-02", "needs an offset from UTC"),
    ("starts_at", "soon", "is no time as ISO 8601 writes it"),
    ("starts_at", "2026-02-30T10:00:00Z", "is no time as ISO 8601 writes it"),
    ("starts_at", 1772445600, "has to be a text"),
    ("starts_at", "1999-12-31T23:59:59Z", "Choose a year from 2000 to 2100."),
    ("ends_at", "9999-12-31T23:59:59-12:00", "Choose a year from 2000 to 2100."),
    ("ends_at", "0001-01-01T00:00:00+14:00", "Choose a year from 2000 to 2100."),
    ("ends_at", "2026-03-02T09:00:00Z", "The end has to come after the start."),
    ("scan_limit", 0, "greater than or equal to 1"),
    ("scan_limit", 10_000_001, "less than or equal to 10000000"),
    ("scan_limit", 1.5, "valid integer"),
    ("scan_limit", "5", "valid integer"),
    ("scan_limit", True, "valid integer"),
    ("password", "abc", "at least 4"),
    ("password", "a" * 129, "at most 128"),
    ("password", "abc\x00d", "cannot be stored"),
    ("fallback_url", "ftp://x.example", "Only web addresses work here"),
    ("fallback_url", "http://pitchbar.test/t/menu", "cannot lead back to Pitchbar"),
    ("campaign", "a" * 101, "at most 100"),
    ("labels", ["a" * 51], "A label has 50 characters at most."),
    ("labels", ["a,b"], "A label has no comma"),
    ("labels", [f"n{n}" for n in range(21)], "at most 20 items"),
    ("labels", "Print", "valid list"),
    ("labels", [1], "valid string"),
    ("attribution", "yes", "valid boolean"),
]


@pytest.mark.parametrize(("field", "value", "sentence"), WRONG)
def test_wrong_field_is_named_and_nothing_is_changed(
    program: Program, people: People, field: str, value: Any, sentence: str
) -> None:
    code = make_code(people.workspace)
    body = {**LIFE, field: value}
    for answer in (
        program.send("POST", "/codes", {**NAMED, **body}),
        program.send("PATCH", f"/codes/{code.id}", body),
    ):
        assert answer.status_code == 422, answer.json
        (name, said), *_ = answer.json["error"]["fields"].items()
        assert name.partition(".")[0] == field
        assert sentence in said
        assert "flat white" not in answer.text
    assert (code.campaign, code.starts_at, code.password_hash) == ("", None, None)
    assert program.names() == [code.name]


def test_end_is_held_against_the_start_that_is_there(program: Program, people: People) -> None:
    code = make_code(people.workspace, starts_at=datetime(2026, 6, 1, tzinfo=UTC))
    answer = program.send("PATCH", f"/codes/{code.id}", {"ends_at": "2026-05-31T00:00:00Z"})
    assert answer.json["error"]["fields"] == {"ends_at": "The end has to come after the start."}
    assert program.send(
        "PATCH", f"/codes/{code.id}", {"starts_at": None, "ends_at": "2026-05-31T00:00:00Z"}
    ).json["state"] == ("ended" if datetime.now(UTC).year > 2025 else "active")


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "active"),
        ({"starts_at": "2099-01-01T00:00:00Z"}, "scheduled"),
        ({"ends_at": "2020-01-01T00:00:00Z"}, "ended"),
        ({"starts_at": "2020-01-01T00:00:00Z", "ends_at": "2099-01-01T00:00:00Z"}, "active"),
        ({"starts_at": "2099-01-01T00:00:00Z", "status": "archived"}, "archived"),
    ],
)
def test_state_says_what_a_scan_meets(program: Program, fields: dict[str, Any], state: str) -> None:
    assert program.send("POST", "/codes", {**NAMED, **fields}).json["state"] == state


def test_password_is_stored_as_a_hash_and_told_to_nobody(program: Program, people: People) -> None:
    made = program.send("POST", "/codes", {**NAMED, "password": "flat white"}).json
    code = db.session.get_one(Code, made["id"])
    assert verify_code_password(code.password_hash or "", "flat white")
    program.send("PATCH", f"/codes/{made['id']}", {"password": "espresso"})
    first, last = sorted(audit_entries_of(people.workspace), key=lambda one: one.id)[-2:]
    assert first.after["password"] == "set"
    assert (last.before, last.after) == ({"password": "set"}, {"password": "changed"})


def test_change_on_another_state_is_refused(program: Program, people: People) -> None:
    code = make_code(people.workspace, labels=["Print"])
    path = f"/codes/{code.id}"
    etag = program.send("GET", path).headers["ETag"]
    program.send("PATCH", path, {"labels": ["Tables"]})
    stale = program.send("PATCH", path, {"labels": ["Late"]}, **{"If-Match": etag})
    assert stale.status_code == 412
    assert program.send("GET", path).json["labels"] == ["Tables"]


def test_list_is_narrowed_by_label_and_campaign(program: Program, people: People) -> None:
    make_code(people.workspace, name="A", labels=["Print", "Straße"], campaign="Spring")
    make_code(people.workspace, name="B", labels=["print"])
    make_code(people.workspace, name="C", campaign="Spring 2")
    make_code(people.elsewhere, name="Theirs", labels=["Print"], campaign="Spring")
    assert program.names(label="PRINT") == ["B", "A"]
    assert program.names(label="STRASSE") == ["A"]
    assert program.names(label="none such") == []
    assert program.names(campaign="Spring") == ["A"]
    assert program.names(campaign="Spring", label="Print") == ["A"]
    assert program.names(q="spring") == ["C", "A"]
    assert program.names(q="straß") == ["A"]


class TestLabels:
    def test_labels_are_made_listed_renamed_and_deleted(
        self, program: Program, people: People
    ) -> None:
        made = program.send("POST", "/labels", {"name": " Print  ads ", "colour": "blue"})
        assert made.status_code == 201
        label = {"id": made.json["id"], "name": "Print ads", "colour": "blue", "codes": 0}
        assert made.json == label
        code = make_code(people.workspace, labels=["PRINT ADS"])
        changed = program.send("PATCH", f"/labels/{label['id']}", {"name": "Ads"}).json
        assert changed == {**label, "name": "Ads", "codes": 1}
        assert program.send("GET", f"/codes/{code.id}").json["labels"] == ["Ads"]
        assert program.send("GET", "/labels").json == {"data": [changed], "next_cursor": None}
        assert program.send("DELETE", f"/labels/{label['id']}").status_code == 204
        assert program.send("GET", f"/codes/{code.id}").json["labels"] == []
        assert program.send("DELETE", f"/labels/{label['id']}").status_code == 404

    def test_list_comes_in_pages(self, program: Program, people: People) -> None:
        make_code(people.workspace, labels=["c", "a", "b"])
        first = program.send("GET", "/labels?per_page=2").json
        assert [one["name"] for one in first["data"]] == ["c", "a"]
        rest = program.send("GET", f"/labels?per_page=2&cursor={first['next_cursor']}").json
        assert [one["name"] for one in rest["data"]] == ["b"]
        assert rest["next_cursor"] is None

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"name": ""}, "name"),
            ({"name": "   "}, "name"),
            ({"name": "a" * 51}, "name"),
            ({"name": "a,b"}, "name"),
            ({"name": "a\x00"}, "name"),
            ({"name": "PRINT"}, "name"),
            ({"name": "New", "colour": "octarine"}, "colour"),
            ({"name": "New", "color": "blue"}, "color"),
            ({"name": None, "colour": "#fff"}, "colour"),
        ],
    )
    def test_wrong_field_is_named(
        self, program: Program, people: People, body: dict[str, Any], field: str
    ) -> None:
        make_code(people.workspace, labels=["Print", "Tables"])
        tables = program.send("GET", "/labels").json["data"][1]
        for answer in (
            program.send("POST", "/labels", body),
            program.send("PATCH", f"/labels/{tables['id']}", body),
        ):
            assert answer.status_code == 422
            assert field in answer.json["error"]["fields"]
        assert [one["name"] for one in program.send("GET", "/labels").json["data"]] == [
            "Print",
            "Tables",
        ]

    def test_label_of_others_is_not_there(self, program: Program, people: People) -> None:
        make_code(people.elsewhere, labels=["Theirs"])
        for label_id in (1, 9**30):
            assert program.send("PATCH", f"/labels/{label_id}", {"name": "x"}).status_code == 404
            assert program.send("DELETE", f"/labels/{label_id}").status_code == 404
        assert program.send("GET", "/labels").json["data"] == []
