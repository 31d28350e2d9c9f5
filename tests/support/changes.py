"""Valid requests that change something of a workspace, one for each such address.

A feature names its own in `changes.py` beside its tests: `CHANGES`, by method and rule.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from pitchbar.core.assets import ROOT
from tests.support.factories import People

Parts = Callable[[People], dict[str, Any]]


def _no_parts(_people: People) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Change:
    """A request that really changes something.

    Attributes:
        values: what is sent.
        by: which of the `People`; empty for somebody who is signed out.
        parts: makes what the address needs beforehand, and gives the parts of the address; what it
            has no place for is sent with them.
        unaudited: why it leaves no entry in the audit log; empty where it must.
    """

    values: dict[str, Any] = field(default_factory=dict)
    by: str = "owner"
    parts: Parts = _no_parts
    unaudited: str = ""


def all_changes() -> dict[str, Change]:
    """Of every feature, by `METHOD rule`."""
    found: dict[str, Change] = {}
    for file in sorted((ROOT / "tests").glob("*/changes.py")):
        if file.parent.name != "support":
            found |= import_module(f"tests.{file.parent.name}.changes").CHANGES
    return found
