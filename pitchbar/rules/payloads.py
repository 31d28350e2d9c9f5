"""What programs get about rules; what they send stands in `rules/drafts.py`."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import ConfigDict, Field

from pitchbar.api.payloads import ResponseModel, Timestamp
from pitchbar.rules.drafts import EXAMPLE_RULES
from pitchbar.rules.models import Rule
from pitchbar.rules.saving import as_json
from pitchbar.rules.sentences import read_back
from pitchbar.workspaces.models import Workspace

_EXAMPLES: Any = [
    {
        "id": number,
        "position": number,
        "enabled": True,
        "match": "all",
        "destination_url": None,
        "split": None,
        **rule,
        "sentence": str(read_back(rule)),
        "created_at": "2026-03-02T09:15:00+00:00",
        "updated_at": "2026-03-02T09:15:00+00:00",
    }
    for number, rule in enumerate(EXAMPLE_RULES, 1)
]


class VariantResponse(ResponseModel):
    destination_url: str
    weight: int
    name: str


class RuleResponse(ResponseModel):
    id: int
    position: int = Field(description="From 1, in the order in which rules are asked.")
    name: str
    enabled: bool
    match: Literal["all", "any"]
    conditions: list[dict[str, Any]] = Field(description="As they are sent.")
    destination_url: str | None
    split: list[VariantResponse] | None
    sentence: str = Field(description="The rule in words.")
    created_at: Timestamp
    updated_at: Timestamp


class RuleListResponse(ResponseModel):
    """The rules of a code in their order."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rules": _EXAMPLES}]})

    rules: list[RuleResponse]


def rules_response(rules: Sequence[Rule], workspace: Workspace) -> RuleListResponse:
    return RuleListResponse(rules=[_response(rule, workspace) for rule in rules])


def _response(rule: Rule, workspace: Workspace) -> RuleResponse:
    return RuleResponse.model_validate(
        {
            "id": rule.id,
            "position": rule.position,
            "name": rule.name,
            "enabled": rule.is_enabled,
            "match": rule.match,
            "conditions": rule.conditions,
            "destination_url": rule.destination_url or None,
            "split": rule.split,
            "sentence": str(read_back(as_json(rule), workspace.time_zone)),
            "created_at": rule.created_at,
            "updated_at": rule.updated_at,
        }
    )
