"""The description holds together and names everything that is there."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask

from pitchbar.api.document import openapi_document
from tests.support.browsing import FormClient

Json = dict[str, Any]


@pytest.fixture
def document(client: FormClient) -> Json:
    answer = client.get("/api/v1/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    found: Json = answer.get_json()
    return found


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def each_part(part: Any) -> Iterator[Json]:
    if isinstance(part, dict):
        yield part
        for value in part.values():
            yield from each_part(value)
    elif isinstance(part, list):
        for value in part:
            yield from each_part(value)


def resolve(document: Json, reference: str) -> Json:
    found: Any = document
    for name in reference.removeprefix("#/").split("/"):
        found = found[name]
    resolved: Json = found
    return resolved


def test_it_is_openapi_31(document: Json) -> None:
    assert document["openapi"].startswith("3.1.")
    assert {"title", "version", "description"} <= set(document["info"])
    assert document["servers"] == [{"url": "http://pitchbar.test"}]


def test_every_reference_leads_somewhere(document: Json) -> None:
    references = [part["$ref"] for part in each_part(document) if "$ref" in part]
    assert len(references) > 100
    for reference in references:
        assert resolve(document, reference)


def test_every_schema_is_json_schema_2020_12(document: Json) -> None:
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        jsonschema_rs.meta.validate(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
        )
        assert not name.endswith("Query")
    assert {"CodeResponse", "ErrorResponse", "NewCode", "StatsResponse"} <= set(schemas)


def test_every_example_fits_its_schema(document: Json) -> None:
    checked = 0
    for part in each_part(document["paths"] | document["components"]["responses"]):
        if "example" in part and isinstance(part.get("schema"), dict):
            schema = part["schema"] | {"components": document["components"]}
            jsonschema_rs.validate(schema, part["example"])
            checked += 1
    assert checked > 25


def test_every_address_of_the_api_is_described(app: Flask, document: Json) -> None:
    served = {
        (method.lower(), re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(
            (
                "/api/v1/workspaces/<slug>",
                "/api/v1/conversions",
                "/api/v1/token",
                "/api/v1/widget/",
            )
        )
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert served == {(method, path) for method, path, _ in operations(document)}


def test_every_operation_names_its_errors(document: Json) -> None:
    for method, path, operation in operations(document):
        answers = set(operation["responses"])
        assert {"401", "404", "429", "503"} <= answers, (method, path)
        is_widgets = path.startswith("/api/v1/widget/")
        assert ("403" in answers) == (method != "get" or is_widgets), (method, path)
        assert ("304" in answers) == (method == "get"), (method, path)
        if "requestBody" in operation:
            assert {"413", "415", "422"} <= answers, (method, path)
        assert not answers & {"500", "405"}
    errors = {"401", "402", "403", "404", "405", "409", "412", "413", "415", "422", "429", "503"}
    named = {name.removeprefix("Error") for name in document["components"]["responses"]}
    assert named == errors


def test_every_operation_has_words_and_a_name_of_its_own(document: Json) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names)) >= 12
    for method, path, operation in operations(document):
        assert "<" not in operation["summary"], (method, path)
        assert operation["description"], (method, path)
        assert set(operation["tags"]) <= {tag["name"] for tag in document["tags"]}


def test_headers_that_programs_may_send_are_described(document: Json) -> None:
    sent = {
        method: {
            resolve(document, each["$ref"])["name"]
            for each in operation["parameters"]
            if "$ref" in each
        }
        for method, path, operation in operations(document)
        if path.endswith(("/codes", "/codes/{code_id}"))
    }
    assert sent == {
        "get": {"If-None-Match"},
        "post": {"Idempotency-Key"},
        "patch": {"If-Match"},
        "delete": {"If-Match"},
    }


def test_token_is_the_way_in(document: Json) -> None:
    assert document["security"] == [{"token": []}]
    scheme = document["components"]["securitySchemes"]["token"]
    assert scheme == {"type": "http", "scheme": "bearer"}


def test_it_is_made_once(app: Flask) -> None:
    assert openapi_document(app) is openapi_document(app)


def test_client_that_has_it_is_told_so(client: FormClient) -> None:
    tag = client.get("/api/v1/openapi.json").headers["ETag"]
    answer = client.get("/api/v1/openapi.json", headers={"If-None-Match": tag})
    assert answer.status_code == 304
