"""The edited list, compiled as if it were saved: what is not finished takes nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pitchbar.codes.destinations import clean_destination
from pitchbar.codes.models import Code
from pitchbar.rules.compiling import CompiledRules
from pitchbar.rules.drafts import RuleDraft, read_rules
from pitchbar.rules.errors import InvalidRules
from pitchbar.settings import Settings
from pitchbar.workspaces.models import Workspace


@dataclass(frozen=True)
class Trial:
    """Rules by their number in the list, from 1.

    Attributes:
        compiled: knows each rule by its number.
        ready: those that can be asked, in order.
        off: the numbers of those that are switched off.
        unfinished: the numbers of those that cannot be saved like this.
    """

    compiled: CompiledRules
    ready: Mapping[int, dict[str, Any]]
    off: frozenset[int]
    unfinished: frozenset[int]


def try_rules(
    workspace: Workspace, code: Code, rules: Sequence[Mapping[str, Any]], settings: Settings
) -> Trial:
    """`rules` are in the API's words, right or wrong."""
    ready: dict[int, dict[str, Any]] = {}
    off, unfinished = set(), set()
    for number, rule in enumerate(rules, 1):
        try:
            (draft,) = read_rules([{**rule, "id": None}], settings)
        except InvalidRules:
            unfinished.add(number)
            continue
        if draft.enabled:
            ready[number] = _routed(number, draft, settings)
        else:
            off.add(number)
    compiled = CompiledRules(
        list(ready.values()), workspace.time_zone, code.utm, code.forward_parameters
    )
    return Trial(compiled, ready, frozenset(off), frozenset(unfinished))


def _routed(number: int, draft: RuleDraft, settings: Settings) -> dict[str, Any]:
    """Addresses as they will be kept."""
    leads: dict[str, Any] = {}
    if draft.split:
        leads["split"] = [
            {
                **variant.model_dump(),
                "destination_url": clean_destination(variant.destination_url, settings),
            }
            for variant in draft.split
        ]
    else:
        leads["destination_url"] = clean_destination(draft.destination_url or "", settings)
    conditions = [condition.stored() for condition in draft.conditions]
    return {"id": number, "match": draft.match, "conditions": conditions, **leads}
