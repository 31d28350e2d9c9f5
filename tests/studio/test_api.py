import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from pitchbar.codes.models import Code
from pitchbar.extensions import db
from pitchbar.studio.designs import design_of
from pitchbar.symbols.design import PLAIN
from tests.studio.factories import UNREADABLE, make_designed, make_image, make_template, png
from tests.support.factories import People, bearer, make_code, make_token

_FIELDS = {"foreground": "#0b5c56", "module_shape": "rounded", "quiet_zone": 3}


@pytest.fixture
def headers(people: People) -> dict[str, str]:
    return bearer(make_token(people.workspace))


def _at(people: People, code: Code) -> str:
    return f"/api/v1/workspaces/{people.workspace.slug}/codes/{code.id}"


def test_design_is_put_whole_and_answered_with_its_check(
    client: FlaskClient, people: People, headers: dict[str, str]
) -> None:
    code = make_code(people.workspace)
    at = f"{_at(people, code)}/design"
    answer = client.put(at, json=_FIELDS, headers=headers)
    assert answer.status_code == 200
    found = answer.get_json()
    assert found["design"]["foreground"] == "#0b5c56"
    assert found["design"]["frame"] == "none"
    assert found["scan_check"]["verdict"] == "passes"
    assert found["scan_check"]["smallest_mm"] > 5
    assert {one["kind"] for one in found["scan_check"]["damages"]} >= {"blur", "cover", "curve"}
    assert client.get(at, headers=headers).get_json() == found
    # What is left out is as on a plain symbol.
    assert client.put(at, json={}, headers=headers).status_code == 200
    assert design_of(db.session.get_one(Code, code.id)) == PLAIN


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"foreground": "teal"}, "foreground"),
        ({"quiet_zone": 99}, "quiet_zone"),
        ({"module_shape": "star"}, "module_shape"),
        ({"frame_text": "x" * 256}, "frame_text"),
        ({"colour": "#000000"}, "colour"),
        ({"logo": "nobody's"}, "logo"),
        ({"logo_share": 0.9}, "logo_share"),
    ],
)
def test_wrong_field_is_named(
    client: FlaskClient, people: People, headers: dict[str, str], body: dict[str, Any], field: str
) -> None:
    code = make_code(people.workspace)
    answer = client.put(f"{_at(people, code)}/design", json=body, headers=headers)
    assert answer.status_code == 422
    assert list(answer.get_json()["error"]["fields"]) == [field]


def test_image_that_does_not_scan_is_409_until_somebody_lets_it_pass(
    client: FlaskClient, people: People, headers: dict[str, str]
) -> None:
    code = make_designed(people.workspace, UNREADABLE)
    at = _at(people, code)
    answer = client.get(f"{at}/qr.svg", headers=headers)
    assert answer.status_code == 409
    assert answer.get_json()["error"]["code"] == "design_does_not_scan"
    passed = client.post(f"{at}/design/override", headers=headers)
    assert passed.get_json()["is_overridden"] is True
    assert client.get(f"{at}/qr.svg", headers=headers).status_code == 200


def test_same_picture_is_not_sent_twice(
    client: FlaskClient, people: People, headers: dict[str, str]
) -> None:
    code = make_code(people.workspace)
    for ending in ("svg", "png", "pdf", "eps"):
        at = f"{_at(people, code)}/qr.{ending}"
        first, second = client.get(at, headers=headers), client.get(at, headers=headers)
        assert first.data == second.data
        again = client.get(at, headers={**headers, "If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304


def test_logos_are_uploaded_listed_and_deleted(
    client: FlaskClient, people: People, headers: dict[str, str]
) -> None:
    at = f"/api/v1/workspaces/{people.workspace.slug}/design-images"
    answer = client.post(at, data={"file": (io.BytesIO(png()), "anchor.png")}, headers=headers)
    assert answer.status_code == 201
    image = answer.get_json()
    assert (image["kind"], image["width"]) == ("png", 40)
    assert client.get(at, headers=headers).get_json()["data"] == [image]
    wrong = client.post(at, data={"file": (io.BytesIO(b"words"), "a.png")}, headers=headers)
    assert wrong.status_code == 422
    assert list(wrong.get_json()["error"]["fields"]) == ["file"]
    for data, field in (("?", "data"), ("d29yZHM=", "file")):
        answer = client.post(at, json={"data": data}, headers=headers)
        assert list(answer.get_json()["error"]["fields"]) == [field]
    assert client.delete(f"{at}/{image['id']}", headers=headers).status_code == 204
    foreign = make_image(people.elsewhere)
    assert client.delete(f"{at}/{foreign.id}", headers=headers).status_code == 404


def test_templates_are_kept_and_applied(
    client: FlaskClient, people: People, headers: dict[str, str]
) -> None:
    at = f"/api/v1/workspaces/{people.workspace.slug}/design-templates"
    made = client.post(at, json={"name": "Card", "design": _FIELDS}, headers=headers)
    assert made.status_code == 201
    template = made.get_json()
    code, foreign = make_code(people.workspace), make_code(people.elsewhere)
    answer = client.post(
        f"{at}/{template['id']}/applications",
        json={"code_ids": [code.id, foreign.id]},
        headers=headers,
    )
    assert answer.get_json() == {"changed": 1, "unchanged": 1}
    assert design_of(db.session.get_one(Code, code.id)).module_shape == "rounded"
    changed = client.patch(
        f"{at}/{template['id']}", json={"name": "Table card", "is_default": True}, headers=headers
    ).get_json()
    assert (changed["name"], changed["is_default"]) == ("Table card", True)
    assert client.delete(f"{at}/{template['id']}", headers=headers).status_code == 204


def test_list_of_templates_comes_in_pages(
    client: FlaskClient, people: People, headers: dict[str, str]
) -> None:
    for number in range(3):
        make_template(people.workspace, f"Template {number}")
    at = f"/api/v1/workspaces/{people.workspace.slug}/design-templates?per_page=2"
    first = client.get(at, headers=headers).get_json()
    assert [one["name"] for one in first["data"]] == ["Template 0", "Template 1"]
    second = client.get(f"{at}&cursor={first['next_cursor']}", headers=headers).get_json()
    assert [one["name"] for one in second["data"]] == ["Template 2"]
    assert second["next_cursor"] is None
