"""The rules of a code as the edge reads them: one text beside the code, so that no scan asks for
more rows. Old and new processes read it side by side: names are added and never change meaning.
"""

from collections.abc import Sequence
from typing import Any

import orjson

from pitchbar.rules.models import Rule


def write_routing(rules: Sequence[Rule]) -> str | None:
    """Those that are switched on, in their order; None where there are none."""
    enabled = [_routed(rule) for rule in rules if rule.is_enabled]
    return orjson.dumps(enabled).decode() if enabled else None


def _routed(rule: Rule) -> dict[str, Any]:
    leads: dict[str, Any] = {"destination_url": rule.destination_url}
    if rule.split:
        leads = {"split": rule.split}
    return {"id": rule.id, "match": rule.match, "conditions": rule.conditions, **leads}
