"""The OpenAPI 3.1 description: what the library reads from the endpoints, and what all share."""

import re
from copy import deepcopy
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from pitchbar.api.descriptions import (
    ALWAYS,
    ANSWER_HEADERS,
    ERRORS,
    INTRODUCTION,
    PATH_EXAMPLES,
    RATE_HEADERS,
    REQUEST_HEADERS,
    TOPICS,
    example_error,
)
from pitchbar.api.endpoints import Facts, spectree
from pitchbar.settings import Settings

Json = dict[str, Any]

_METHODS = ("get", "post", "patch", "put", "delete")


def openapi_document(app: Flask) -> Json:
    """Made once for an app; needs its context."""
    made: Json | None = app.extensions.get("openapi_document")
    if made is None:
        made = app.extensions["openapi_document"] = _build(app)
    return made


def _build(app: Flask) -> Json:
    settings: Settings = app.extensions["settings"]
    document: Json = deepcopy(spectree.spec)
    document["info"] = {"title": "Pitchbar API", "version": "1", "description": INTRODUCTION}
    document["servers"] = [{"url": settings.app_url}]
    document["tags"] = [{"name": name, "description": text} for name, text in TOPICS.items()]
    document["security"] = [{"token": []}]
    document["paths"] = {
        path: _complete_path(app, path, document) for path in _in_order(document["paths"])
    }
    schemas = document["components"]["schemas"]
    # Query strings are described as parameters, one by one.
    document["components"] |= {
        "schemas": {name: each for name, each in schemas.items() if not name.endswith("Query")},
        "headers": ANSWER_HEADERS,
        "parameters": REQUEST_HEADERS,
        "responses": {_error_name(status): _error(status) for status in ERRORS},
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
    }
    return document


def _in_order(paths: Json) -> list[str]:
    """By topic, then as the code has them."""
    topics = list(TOPICS)
    return sorted(paths, key=lambda path: topics.index(next(iter(paths[path].values()))["tags"][0]))


def _complete_path(app: Flask, path: str, document: Json) -> Json:
    operations: Json = document["paths"][path]
    for method in _METHODS:
        if method in operations:
            rule = _rule_of(app, path, method)
            _complete(operations[method], method, app.view_functions[rule.endpoint], document)
            operations[method]["operationId"] = rule.endpoint.replace("_api.", ".")
    return {method: operations[method] for method in _METHODS if method in operations}


def _rule_of(app: Flask, path: str, method: str) -> Rule:
    return next(
        rule
        for rule in app.url_map.iter_rules()
        if re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule) == path
        and method.upper() in (rule.methods or ())
    )


def _complete(operation: Json, method: str, view: Any, document: Json) -> None:
    facts = _facts_of(view)
    operation["description"] = " ".join((operation["description"], _scope_sentence(view))).strip()
    for parameter in operation["parameters"]:
        _complete_parameter(parameter)
    operation["parameters"] += [_ref("parameters", name) for name in _header_names(method, facts)]
    _complete_body(operation, document)
    answers: Json = {
        status: answer
        for status, answer in operation["responses"].items()
        if not status.startswith("4")  # the library adds 422 to all
    }
    for answer in answers.values():
        _complete_answer(answer, method, facts, document)
    if method == "get":
        answers["304"] = {
            "description": "You have it already: nothing changed since.",
            "headers": _headers("ETag"),
        }
    writes = method != "get"
    for status in sorted({*ALWAYS, *((403,) if writes else ()), *facts.errors}):
        answers[str(status)] = _ref("responses", _error_name(status))
    operation["responses"] = answers


def _facts_of(view: Any) -> Facts:
    while not hasattr(view, "facts"):
        view = view.__wrapped__
    facts: Facts = view.facts
    return facts


def _scope_sentence(view: Any) -> str:
    scope = view.access.removeprefix("token:")
    return "Any token opens it." if scope == "read" else "Needs a read-write token."


def _header_names(method: str, facts: Facts) -> list[str]:
    names = {"get": ["If-None-Match"], "post": ["Idempotency-Key"]}.get(method, [])
    return [*names, "If-Match"] if 412 in facts.errors else names


def _complete_parameter(parameter: Json) -> None:
    schema = parameter["schema"]
    for said_twice in ("description", "title"):
        schema.pop(said_twice, None)
    if parameter["in"] == "path":
        description, example = PATH_EXAMPLES[parameter["name"]]
        parameter |= {"description": description, "example": example}
    if schema.get("type") == "integer" and parameter["in"] == "path":
        parameter["schema"] = {"type": "integer", "format": "int64", "minimum": 1}
    if not parameter.get("description"):
        parameter.pop("description", None)


def _complete_body(operation: Json, document: Json) -> None:
    for content in operation.get("requestBody", {}).get("content", {}).values():
        content["example"] = example_of(content["schema"], document)


def _complete_answer(answer: Json, method: str, facts: Facts, document: Json) -> None:
    names = [*RATE_HEADERS, "X-Request-Id"]
    for content in answer.get("content", {}).values():
        content["example"] = example_of(content["schema"], document)
        names.append("ETag")
    if facts.media_types:
        answer["content"] = {kind: {} for kind in facts.media_types}
        names.append("ETag")
    if method == "post":
        names.append("Idempotent-Replayed")
    answer["headers"] = _headers(*names)


def example_of(schema: Json, document: Json) -> Any:
    """The example of the schema, put together from its parts' where it has none."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return example_of(document["components"]["schemas"][name], document)
    if "examples" in schema:
        return schema["examples"][0]
    if schema.get("type") == "array":
        return [example_of(schema["items"], document)]
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        return {name: example_of(each, document) for name, each in properties.items()}
    return None


def _error(status: int) -> Json:
    description, _, _, extra = ERRORS[status]
    limits = () if status == 405 else RATE_HEADERS
    return {
        "description": description,
        "headers": _headers(*limits, "X-Request-Id", *extra),
        "content": {
            "application/json": {
                "schema": _ref("schemas", "ErrorAnswer"),
                "example": example_error(status),
            }
        },
    }


def _error_name(status: int) -> str:
    return f"Error{status}"


def _headers(*names: str) -> Json:
    return {name: _ref("headers", name) for name in names}


def _ref(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}
