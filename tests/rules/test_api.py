"""Programs read and replace the rules of a code."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from pitchbar.codes.models import Code
from pitchbar.codes.services import delete_code
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from tests.api.calling import Api, make_api, wrong_fields
from tests.rules.factories import ELSEWHERE, make_rules
from tests.support.browsing import FormClient
from tests.support.factories import People, bearer, make_code, make_token

PHONES: dict[str, Any] = {
    "name": "Phones",
    "conditions": [{"kind": "device", "in": ["phone"]}],
    "destination_url": ELSEWHERE,
}
TEST: dict[str, Any] = {
    "enabled": False,
    "match": "any",
    "split": [
        {"destination_url": f"{ELSEWHERE}/a", "weight": 70, "name": "A"},
        {"destination_url": f"{ELSEWHERE}/b", "weight": 30},
    ],
}


@pytest.fixture
def code(people: People) -> Code:
    return make_code(people.workspace)


@pytest.fixture
def api(client: FormClient, people: People) -> Api:
    return make_api(client, people.workspace)


def put(api: Api, code_id: int, *rules: Any, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    url = f"{api.at}/codes/{code_id}/rules"
    return api.client.put(url, json={"rules": list(rules)}, headers={**api.headers, **named})


def test_rules_are_answered_as_they_are_kept(api: Api, code: Code) -> None:
    first, second = put(api, code.id, PHONES, TEST).get_json()["rules"]
    assert {name: first[name] for name in PHONES} == PHONES
    assert (first["position"], first["enabled"], first["match"]) == (1, True, "all")
    assert first["split"] is None
    assert first["created_at"] == first["updated_at"]
    assert first["sentence"] == "Phones go to destination.example/elsewhere"
    assert (second["position"], second["enabled"], second["match"]) == (2, False, "any")
    assert second["destination_url"] is None
    assert [(one["weight"], one["name"]) for one in second["split"]] == [(70, "A"), (30, "")]
    assert api.get(f"/codes/{code.id}/rules").get_json()["rules"] == [first, second]


def test_a_code_without_rules_has_an_empty_list(api: Api, code: Code) -> None:
    assert api.get(f"/codes/{code.id}/rules").get_json() == {"rules": []}
    put(api, code.id, PHONES)
    assert put(api, code.id).get_json() == {"rules": []}


def test_what_is_wrong_is_said_at_its_place_and_changes_nothing(api: Api, code: Code) -> None:
    put(api, code.id, PHONES)
    lost = {"conditions": [{"kind": "country", "in": ["ZZ"]}], "destination_url": ELSEWHERE}
    answer = put(api, code.id, PHONES, lost)
    assert answer.get_json()["error"]["code"] == "invalid_rules"
    assert list(wrong_fields(answer)) == ["rules.1.conditions.0.in"]
    loop = {"destination_url": "http://pitchbar.test/t/menu"}
    assert list(wrong_fields(put(api, code.id, loop))) == ["rules.0.destination_url"]
    assert len(api.get(f"/codes/{code.id}/rules").get_json()["rules"]) == 1


@pytest.mark.settings(qr_destination_host_allowlist="destination.example")
def test_only_listed_hosts_are_led_to(api: Api, code: Code) -> None:
    elsewhere = {"destination_url": "https://other.example"}
    assert list(wrong_fields(put(api, code.id, elsewhere))) == ["rules.0.destination_url"]
    assert put(api, code.id, PHONES).status_code == 200


def test_sets_that_are_too_long_altogether_are_refused(api: Api, code: Code) -> None:
    long = {"destination_url": f"{ELSEWHERE}/{'a' * 1900}"}
    assert "too long" in wrong_fields(put(api, code.id, *[long] * 200))["rules"]
    usual = {**PHONES, "destination_url": f"{ELSEWHERE}/{'a' * 200}"}
    assert put(api, code.id, *[usual] * 200).status_code == 200


def test_nobody_overwrites_rules_that_they_have_not_seen(api: Api, code: Code) -> None:
    tag = put(api, code.id, PHONES).headers["ETag"]
    assert api.get(f"/codes/{code.id}/rules").headers["ETag"] == tag
    newer = put(api, code.id, PHONES, TEST, If_Match=tag)
    assert newer.status_code == 200
    assert put(api, code.id, PHONES, If_Match=tag).status_code == 412
    assert put(api, code.id, PHONES, If_Match=newer.headers["ETag"]).status_code == 200


def test_an_edit_that_the_edge_cannot_see_changes_the_codes_tag_too(api: Api, code: Code) -> None:
    before = api.get(f"/codes/{code.id}").headers["ETag"]
    put(api, code.id, {**PHONES, "enabled": False})
    assert api.get(f"/codes/{code.id}").headers["ETag"] != before


def test_codes_of_others_and_deleted_ones_have_no_rules(
    api: Api, code: Code, people: People
) -> None:
    foreign = make_code(people.elsewhere)
    make_rules(foreign, PHONES)
    foreign_id, code_id = foreign.id, code.id
    delete_code(code, SYSTEM, code.name)
    db.session.commit()
    for gone in (foreign_id, code_id, 2**63):
        assert api.get(f"/codes/{gone}/rules").status_code == 404
        assert put(api, gone, PHONES).status_code == 404


def test_a_token_that_only_reads_changes_nothing(api: Api, code: Code, people: People) -> None:
    reading = Api(api.client, api.at, bearer(make_token(people.workspace, scope="read")))
    assert reading.get(f"/codes/{code.id}/rules").status_code == 200
    assert put(reading, code.id, PHONES).status_code == 403


@pytest.mark.parametrize("body", ["", "[]", "{", '{"rules": 5}', '{"rules": [], "x": 1}', "null"])
def test_a_body_that_is_no_list_of_rules_is_refused(api: Api, code: Code, body: str) -> None:
    answer = api.client.put(
        f"{api.at}/codes/{code.id}/rules",
        data=body,
        headers={**api.headers, "Content-Type": "application/json"},
    )
    assert answer.status_code == 422
