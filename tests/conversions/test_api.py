"""Conversions that programs tell of, and read."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from pitchbar.api.models import StoredResponse
from pitchbar.codes.models import Code
from pitchbar.conversions.lines import read_line
from pitchbar.conversions.models import Conversion
from pitchbar.conversions.pipeline import _spools
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.scans.accepted import Way
from pitchbar.scans.attribution import TokenCipher
from pitchbar.scans.segments import each_line
from pitchbar.scans.spool import Spool
from tests.conversions.calling import make_line, make_token, rows_of
from tests.support.factories import People, bearer, make_code, make_workspace
from tests.support.factories import make_token as make_api_token

Client = Any
ADDRESS = "/api/v1/conversions"


@pytest.fixture
def code(people: People) -> Code:
    return make_code(people.workspace, short_code="menu")


@pytest.fixture
def headers(people: People) -> dict[str, str]:
    return bearer(make_api_token(people.workspace))


@pytest.fixture
def body(code: Code, tokens: TokenCipher) -> dict[str, Any]:
    return {"attribution": make_token(tokens, code, way=Way(7, 1)), "event": "purchase"}


def test_program_tells_of_a_conversion_and_reads_it(
    client: Client, headers: Any, body: Any, code: Code, people: People
) -> None:
    money = {"value": "12.50", "currency": "eur", "order_id": "4711"}
    told = client.post(ADDRESS, json=body | money, headers=headers)
    assert (told.status_code, told.json["duplicate"]) == (202, False)
    listed = client.get(f"/api/v1/workspaces/{people.workspace.slug}/conversions", headers=headers)
    (one,) = listed.json["data"]
    assert one["id"] == told.json["id"]
    assert (one["event"], one["value"], one["value_minor"]) == ("purchase", "12.50", 1250)
    assert (one["currency"], one["order_id"], one["source"]) == ("EUR", "4711", "api")
    assert (one["code_id"], one["short_code"]) == (code.id, "menu")
    stats = client.get(
        f"/api/v1/workspaces/{people.workspace.slug}/codes/{code.id}/stats", headers=headers
    )
    assert stats.json["totals"]["conversions"] == 1
    hourly = client.get(f"{stats.request.path}?interval=hour", headers=headers)
    assert hourly.json["totals"]["conversions"] == 1
    assert "conversions" not in hourly.json["series"][0]


def test_order_that_is_stored_is_known_when_it_is_told_again(
    client: Client, headers: Any, body: Any, engine: Engine
) -> None:
    first = client.post(ADDRESS, json=body | {"order_id": "A"}, headers=headers)
    again = client.post(ADDRESS, json=body | {"order_id": "A"}, headers=headers)
    assert again.json == {"id": first.json["id"], "duplicate": True}
    other = client.post(ADDRESS, json=body | {"order_id": "B"}, headers=headers)
    assert other.json["duplicate"] is False
    assert len(rows_of(engine)) == 2


WRONG: dict[str, list[Any]] = {
    "attribution": ["", "A" * 71, "x", None],
    "event": ["", "x" * 65, 5],
    "value": ["much", "-1", -1, "9" * 30, 12.345, "12,50", True, [1]],
    "currency": ["EURO", "XXX", "", None],
    "order_id": ["x" * 129, 17],
}


@pytest.mark.parametrize(("field", "value"), [(f, v) for f, vs in WRONG.items() for v in vs])
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_stored(
    client: Client, headers: Any, body: Any, engine: Engine, field: str, value: Any
) -> None:
    right = body | {"value": "1.00", "currency": "EUR", "order_id": "7"}
    answer = client.post(ADDRESS, json=right | {field: value}, headers=headers)
    assert answer.status_code == 422
    assert next(iter(answer.json["error"]["fields"])).partition(".")[0] == field
    assert rows_of(engine) == []


def test_all_that_is_wrong_is_said_at_once(client: Client, headers: Any) -> None:
    sent = {"attribution": "x", "event": "", "value": "1", "currency": "EURO", "order_id": "\x7f"}
    answer = client.post(ADDRESS, json=sent, headers=headers)
    assert sorted(answer.json["error"]["fields"]) == [
        "attribution",
        "currency",
        "event",
        "order_id",
    ]


def test_token_that_is_truncated_expired_or_of_another_workspace_is_refused(
    client: Client, headers: Any, body: Any, code: Code, tokens: TokenCipher, app: Flask
) -> None:
    old = make_token(tokens, code, clock.now() - timedelta(days=31))
    foreign = make_token(tokens, make_code(make_workspace(name="Somebody else")))
    for token in (body["attribution"][:-1], old, foreign):
        answer = client.post(ADDRESS, json=body | {"attribution": token}, headers=headers)
        assert answer.status_code == 422
        assert list(answer.json["error"]["fields"]) == ["attribution"]


def test_only_a_token_that_may_write_tells_of_conversions(
    client: Client, body: Any, people: People
) -> None:
    reading = bearer(make_api_token(people.workspace, scope="read"))
    assert client.post(ADDRESS, json=body, headers=reading).status_code == 403
    assert client.post(ADDRESS, json=body).status_code == 401
    assert client.get(ADDRESS, headers=reading).status_code == 405


def test_call_that_is_repeated_with_its_key_counts_once_whatever_became_of_its_answer(
    client: Client, headers: Any, body: Any, engine: Engine
) -> None:
    keyed = headers | {"Idempotency-Key": "order-17"}
    first = client.post(ADDRESS, json=body, headers=keyed)
    again = client.post(ADDRESS, json=body, headers=keyed)
    assert (again.json, again.headers["Idempotent-Replayed"]) == (first.json, "true")
    # The answer was lost with the database's transaction, but the line was kept.
    db.session.query(StoredResponse).delete()
    db.session.commit()
    assert client.post(ADDRESS, json=body, headers=keyed).json == first.json
    assert len(rows_of(engine)) == 1
    assert client.post(ADDRESS, json=body, headers=headers).json != first.json


@pytest.fixture
def spool(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Of this process, as a server has it."""
    spool = Spool(tmp_path / "spool-here", overflow_bytes=100)
    monkeypatch.setitem(_spools, "here", spool)
    yield spool
    spool.reset_after_fork()


def test_server_keeps_the_line_before_it_answers(
    client: Client, headers: Any, body: Any, engine: Engine, spool: Spool
) -> None:
    told = client.post(ADDRESS, json=body, headers=headers)
    assert rows_of(engine) == []
    (segment,) = spool.segments()
    (line,) = each_line(segment.path.read_bytes())
    assert str(read_line(line).id) == told.json["id"]
    assert (read_line(line).facts.rule_id, read_line(line).facts.variant) == (7, 1)


def test_program_is_told_to_come_again_when_nothing_can_be_kept(
    client: Client, headers: Any, body: Any, spool: Spool
) -> None:
    spool._is_full = True
    answer = client.post(ADDRESS, json=body, headers=headers)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json["error"]["code"] == "unavailable"


def test_list_goes_on_where_the_page_before_ended(
    client: Client, headers: Any, code: Code, people: People, ingest: Any
) -> None:
    # Some of them came in the same millisecond.
    now = clock.now()
    ingest(*(make_line(code, now - timedelta(hours=n // 3)) for n in range(7)))
    ids = {str(one) for one in db.session.scalars(select(Conversion.id))}
    found, cursor = list[str](), ""
    address = f"/api/v1/workspaces/{people.workspace.slug}/conversions"
    while cursor is not None:
        page = client.get(f"{address}?per_page=2&cursor={cursor}", headers=headers).json
        found += [one["id"] for one in page["data"]]
        cursor = page["next_cursor"]
    assert len(found) == 7
    assert set(found) == ids
    assert client.get(f"{address}?cursor=x", headers=headers).status_code == 422


def test_workspace_tells_its_pixel_key(client: Client, headers: Any, people: People) -> None:
    answer = client.get(f"/api/v1/workspaces/{people.workspace.slug}", headers=headers)
    assert answer.json["pixel_key"] == people.workspace.pixel_key
