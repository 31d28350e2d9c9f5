from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from pitchbar.codes.models import Code
from pitchbar.core.pagination import encode_cursor
from tests.api.calling import Api, wrong_fields
from tests.support.factories import People, make_code
from tests.support.scans import ROBOT, Visit, store, visits
from tests.support.servers import on_both_databases

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.fixture
def code(people: People) -> Code:
    return make_code(people.workspace)


def test_scan_tells_what_is_known(api: Api, code: Code) -> None:
    store(Visit(code, NOON, "81.2.69.17", referrer="https://News.example/a?secret=1"))
    (scan,) = api.get(f"/codes/{code.id}/scans").get_json()["data"]
    assert UUID(scan.pop("id")).version == 7
    assert len(scan.pop("visitor")) == 32
    assert scan == {
        "at": "2026-11-18T12:00:00+00:00",
        "ip": "81.2.69.0",
        "country": "GB",
        "region": None,
        "city": None,
        "device": "phone",
        "os": "iOS",
        "browser": "Safari",
        "language": "en-GB",
        "referrer_host": "news.example",
        "utm": {"source": None, "medium": None, "campaign": None, "term": None, "content": None},
        "robot": False,
        "robot_reason": None,
        "set_apart": None,
    }


def test_robots_are_in_the_list_with_their_reason(api: Api, code: Code) -> None:
    store(Visit(code, NOON, user_agent=ROBOT), *visits(code, 1, NOON))
    found = api.get(f"/codes/{code.id}/scans").get_json()["data"]
    assert sorted(scan["robot"] for scan in found) == [False, True]
    assert {(scan["robot_reason"], scan["set_apart"]) for scan in found} == {
        (None, None),
        ("link_preview", "link_preview"),
    }


def test_repeat_is_set_apart_but_no_robot(api: Api, code: Code) -> None:
    store(*(Visit(code, NOON + timedelta(seconds=late), "81.2.69.17") for late in (0, 1)))
    found = api.get(f"/codes/{code.id}/scans").get_json()["data"]
    assert [(scan["robot"], scan["robot_reason"], scan["set_apart"]) for scan in found] == [
        (False, None, "repeat"),
        (False, None, None),
    ]


@on_both_databases
def test_cursor_visits_each_once_while_new_ones_come(api: Api, code: Code) -> None:
    """Also those of one millisecond, and with a page that ends between them."""
    store(*(Visit(code, NOON) for _ in range(5)), *visits(code, 3, NOON - timedelta(hours=1)))
    everything = [one["id"] for one in api.get(f"/codes/{code.id}/scans").get_json()["data"]]
    assert len(everything) == 8
    seen, cursor = [], None
    while True:
        query: dict[str, Any] = {"cursor": cursor} if cursor else {}
        body = api.get(f"/codes/{code.id}/scans", per_page=3, **query).get_json()
        seen += [one["id"] for one in body["data"]]
        cursor = body["next_cursor"]
        store(Visit(code, NOON + timedelta(hours=1)))
        if cursor is None:
            break
    assert seen == everything


def test_last_page_has_no_next(api: Api, code: Code) -> None:
    store(*visits(code, 3, NOON))
    assert api.get(f"/codes/{code.id}/scans", per_page=3).get_json()["next_cursor"] is None
    assert api.get(f"/codes/{code.id}/scans", per_page=2).get_json()["next_cursor"]


def test_other_codes_are_not_in_the_list(api: Api, people: People, code: Code) -> None:
    store(*visits(make_code(people.workspace), 2, NOON))
    assert api.get(f"/codes/{code.id}/scans").get_json() == {"data": [], "next_cursor": None}


UUID_TEXT = "0199a3d2-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    "cursor",
    [
        "abc",
        "!!",
        encode_cursor("12"),
        encode_cursor("2026-11-18T12:00:00+00:00"),
        encode_cursor(f"2026-11-18T12:00:00|{UUID_TEXT}"),
        encode_cursor("2026-11-18T12:00:00+00:00|none"),
        encode_cursor(f"0001-01-01T00:00:00+23:59|{UUID_TEXT}"),
        encode_cursor(f"9999-12-31T23:59:59-23:59|{UUID_TEXT}"),
    ],
)
def test_wrong_cursor_is_named(api: Api, code: Code, cursor: str) -> None:
    assert list(wrong_fields(api.get(f"/codes/{code.id}/scans", cursor=cursor))) == ["cursor"]


@pytest.mark.parametrize("per_page", ["0", "101", "abc", ""])
def test_wrong_page_size_is_named(api: Api, code: Code, per_page: str) -> None:
    assert list(wrong_fields(api.get(f"/codes/{code.id}/scans", per_page=per_page))) == ["per_page"]
