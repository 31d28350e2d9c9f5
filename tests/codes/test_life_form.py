"""Start, end, limit, password, fallback, campaign, labels and attribution in the form of a code."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from pitchbar.codes.labels.models import Label
from pitchbar.codes.labels.queries import labels_of
from pitchbar.codes.models import Code
from pitchbar.core.code_passwords import verify_code_password
from pitchbar.extensions import db
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code
from tests.support.members import audit_entries_of

NAMED = {"name": "Menu", "destination_url": "https://shop.example/menu"}
LIFE = {
    "starts_at": "2026-12-01T09:00",
    "ends_at": "2026-12-24T18:30",
    "scan_limit": "10,000",
    "password": "flat white",
    "fallback_url": "shop.example/closed",
    "campaign": " Advent  2026 ",
    "labels": "Print, tables ,PRINT,, Straße",
    "attribution": "y",
}


@pytest.fixture
def at(client: FormClient, people: People) -> str:
    people.workspace.time_zone = "Europe/Zurich"
    db.session.commit()
    sign_in(client, people.editor)
    return f"/w/{people.workspace.slug}/codes"


def only_code() -> Code:
    return db.session.scalars(select(Code)).one()


def names_of(code: Code) -> list[str]:
    return [label.name for label in labels_of(code)]


def error_at(page: str, field: str) -> str:
    return page.partition(f'id="{field}-error"')[2].partition("</p>")[0]


def test_every_field_is_kept(client: FormClient, at: str) -> None:
    assert client.submit(at, {**NAMED, **LIFE}).status_code == 303
    code = only_code()
    assert code.starts_at == datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert code.ends_at == datetime(2026, 12, 24, 17, 30, tzinfo=UTC)
    assert code.scan_limit == 10_000
    assert verify_code_password(code.password_hash or "", "flat white")
    assert code.fallback_url == "https://shop.example/closed"
    assert (code.campaign, code.attribution) == ("Advent 2026", True)
    assert names_of(code) == ["Print", "Straße", "tables"]


def test_form_shows_what_is_stored_but_the_password(client: FormClient, at: str) -> None:
    client.submit(at, {**NAMED, **LIFE})
    page = client.get(f"{at}/{only_code().id}/edit").text
    for shown in ("2026-12-01T09:00", "2026-12-24T18:30", "10000", "Advent 2026"):
        assert f'value="{shown}"' in page
    assert 'value="Print, Straße, tables"' in page
    assert "flat white" not in page
    assert "One is set. Leave this empty to keep it." in page
    assert "time zone, Europe/Zurich" in page


def test_sections_are_closed_unless_something_in_them_is_used(
    client: FormClient, people: People, at: str
) -> None:
    plain = client.get(f"{at}/new").text
    assert '<details class="form-section">' in plain
    assert '<details class="form-section" open>' not in plain
    for fields in ({"password": "flat white"}, {"labels": ["Print"]}):
        code = make_code(people.workspace, **fields)
        page = client.get(f"{at}/{code.id}/edit").text
        assert page.count('<details class="form-section" open>') == 1


WRONG = [
    ("starts_at", "soon", "Enter a date and a time"),
    ("starts_at", "2027-03-28T02:30", "the clocks go forward over it"),
    ("ends_at", "2026-12-01T09:00", "The end has to come after the start."),
    ("ends_at", "2026-11-01T09:00", "The end has to come after the start."),
    ("ends_at", "2999-01-01T09:00", "Choose a year"),
    ("scan_limit", "0", "Use a whole number from 1 to 10,000,000."),
    ("scan_limit", "-5", "Use a whole number from 1 to 10,000,000."),
    ("scan_limit", "1.5", "Use a whole number from 1 to 10,000,000."),
    ("scan_limit", "10,000,001", "Use a whole number from 1 to 10,000,000."),
    ("scan_limit", "9" * 5000, "Use a whole number from 1 to 10,000,000."),
    ("scan_limit", "many", "Use a whole number from 1 to 10,000,000."),
    ("password", "abc", "A password has 4 to 128 characters."),
    ("password", "a" * 129, "A password has 4 to 128 characters."),
    ("password", "a\x00bcd", "Use characters that a visitor can see and type."),
    ("password", "     ", "Use characters that a visitor can see and type."),
    ("fallback_url", "javascript:alert(1)", "Only web addresses work here"),
    ("fallback_url", "http://pitchbar.test/t/menu", "A code cannot lead back to Pitchbar"),
    ("fallback_url", "https://shop.example/" + "a" * 3000, "Use at most 2048 characters."),
    ("campaign", "a" * 101, "Use at most 100 characters."),
    ("campaign", "a\x00", "This contains characters that cannot be stored."),
    ("labels", "a" * 51, "A label has 50 characters at most."),
    ("labels", "a\x00", "A label has no characters that cannot be stored."),
    ("labels", ",".join(f"n{n}" for n in range(21)), "A code has 20 labels at most; these are 21."),
]


@pytest.mark.parametrize(("field", "value", "sentence"), WRONG)
def test_sentence_stands_at_the_field_and_all_else_that_was_typed_stays(
    client: FormClient, people: People, at: str, field: str, value: str, sentence: str
) -> None:
    code = make_code(people.workspace)
    typed = {**NAMED, **LIFE, field: value}
    for url in (at, f"{at}/{code.id}"):
        answer = client.submit(url, typed, fragment=True)
        assert answer.status_code == 422
        assert sentence in error_at(answer.text, field)
        for name in ("starts_at", "ends_at", "labels", "scan_limit", "fallback_url"):
            assert name == field or f'value="{typed[name]}"' in answer.text
        assert LIFE["password"] not in answer.text
        if field != "password":
            assert "Type the password again" in answer.text
    assert db.session.scalars(select(Label)).all() == []
    assert (code.starts_at, code.campaign, code.password_hash) == (None, "", None)


class TestPassword:
    def test_empty_field_keeps_the_password(
        self, client: FormClient, people: People, at: str
    ) -> None:
        code = make_code(people.workspace, password="flat white")
        client.submit(f"{at}/{code.id}", {**NAMED, **LIFE, "password": ""})
        assert verify_code_password(code.password_hash or "", "flat white")

    def test_another_one_replaces_it_and_a_tick_removes_it(
        self, client: FormClient, people: People, at: str
    ) -> None:
        code = make_code(people.workspace, password="flat white")
        client.submit(f"{at}/{code.id}", {**NAMED, "password": "espresso"})
        assert verify_code_password(code.password_hash or "", "espresso")
        client.submit(f"{at}/{code.id}", {**NAMED, "remove_password": "y"})
        assert code.password_hash is None

    def test_both_at_once_are_refused(self, client: FormClient, people: People, at: str) -> None:
        code = make_code(people.workspace, password="flat white")
        typed = {**NAMED, "password": "espresso", "remove_password": "y"}
        answer = client.submit(f"{at}/{code.id}", typed)
        assert "not both" in error_at(answer.text, "password")
        assert "espresso" not in answer.text
        assert verify_code_password(code.password_hash or "", "flat white")

    def test_log_says_what_became_of_it_and_never_the_password(
        self, client: FormClient, people: People, at: str
    ) -> None:
        code = make_code(people.workspace)
        for typed in ({"password": "flat white"}, {"password": "espresso"}, {"remove_password": 1}):
            client.submit(f"{at}/{code.id}", {**NAMED, **typed})
        entries = [one for one in audit_entries_of(people.workspace) if "password" in one.after]
        told = [(one.before["password"], one.after["password"]) for one in entries]
        assert sorted(told) == sorted([("", "set"), ("set", "changed"), ("set", "removed")])
        written = str([(one.before, one.after) for one in audit_entries_of(people.workspace)])
        for secret in ("flat white", "espresso", "argon2", "password_hash"):
            assert secret not in written


class TestStaying:
    def test_second_hour_of_one_name_stays_when_nothing_is_changed(
        self, client: FormClient, people: People, at: str
    ) -> None:
        second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
        code = make_code(people.workspace, starts_at=second)
        typed = {**NAMED, "starts_at": "2026-10-25T02:30", "campaign": ""}
        client.submit(f"{at}/{code.id}", typed)
        assert code.starts_at == second

    def test_hour_that_comes_twice_is_said_after_saving(
        self, client: FormClient, people: People, at: str
    ) -> None:
        answer = client.submit(at, {**NAMED, "starts_at": "2026-10-25T02:30"})
        assert "02:30 comes twice on 25 October 2026" in client.get(answer.location).text

    def test_form_of_before_leaves_alone_what_it_does_not_know(
        self, client: FormClient, people: People, at: str
    ) -> None:
        starts_at = datetime(2026, 12, 1, tzinfo=UTC)
        fields: dict[str, Any] = {"starts_at": starts_at, "scan_limit": 5, "labels": ["Print"]}
        code = make_code(people.workspace, attribution=True, campaign="Spring", **fields)
        client.submit(f"{at}/{code.id}", {**NAMED, "notes": "n"})
        assert (code.starts_at, code.scan_limit, code.campaign) == (starts_at, 5, "Spring")
        assert (code.attribution, names_of(code), code.notes) == (True, ["Print"], "n")

    def test_emptied_fields_are_cleared(self, client: FormClient, people: People, at: str) -> None:
        client.submit(at, {**NAMED, **LIFE})
        code = only_code()
        emptied = dict.fromkeys(LIFE.keys() - {"attribution"}, "")
        client.submit(f"{at}/{code.id}", {**NAMED, **emptied})
        assert (code.starts_at, code.ends_at, code.scan_limit) == (None, None, None)
        assert (code.campaign, code.fallback_url, code.attribution) == ("", "", False)
        assert names_of(code) == []

    def test_preview_takes_half_typed_fields(self, client: FormClient, at: str) -> None:
        answer = client.submit(f"{at}/preview", {**NAMED, **LIFE, "starts_at": "20", "labels": ","})
        assert answer.status_code == 200
        assert "flat white" not in answer.text
