"""The OpenAPI document as a page shows it: flat rows in place of nested schemas."""

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pitchbar.api.document import METHODS

Json = dict[str, Any]

_KINDS = {
    "string": "text",
    "integer": "whole number",
    "boolean": "true or false",
    "object": "an object",
}


@dataclass(frozen=True)
class ParameterRow:
    """A parameter or a field; `place` is "path", "query", "header" or "body"."""

    name: str
    place: str
    kind: str
    is_needed: bool
    description: str


@dataclass(frozen=True)
class ExampleResponse:
    status: str
    description: str
    example: str


@dataclass(frozen=True)
class OperationEntry:
    id: str
    method: str
    path: str
    summary: str
    description: str
    rows: list[ParameterRow]
    curl: str
    outcomes: list[ExampleResponse]


@dataclass(frozen=True)
class TopicSection:
    name: str
    description: str
    operations: list[OperationEntry]


def build_reference(document: Json, slug: str) -> list[TopicSection]:
    """By topic; `slug` stands in the examples."""
    reader = _Reader(document, slug)
    found = list(reader.operations())
    return [
        TopicSection(
            tag["name"], tag["description"], [op for name, op in found if name == tag["name"]]
        )
        for tag in document["tags"]
    ]


class _Reader:
    def __init__(self, document: Json, slug: str) -> None:
        self._document = document
        self._slug = slug

    def operations(self) -> Iterator[tuple[str, OperationEntry]]:
        for path, methods in self._document["paths"].items():
            for method in METHODS:
                if method in methods:
                    operation = methods[method]
                    yield operation["tags"][0], self._operation(path, method, operation)

    def _operation(self, path: str, method: str, operation: Json) -> OperationEntry:
        parameters = [self._resolve(each) for each in operation["parameters"]]
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        return OperationEntry(
            operation["operationId"].replace(".", "-"),
            method.upper(),
            path,
            operation["summary"],
            operation["description"],
            self._rows(parameters, content),
            self._curl(path, method, parameters, content, operation.get("security")),
            [self._outcome(*each) for each in sorted(operation["responses"].items())],
        )

    def _resolve(self, part: Json) -> Json:
        """What a reference points to, or the part itself."""
        if "$ref" not in part:
            return part
        found: Any = self._document
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        resolved: Json = found
        return resolved

    def _rows(self, parameters: list[Json], content: Json | None) -> list[ParameterRow]:
        """Headers last: they are the same everywhere."""
        rows = [self._parameter(each) for each in parameters if each["name"] != "slug"]
        fields = list(self._fields(content["schema"])) if content else []
        return sorted([*rows, *fields], key=lambda row: row.place == "header")

    def _parameter(self, parameter: Json) -> ParameterRow:
        return ParameterRow(
            parameter["name"],
            parameter["in"],
            self._kind(parameter["schema"]),
            bool(parameter.get("required")) and parameter["in"] != "path",
            parameter.get("description", ""),
        )

    def _fields(self, schema: Json, prefix: str = "") -> Iterator[ParameterRow]:
        """The fields of a body, nested ones as `utm.source`."""
        schema = self._plain(schema)
        for name, part in schema.get("properties", {}).items():
            is_needed = name in schema.get("required", ())
            description = part.get("description", "")
            yield ParameterRow(prefix + name, "body", self._kind(part), is_needed, description)
            yield from self._fields(part, f"{prefix}{name}.")

    def _plain(self, schema: Json) -> Json:
        """The schema behind a reference, or the one that is not null."""
        choices = schema.get("anyOf", ())
        chosen = next((each for each in choices if each.get("type") != "null"), schema)
        return self._resolve(chosen)

    def _kind(self, schema: Json) -> str:
        plain = self._plain(schema)
        if "enum" in plain:
            return "one of " + ", ".join(map(str, plain["enum"]))
        type_name = str(plain.get("type", ""))
        kind = _KINDS.get(type_name, type_name)
        if "maxLength" in plain:
            kind += f", at most {plain['maxLength']:,} characters"
        if "maximum" in plain:
            kind += f", {plain.get('minimum', 0)} to {plain['maximum']}"
        default = schema.get("default")
        return f"{kind}; {default} unless told" if default not in (None, "", False) else kind

    def _curl(
        self,
        path: str,
        method: str,
        parameters: list[Json],
        content: Json | None,
        security: list[Json] | None,
    ) -> str:
        examples = {each["name"]: each["example"] for each in parameters if each["in"] == "path"}
        url = self._document["servers"][0]["url"] + path.format(**{**examples, "slug": self._slug})
        parts = ["curl" if method == "get" else f"curl -X {method.upper()}", shlex.quote(url)]
        parts += _identity(security)
        if content:
            body = json.dumps(content["example"], ensure_ascii=False)
            parts += ['-H "Content-Type: application/json"', f"-d {shlex.quote(body)}"]
        if path.endswith("qr.{format}"):
            parts.append("-o code.svg")
        return " \\\n  ".join(parts)

    def _outcome(self, status: str, response: Json) -> ExampleResponse:
        response = self._resolve(response)
        example = response.get("content", {}).get("application/json", {}).get("example")
        text = "" if example is None else json.dumps(example, indent=2, ensure_ascii=False)
        return ExampleResponse(status, response["description"], text)


def _identity(security: list[Json] | None) -> list[str]:
    """What says who calls: a program of the workspace, or a visitor's browser."""
    if security is None:
        return ['-H "Authorization: Bearer $PITCHBAR_TOKEN"']
    origin = '-H "Origin: https://shop.example"'
    return [origin, '-H "Authorization: Bearer $WIDGET_TOKEN"'] if security else [origin]
