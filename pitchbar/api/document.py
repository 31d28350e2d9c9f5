"""The OpenAPI 3.1 document: pydantic writes the schemas, each endpoint says what it takes and
gives, and what all calls share stands in `descriptions`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from inspect import cleandoc
from typing import Any

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from pitchbar.api.descriptions import (
    ALWAYS,
    ERRORS,
    INTRODUCTION,
    RATE_HEADERS,
    REQUEST_HEADERS,
    RESPONSE_HEADERS,
    SECURITY_SCHEMES,
    SLUG,
    describe_access,
    example_error,
)
from pitchbar.api.endpoints import Operation, PathParameter, Topic
from pitchbar.api.examples import example_of
from pitchbar.api.payloads import ErrorResponse
from pitchbar.settings import current_settings

Json = dict[str, Any]

METHODS = ("get", "post", "patch", "put", "delete")
_REFERENCE = "#/components/schemas/{model}"

# `<slug>`, `<int:code_id>`, `<any(svg, png):format>` in a rule.
_VARIABLE = re.compile(r"<(?:(?P<kind>\w+)(?:\((?P<choices>[^)]*)\))?:)?(?P<name>\w+)>")


@dataclass(frozen=True)
class _Route:
    """One method of one address, and the view that serves it."""

    rule: Rule
    method: str
    view: Any

    @property
    def path(self) -> str:
        return _VARIABLE.sub(r"{\g<name>}", self.rule.rule)

    @property
    def operation(self) -> Operation:
        found: Operation = self.view.operation
        return found


def openapi_document(app: Flask) -> Json:
    """Made once for an app; needs its context."""
    made: Json | None = app.extensions.get("openapi_document")
    if made is None:
        made = app.extensions["openapi_document"] = _build(list(_routes(app)))
    return made


def _routes(app: Flask) -> Iterator[_Route]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if hasattr(view, "operation"):
            for method in METHODS:
                if method.upper() in (rule.methods or ()):
                    yield _Route(rule, method, view)


def _build(routes: list[_Route]) -> Json:
    routes = sorted(routes, key=lambda route: route.operation.topic.position)
    topics = {route.operation.topic.name: route.operation.topic for route in routes}
    schemas = _schemas(routes)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pitchbar API", "version": "1", "description": INTRODUCTION},
        "servers": [{"url": current_settings().app_url}],
        "tags": [{"name": name, "description": each.description} for name, each in topics.items()],
        "security": [{"token": []}],
        "paths": _paths(routes, schemas),
        "components": {
            "schemas": schemas,
            "headers": RESPONSE_HEADERS,
            "parameters": REQUEST_HEADERS,
            "responses": {_error_name(status): _error(status) for status in ERRORS},
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def _schemas(routes: list[_Route]) -> Json:
    """Of bodies and responses; query strings are described as parameters, one by one."""
    used: dict[type[BaseModel], None] = {ErrorResponse: None}
    for route in routes:
        for model in (route.operation.body, route.operation.response):
            if model is not None:
                used[model] = None
    _, found = models_json_schema(
        [(model, "validation") for model in used], ref_template=_REFERENCE
    )
    definitions: Json = found["$defs"]
    return definitions


def _paths(routes: list[_Route], schemas: Json) -> Json:
    paths: Json = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method] = _describe(route, schemas)
    return paths


def _describe(route: _Route, schemas: Json) -> Json:
    operation = route.operation
    summary, _, more = cleandoc(route.view.__doc__ or "").partition("\n\n")
    sentence, security = describe_access(route.view.access)
    described: Json = {
        "summary": summary,
        "operationId": route.rule.endpoint.replace("_api.", "."),
        "description": " ".join((*more.split(), sentence)),
        "tags": [operation.topic.name],
        "parameters": [
            *_path_parameters(route.rule, operation.topic),
            *_query_parameters(operation.query),
            *(_ref("parameters", name) for name in _request_header_names(route)),
        ],
        "responses": _responses(route, schemas),
        **security,
    }
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": _body(operation.body, schemas)}
    return described


def _path_parameters(rule: Rule, topic: Topic) -> Iterator[Json]:
    for variable in _VARIABLE.finditer(rule.rule):
        name = variable["name"]
        explained = SLUG if name == "slug" else topic.path.get(name, PathParameter("", None))
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _variable_schema(variable),
            "description": explained.description,
            "example": explained.example,
        }


def _variable_schema(variable: re.Match[str]) -> Json:
    if variable["kind"] == "int":
        return {"type": "integer", "format": "int64", "minimum": 1}
    if variable["kind"] == "any":
        return {"type": "string", "enum": re.findall(r"\w+", variable["choices"])}
    return {"type": "string"}


def _query_parameters(query: type[BaseModel] | None) -> Iterator[Json]:
    schema = query.model_json_schema() if query else {}
    for name, field in schema.get("properties", {}).items():
        parameter = {"name": name, "in": "query", "required": name in schema.get("required", ())}
        if "description" in field:
            parameter["description"] = field["description"]
        said_elsewhere = ("title", "description")
        parameter["schema"] = {
            key: each for key, each in field.items() if key not in said_elsewhere
        }
        yield parameter


def _request_header_names(route: _Route) -> list[str]:
    if route.operation.topic.is_for_browsers:
        return ["Origin", *(["Last-Event-ID"] if route.path.endswith("/messages") else [])]
    names = {"get": ["If-None-Match"], "post": ["Idempotency-Key"]}.get(route.method, [])
    return [*names, "If-Match"] if 412 in route.operation.errors else names


def _responses(route: _Route, schemas: Json) -> Json:
    operation, writes = route.operation, route.method != "get"
    responses = {str(operation.status): _success(route, schemas)}
    if not writes:
        responses["304"] = {
            "description": "You have it already: nothing changed since.",
            "headers": _headers("ETag"),
        }
    for status in sorted({*ALWAYS, *((403,) if writes else ()), *operation.errors}):
        responses[str(status)] = _ref("responses", _error_name(status))
    return responses


def _success(route: _Route, schemas: Json) -> Json:
    operation = route.operation
    content: Json = {kind: {} for kind in operation.media_types}
    if operation.response is not None:
        content = _json(operation.response, schemas)
    names = [*RATE_HEADERS, "X-Request-Id", *(["ETag"] if content else [])]
    if route.method == "post" and not operation.topic.is_for_browsers:
        names.append("Idempotent-Replayed")
    described: Json = {
        "description": HTTPStatus(operation.status).phrase,
        "headers": _headers(*names),
    }
    return {**described, "content": content} if content else described


def _body(model: type[BaseModel], schemas: Json) -> Json:
    content = _json(model, schemas)
    if getattr(model, "takes_form", False):
        file = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
        whole = {"allOf": [_ref("schemas", model.__name__), file]}
        content["multipart/form-data"] = {"schema": whole}
    return content


def _json(model: type[BaseModel], schemas: Json) -> Json:
    schema = _ref("schemas", model.__name__)
    return {"application/json": {"schema": schema, "example": example_of(schema, schemas)}}


def _error(status: int) -> Json:
    description, _, _, extra = ERRORS[status]
    limits = () if status == 405 else RATE_HEADERS
    schema = _ref("schemas", ErrorResponse.__name__)
    return {
        "description": description,
        "headers": _headers(*limits, "X-Request-Id", *extra),
        "content": {"application/json": {"schema": schema, "example": example_error(status)}},
    }


def _error_name(status: int) -> str:
    return f"Error{status}"


def _headers(*names: str) -> Json:
    return {name: _ref("headers", name) for name in names}


def _ref(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}
