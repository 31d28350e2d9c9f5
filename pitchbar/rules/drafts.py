"""Rules before they are kept: read from what a program or a form sends, with a sentence for each
place that is wrong.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from pitchbar.api.payloads import Payload, Text
from pitchbar.codes.destinations import clean_destination
from pitchbar.codes.errors import InvalidDestination
from pitchbar.rules.conditions import KINDS, Condition
from pitchbar.rules.errors import InvalidRules
from pitchbar.rules.values import refusal
from pitchbar.settings import Settings

MAX_RULES, MAX_CONDITIONS = 200, 20
MIN_VARIANTS, MAX_VARIANTS, MAX_WEIGHT = 2, 10, 1000
_MAX_URL = 2048
# Every edge keeps the rules of its codes in memory; 200 usual ones take a quarter of this.
MAX_CHARACTERS = 256 * 1024
# A refusal names what is wrong; it does not send a hostile body back.
_MOST_FIELDS = 100
EXAMPLE_RULES: Any = [
    {
        "name": "Phones in the evening",
        "conditions": [
            {"kind": "device", "in": ["phone"]},
            {"kind": "time", "from": "18:00", "to": "02:00", "zone": "Europe/Zurich"},
        ],
        "destination_url": "https://shop.example/tonight",
    },
    {
        "name": "Which menu sells more",
        "conditions": [{"kind": "country", "not_in": ["CH", "LI"]}],
        "split": [
            {"destination_url": "https://shop.example/menu", "weight": 70, "name": "Menu"},
            {"destination_url": "https://shop.example/set", "weight": 30, "name": "Set menu"},
        ],
    },
]
_WHERE_TO = "Any web address but Pitchbar's own."
_SENTENCES = {
    "missing": "This is missing.",
    "extra_forbidden": "There is no such field here.",
    "string_type": "This must be text.",
    "list_type": "This must be a list.",
    "bool_type": "This must be true or false.",
    "int_type": "This must be a whole number.",
    "model_type": "This must be an object.",
    "model_attributes_type": "This must be an object.",
    "dict_type": "This must be an object.",
    "union_tag_not_found": "Say the kind of the condition.",
    "union_tag_invalid": f"There is no such kind of condition. There are: {', '.join(KINDS)}.",
    "literal_error": "Choose one of: {expected}.",
    "too_short": "This is missing.",
    "too_long": "Use at most {max_length} {unit}.",
    "greater_than_equal": "Use a number from {ge} on.",
    "less_than_equal": "Use a number up to {le}.",
    "string_too_short": "This is missing.",
    "string_too_long": "Use at most {max_length} characters.",
}


def _few_conditions(conditions: Any) -> Any:
    if isinstance(conditions, list) and len(conditions) > MAX_CONDITIONS:
        raise refusal(f"A rule takes at most {MAX_CONDITIONS} conditions.")
    return conditions


def _few_variants(variants: Any) -> Any:
    if isinstance(variants, list) and not MIN_VARIANTS <= len(variants) <= MAX_VARIANTS:
        raise refusal(f"A split has {MIN_VARIANTS} to {MAX_VARIANTS} destinations.")
    return variants


def _few_rules(rules: Any) -> Any:
    if isinstance(rules, list) and len(rules) > MAX_RULES:
        raise refusal(f"A code takes at most {MAX_RULES} rules.")
    return rules


class VariantDraft(Payload):
    destination_url: Text = Field(min_length=1, max_length=_MAX_URL, description=_WHERE_TO)
    weight: int = Field(ge=1, le=MAX_WEIGHT, description="Its share, against the other weights.")
    name: Text = Field("", max_length=50)


class RuleDraft(Payload):
    """A rule leads to `destination_url`, or, by weight, to one of the destinations of `split`.
    Without conditions it takes every visitor.
    """

    id: int | None = Field(
        None, ge=1, description="Of a rule that is there already: it keeps its figures."
    )
    name: Text = Field("", max_length=100)
    enabled: bool = True
    match: Literal["all", "any"] = Field("all", description="How many of the conditions must hold.")
    conditions: Annotated[list[Condition], BeforeValidator(_few_conditions)] = Field(
        default_factory=list
    )
    destination_url: Text | None = Field(
        None, min_length=1, max_length=_MAX_URL, description=_WHERE_TO
    )
    split: Annotated[list[VariantDraft], BeforeValidator(_few_variants)] | None = Field(
        None,
        description="In place of `destination_url`: one visitor of a day keeps to one of them.",
    )

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if self.destination_url is None and self.split is None:
            raise refusal("Say where this rule leads: a destination, or a split over several.")
        if self.destination_url is not None and self.split is not None:
            raise refusal("A rule leads to one destination or to a split, not to both.")
        return self


def _short_rules(rules: list[RuleDraft]) -> list[RuleDraft]:
    written = sum(len(rule.model_dump_json(exclude_none=True)) for rule in rules)
    if written > MAX_CHARACTERS:
        raise refusal("These rules are too long altogether: use fewer, or shorter addresses.")
    return rules


class RuleSet(Payload):
    """All rules of a code in their order: the first that matches decides where a scan goes."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rules": EXAMPLE_RULES}]})

    rules: Annotated[list[RuleDraft], BeforeValidator(_few_rules), AfterValidator(_short_rules)] = (
        Field(description="All of them: a rule that is left out goes.")
    )

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """Raises InvalidRules, so that programs read the same sentences as people."""
        try:
            return super().model_validate(obj, **options)
        except ValidationError as error:
            raise InvalidRules(_sentences_of(error)) from None


def read_rules(rules: Sequence[Mapping[str, Any]], settings: Settings) -> list[RuleDraft]:
    """All that is wrong is said at once, the destinations included, which are cleaned.

    Raises:
        InvalidRules: its fields begin with "rules.0".
    """
    fields: dict[str, str] = {}
    try:
        drafts = RuleSet.model_validate({"rules": list(rules)}).rules
    except InvalidRules as error:
        fields |= error.fields
        drafts = []
    for number, rule in enumerate(rules[:MAX_RULES]):
        if isinstance(rule, Mapping):
            fields = find_wrong_destinations(f"rules.{number}", rule, settings) | fields
    if fields:
        raise InvalidRules(dict(sorted(fields.items(), key=lambda item: _place(item[0]))))
    return drafts


def find_wrong_destinations(
    place: str, rule: Mapping[str, Any], settings: Settings
) -> dict[str, str]:
    """A sentence for each destination that a code may not lead to, by its place."""
    found = {}
    split = rule.get("split")
    variants = split[:MAX_VARIANTS] if isinstance(split, list) else []
    owners = [(place, rule), *((f"{place}.split.{i}", one) for i, one in enumerate(variants))]
    for where, owner in owners:
        url = owner.get("destination_url") if isinstance(owner, Mapping) else None
        # What is empty or no text at all is said already.
        if isinstance(url, str) and 0 < len(url.strip()) <= _MAX_URL:
            try:
                clean_destination(url, settings)
            except InvalidDestination as error:
                found[f"{where}.destination_url"] = error.message
    return found


def _place(name: str) -> list[tuple[int, str]]:
    """Orders "rules.2" before "rules.10"."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in name.split(".")]


def _sentences_of(error: ValidationError) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in error.errors(include_url=False, include_input=False)[:_MOST_FIELDS]:
        found.setdefault(_name(one["loc"]), _sentence(one))
    return found


def _name(place: tuple[int | str, ...]) -> str:
    """Without the kind, which pydantic puts behind the number of a condition, and without the
    number of a value in its list.
    """
    parts = list(map(str, place))
    if len(parts) > 4 and parts[2] == "conditions" and parts[4] in KINDS:
        parts = [*parts[:4], *parts[5:6]]
    return ".".join(parts)[:100]


def _sentence(error: ErrorDetails) -> str:
    values = error.get("ctx", {})
    # What is no list and too long is a text.
    values = {**values, "unit": "of them" if values.get("field_type") == "List" else "characters"}
    known = _SENTENCES.get(error["type"])
    return known.format(**values) if known else error["msg"].removeprefix("Value error, ")
