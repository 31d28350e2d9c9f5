"""Addresses of the application, each with parts that lead to something.

A feature with a new kind of part (like `<int:code_id>`) names it in `address_parts.py` beside its
tests: `make_parts(app, people)` makes what the part means, and returns it by the part's name.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.routing import Rule

from pitchbar.core.assets import ROOT
from tests.support.factories import People


def part_makers() -> Iterator[Callable[[Flask, People], dict[str, Any]]]:
    """The `make_parts` of every feature."""
    for file in sorted((ROOT / "tests").glob("*/address_parts.py")):
        yield import_module(f"tests.{file.parent.name}.address_parts").make_parts


def make_all_parts(app: Flask, people: People) -> dict[str, Any]:
    """Of every feature, for the workspace of these people."""
    parts: dict[str, Any] = {"filename": "css/app.css"}
    for make_parts in part_makers():
        parts |= make_parts(app, people)
    return parts


def all_addresses(app: Flask) -> list[tuple[str, Rule]]:
    """Method and rule of everything that can be asked; HEAD goes with GET."""
    found = []
    for rule in app.url_map.iter_rules():
        methods = {"SOCKET"} if rule.websocket else (rule.methods or set()) - {"HEAD", "OPTIONS"}
        found += [(method, rule) for method in methods]
    return sorted(found, key=lambda pair: (pair[1].rule, pair[0]))


def build_path(app: Flask, rule: Rule, parts: dict[str, Any]) -> str:
    unknown = sorted(rule.arguments - set(parts))
    assert not unknown, f"say in an address_parts.py what {unknown} of {rule.rule} lead to"
    values = {name: parts[name] for name in rule.arguments}
    return urlsplit(app.url_map.bind("pitchbar.test").build(rule.endpoint, values)).path


def feature_of(app: Flask, rule: Rule) -> str:
    """The folder of `pitchbar/` in which the address is answered."""
    blueprint = app.blueprints.get(rule.endpoint.rpartition(".")[0])
    return blueprint.import_name.split(".")[1] if blueprint else "core"


def rules_below(app: Flask, prefix: str) -> Iterator[Rule]:
    yield from (rule for rule in app.url_map.iter_rules() if rule.rule.startswith(prefix))
