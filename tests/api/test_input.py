"""What programs send by mistake or malice is refused with JSON that names it, never with a 500."""

import pytest
from sqlalchemy import func, select

from pitchbar.codes.models import Code
from pitchbar.extensions import db
from tests.support.browsing import FormClient
from tests.support.factories import People, bearer, make_code, make_token
from tests.support.servers import on_both_databases, on_postgresql

JSON = {"Content-Type": "application/json"}
GOOD = b'{"name": "Poster", "destination_url": "https://destination.example/"}'


@pytest.fixture
def url(people: People) -> str:
    return f"/api/v1/workspaces/{people.workspace.slug}/codes"


@pytest.fixture
def headers(people: People) -> dict[str, str]:
    return bearer(make_token(people.workspace))


def count_codes() -> int:
    return db.session.scalar(select(func.count()).select_from(Code)) or 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"[{}]",
        b"null",
        b"7",
        b'"text"',
        b"\xff\xfe",
        b'{"name": "\xff"}',
        b'{"name": "\\ud800", "destination_url": "https://a.example"}',
        b'{"\\ud800": 1}',
        b'{"name": NaN}',
        b'{"name": Infinity, "utm": {"\\udfff": "\\ud800"}}',
        b"[" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b"9" * 10_000,
    ],
    ids=lambda body: body[:12],
)
@pytest.mark.parametrize("method", ["post", "patch"])
def test_what_is_no_json_object_is_refused(
    client: FormClient, url: str, headers: dict[str, str], people: People, method: str, body: bytes
) -> None:
    target = url if method == "post" else f"{url}/{make_code(people.workspace).id}"
    before = count_codes()
    answer = client.open(target, method=method.upper(), data=body, headers=headers | JSON)
    assert answer.status_code == 422
    assert answer.get_json()["error"]["code"] == "invalid"
    assert count_codes() == before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"surprise": 1}, "surprise"),
        ({"workspace_id": 2}, "workspace_id"),
        ({"id": 7}, "id"),
        ({"utm": {"sauce": "x"}}, "utm.sauce"),
        ({"utm": []}, "utm"),
        ({"utm": {"source": "a\x00b"}}, "utm.source"),
        ({"name": ["x"]}, "name"),
        ({"name": 7}, "name"),
        ({"name": None}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "a\x1bb"}, "name"),
        ({"notes": "a\x00b"}, "notes"),
        ({"notes": "x" * 5001}, "notes"),
        ({"short_code": "a\x00b"}, "short_code"),
        ({"short_code": "../etc"}, "short_code"),
        ({"destination_url": "https://a.example/\x00"}, "destination_url"),
        ({"destination_url": "javascript:alert(1)"}, "destination_url"),
        ({"forward_parameters": "yes"}, "forward_parameters"),
        ({"forward_parameters": 10**30}, "forward_parameters"),
        ({"error_correction": "X"}, "error_correction"),
        ({"status": "deleted"}, "status"),
    ],
    ids=str,
)
def test_wrong_field_is_named(
    client: FormClient,
    url: str,
    headers: dict[str, str],
    change: dict[str, object],
    field: str,
) -> None:
    body = {"name": "Poster", "destination_url": "https://destination.example/"} | change
    answer = client.post(url, json=body, headers=headers)
    assert answer.status_code == 422
    assert list(answer.get_json()["error"]["fields"]) == [field]
    assert count_codes() == 0


@on_postgresql
def test_what_postgresql_cannot_store_is_named_too(
    client: FormClient, url: str, headers: dict[str, str]
) -> None:
    good = {"name": "Poster", "destination_url": "https://destination.example/"}
    for name in ("name", "notes", "short_code", "destination_url"):
        answer = client.post(url, json=good | {name: "a\x00b"}, headers=headers)
        assert list(answer.get_json()["error"]["fields"]) == [name]
    answer = client.post(url, json=good | {"utm": {"term": "a\x00b"}}, headers=headers)
    assert list(answer.get_json()["error"]["fields"]) == ["utm.term"]


def test_hostile_body_does_not_come_back_whole(
    client: FormClient, url: str, headers: dict[str, str]
) -> None:
    body = {f"{number}-{'x' * 1000}": 1 for number in range(500)}
    answer = client.post(url, json=body, headers=headers)
    assert answer.status_code == 422
    assert len(answer.get_data()) < 20_000


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json", ""],
)
def test_body_that_is_not_said_to_be_json_is_415(
    client: FormClient, url: str, headers: dict[str, str], kind: str
) -> None:
    answer = client.post(url, data=GOOD, headers=headers | {"Content-Type": kind})
    assert answer.status_code == 415
    assert answer.get_json()["error"]["code"] == "unsupported_media_type"
    assert count_codes() == 0


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/vnd.x+json"])
def test_kinds_of_json_are_taken(
    client: FormClient, url: str, headers: dict[str, str], kind: str
) -> None:
    answer = client.post(url, data=GOOD, headers=headers | {"Content-Type": kind})
    assert answer.status_code == 201


def test_body_over_a_mebibyte_is_413(client: FormClient, url: str, headers: dict[str, str]) -> None:
    body = GOOD[:-1] + b" " * 1024 * 1024 + b"}"
    answer = client.post(url, data=body, headers=headers | JSON)
    assert answer.status_code == 413
    assert answer.get_json()["error"]["code"] == "too_large"


def test_body_is_not_read_for_a_stranger(client: FormClient, url: str) -> None:
    body = GOOD[:-1] + b" " * 1024 * 1024 + b"}"
    assert client.post(url, data=body, headers=JSON).status_code == 401


@on_both_databases
@pytest.mark.parametrize("place", ["codes/{}", "codes/{}/scans", "tokens/{}"])
def test_number_that_nothing_has_is_404(
    client: FormClient, url: str, headers: dict[str, str], place: str
) -> None:
    for number in (0, 10**18 - 1, 2**63 - 1, 2**63, 10**40):
        address = url.removesuffix("codes") + place.format(number)
        answer = client.get(address, headers=headers)
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "path",
    [
        "/api/",
        "/api/v1",
        "/api/v2/workspaces",
        "/api/v1/workspaces/",
        "/api/v1/nothing",
        "/api/%00",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_unknown_address_is_404_as_json(client: FormClient, path: str, method: str) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == 404
    assert answer.get_json()["error"]["code"] == "not_found"


@pytest.mark.parametrize("tail", ["/", "/1/", "/1/scans/", "/-1", "/1.5", "/one", "/1/qr.gif"])
def test_address_with_something_behind_it_is_404(
    client: FormClient, url: str, headers: dict[str, str], people: People, tail: str
) -> None:
    make_code(people.workspace)
    assert client.get(url + tail, headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("method", "tail", "allowed"),
    [
        ("PUT", "", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("DELETE", "", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("POST", "/1", {"GET", "HEAD", "OPTIONS", "PATCH", "DELETE"}),
        ("PATCH", "/1/stats", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_wrong_method_is_405_and_names_the_right_ones(
    client: FormClient, url: str, method: str, tail: str, allowed: set[str]
) -> None:
    answer = client.open(url + tail, method=method)
    assert answer.status_code == 405
    assert answer.get_json()["error"]["code"] == "method_not_allowed"
    assert set(answer.headers["Allow"].split(", ")) == allowed


def test_options_tells_the_methods(client: FormClient, url: str) -> None:
    answer = client.options(url)
    assert answer.status_code == 200
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic abc", "Bearer \xff\xfe", "bearer x y", "Bearer " + "x" * 9000],
)
def test_header_that_is_no_token_is_401(client: FormClient, url: str, header: str) -> None:
    answer = client.get(url, headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
