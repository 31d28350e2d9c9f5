import re
from typing import Any

import pytest
from sqlalchemy import select

from pitchbar.codes.models import Code
from pitchbar.codes.services import archive_code, delete_code
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from tests.api.calling import Api, wrong_fields
from tests.support.factories import People, make_code
from tests.support.servers import on_both_databases

GOOD: dict[str, Any] = {"name": "Menu", "destination_url": "https://shop.example/"}
EVERYTHING: dict[str, Any] = {
    "name": "  Spring menu ",
    "destination_url": "https://münchen.example/",
    "short_code": "Spring",
    "utm": {"source": "poster", "campaign": "spring"},
    "forward_parameters": True,
    "error_correction": "H",
    "notes": "Two\nlines",
    "status": "archived",
}


def test_workspace_tells_who_it_is(api: Api, people: People) -> None:
    answer = api.get("").get_json()
    month = answer["usage"]["scans"].pop("month")
    assert month == f"{clock.now():%Y-%m}"
    limits = answer["usage"].pop("limits")
    assert limits["codes"] == {"used": 0, "limit": 500}
    assert answer == {
        "slug": people.workspace.slug,
        "name": "Corner Café",
        "time_zone": "UTC",
        "plan": "growth",
        "pixel_key": people.workspace.pixel_key,
        "usage": {
            "active_codes": 0,
            "scans_this_month": 0,
            "scans": {"used": 0, "limit": 250_000, "unrecorded": 0},
        },
    }


def test_new_code_is_answered_with_its_addresses(api: Api, people: People) -> None:
    response = api.post("/codes", **GOOD)
    assert response.status_code == 201
    made = response.get_json()
    short_code = made["short_code"]
    assert made["short_url"] == f"http://pitchbar.test/t/{short_code}"
    assert made["qr_svg_url"] == f"http://pitchbar.test{api.at}/codes/{made['id']}/qr.svg"
    assert api.get(f"/codes/{made['id']}/qr.svg").mimetype == "image/svg+xml"
    code = db.session.scalars(select(Code)).one()
    assert (code.workspace_id, code.created_by_id) == (people.workspace.id, None)
    assert api.get(f"/codes/{made['id']}").get_json() == made


@on_both_databases
def test_every_field_can_be_set(api: Api) -> None:
    made = api.post("/codes", **EVERYTHING).get_json()
    expected = EVERYTHING | {
        "name": "Spring menu",
        "destination_url": "https://xn--mnchen-3ya.example/",
        "short_code": "spring",
        "utm": {"source": "poster", "medium": "", "campaign": "spring", "term": "", "content": ""},
    }
    assert {name: made[name] for name in expected} == expected
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", made["created_at"])


def test_change_touches_only_what_was_sent(api: Api) -> None:
    made = api.post("/codes", **EVERYTHING).get_json()
    at = f"/codes/{made['id']}"
    changed = api.patch(at, name="New").get_json()
    assert changed | {"updated_at": ""} == made | {"name": "New", "updated_at": ""}
    assert api.patch(at).get_json()["name"] == "New"
    assert api.patch(at, utm={"term": "x"}).get_json()["utm"]["source"] == ""
    assert api.patch(at, status="active").get_json()["status"] == "active"
    assert api.patch(at, status="archived").get_json()["status"] == "archived"
    assert api.patch(at, notes="").get_json()["notes"] == ""


WRONG: list[tuple[str, Any]] = [
    ("name", ""),
    ("name", "   "),
    ("name", "a" * 201),
    ("name", 12),
    ("name", ["Menu"]),
    ("name", "Menu\x00"),
    ("name", "Menu\x1b"),
    ("name", "\ud800"),
    ("destination_url", ""),
    ("destination_url", "javascript:alert(1)"),
    ("destination_url", "https://pitchbar.test/"),
    ("destination_url", "https://shop.example/" + "a" * 2048),
    ("destination_url", {"url": "https://shop.example/"}),
    ("utm", "poster"),
    ("utm", []),
    ("utm.source", "a" * 256),
    ("utm.source", "a\x00"),
    ("utm.medium", "a\x07"),
    ("utm.content", 1),
    ("utm.colour", "red"),
    ("forward_parameters", "perhaps"),
    ("error_correction", "X"),
    ("error_correction", "m"),
    ("notes", "a" * 5001),
    ("notes", "a\x00"),
    ("status", "deleted"),
    ("status", 1),
]


@on_both_databases
def test_wrong_field_is_named_and_nothing_is_stored(api: Api, people: People) -> None:
    code = make_code(people.workspace, name="Menu")
    for field, value in WRONG:
        outer, _, inner = field.partition(".")
        sent = {outer: {inner: value} if inner else value}
        for response in (
            api.post("/codes", **{**GOOD, **sent}),
            api.patch(f"/codes/{code.id}", **sent),
        ):
            fields = wrong_fields(response)
            assert (field, value, list(fields)) == (field, value, [field])
            assert fields[field]
    assert db.session.scalars(select(Code)).one() is code
    assert (code.name, code.utm.given(), code.status) == ("Menu", {}, "active")


@pytest.mark.parametrize("short_code", ["ab", "a b c", "menü", "a/b", "a" * 65, "a\x00bc", 123])
def test_wrong_short_code_is_named(api: Api, short_code: Any) -> None:
    assert list(wrong_fields(api.post("/codes", **GOOD, short_code=short_code))) == ["short_code"]


def test_missing_fields_are_named_together(api: Api) -> None:
    assert set(wrong_fields(api.post("/codes"))) == {"name", "destination_url"}


def test_taken_short_code_is_refused(api: Api, people: People) -> None:
    make_code(people.elsewhere, short_code="menu")
    response = api.post("/codes", **GOOD, short_code="MENU")
    assert "“menu” is taken." in wrong_fields(response)["short_code"]
    assert response.get_json()["error"]["code"] == "short_code_taken"


@pytest.mark.parametrize(
    "field",
    ["id", "workspace_id", "created_by_id", "deleted_at", "short_url", "utm_source", "nmae"],
)
def test_unknown_field_is_refused(api: Api, people: People, field: str) -> None:
    code = make_code(people.workspace)
    assert list(wrong_fields(api.post("/codes", **GOOD, **{field: 1}))) == [field]
    assert list(wrong_fields(api.patch(f"/codes/{code.id}", **{field: 1}))) == [field]


def test_printed_short_code_cannot_be_changed(api: Api, people: People) -> None:
    code = make_code(people.workspace, short_code="printed")
    assert list(wrong_fields(api.patch(f"/codes/{code.id}", short_code="other"))) == ["short_code"]
    assert code.short_code == "printed"


class TestList:
    def test_newest_come_first_and_deleted_ones_not(self, api: Api, people: People) -> None:
        for name in ("One", "Two", "Three"):
            make_code(people.workspace, name=name)
        archive_code(make_code(people.workspace, name="Archived"), SYSTEM)
        delete_code(make_code(people.workspace, name="Deleted"), SYSTEM, "Deleted")
        make_code(people.elsewhere, name="Of others")
        body = api.get("/codes").get_json()
        assert [code["name"] for code in body["data"]] == ["Archived", "Three", "Two", "One"]
        assert body["next_cursor"] is None

    def test_cursor_visits_each_once_while_new_ones_come(self, api: Api, people: People) -> None:
        made = [make_code(people.workspace).id for _ in range(7)]
        seen, cursor = [], None
        while True:
            query: dict[str, Any] = {"cursor": cursor} if cursor else {}
            body = api.get("/codes", per_page=3, **query).get_json()
            seen += [code["id"] for code in body["data"]]
            cursor = body["next_cursor"]
            make_code(people.workspace)
            if cursor is None:
                break
        assert seen == made[::-1]

    @pytest.mark.parametrize("per_page", ["0", "-1", "101", "abc", "1.5", "9" * 30])
    def test_wrong_page_size_is_named(self, api: Api, per_page: str) -> None:
        assert list(wrong_fields(api.get("/codes", per_page=per_page))) == ["per_page"]

    @pytest.mark.parametrize("cursor", ["abc", "é", "!!!", "LTE", "MS41", "OTk5" * 20, "a" * 5000])
    def test_wrong_cursor_is_named(self, api: Api, cursor: str) -> None:
        assert list(wrong_fields(api.get("/codes", cursor=cursor))) == ["cursor"]
