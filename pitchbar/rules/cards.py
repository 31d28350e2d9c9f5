"""The edited list as its page shows it: each rule with its sentence, its scans, what is wrong with
it and why it might never fire.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from pitchbar.core import clock
from pitchbar.core.clock import local_date
from pitchbar.rules.edited import EditedRule, EditedRules
from pitchbar.rules.figures import RuleFigures
from pitchbar.rules.hints import find_hints
from pitchbar.rules.sentences import Sentence, read_back, split_shares
from pitchbar.rules.written_conditions import number_or_text

# The field of a row at which a place of a condition in the API's words is shown.
_FIELDS = {
    "in": "chosen",
    "not_in": "chosen",
    "is": "value",
    "is_not": "value",
    "below": "number",
}
# What a program is told of a field that is not there, and what a person is told instead.
_IS_MISSING = "This is missing."
_MISSING = {
    "destination_url": "Enter the address that this rule opens.",
    "name": "Say the name of the parameter.",
}


@dataclass(frozen=True)
class Wrong:
    """What is wrong in one place of a card: the sentence, and the field that it is about."""

    sentence: str
    field: str = ""


@dataclass
class Card:
    """One rule of the list.

    Attributes:
        number: its place among those that are kept, from 1; 0 for a removed one.
        wrong: by place: "" for the rule, "c2" for a condition, "v1" for a destination.
        shares: of a split, in percent, by destination.
        comparison: how the destinations of its split do, as HTML.
    """

    rule: EditedRule
    number: int
    sentence: Sentence
    hint: str = ""
    wrong: dict[str, Wrong] = field(default_factory=dict)
    figures: RuleFigures | None = None
    shares: list[int] = field(default_factory=list)
    comparison: Markup | None = None
    is_first: bool = False
    is_last: bool = False

    @property
    def key(self) -> str:
        return self.rule.key


def deal_cards(
    edited: EditedRules,
    zone: str,
    *,
    figures: Mapping[int, RuleFigures] | None = None,
    comparisons: Mapping[int, Markup] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> list[Card]:
    """`zone` is the workspace's; `wrong` has sentences by place as the API names it: "rules.0"."""
    kept = [rule.key for rule in edited.kept]
    json = {rule.key: rule.as_json() for rule in edited.rules}
    today = local_date(clock.now(), zone)
    hints = dict(zip(kept, find_hints([json[key] for key in kept], today), strict=True))
    at_rules = sort_by_rule(edited.kept, wrong or {})
    cards = []
    for rule in edited.rules:
        number = kept.index(rule.key) + 1 if rule.key in kept else 0
        rule_id = int(rule.id) if rule.id.isdigit() else -1
        card = Card(rule, number, read_back(json[rule.key], zone), hints.get(rule.key, ""))
        card.wrong = at_rules.get(rule.key, {})
        card.is_first, card.is_last = number == 1, number == len(kept)
        card.figures = figures.get(rule_id, RuleFigures()) if figures and rule.id else None
        card.comparison = (comparisons or {}).get(rule_id)
        card.shares = _shares(rule)
        cards.append(card)
    return cards


def sort_by_rule(
    rules: Sequence[EditedRule], wrong: Mapping[str, str]
) -> dict[str, dict[str, Wrong]]:
    """By the key of the rule, and there by place within it; one sentence for each place."""
    found: dict[str, dict[str, Wrong]] = {}
    for path, sentence in wrong.items():
        parts = path.split(".")
        if len(parts) > 1 and parts[1].isdigit() and int(parts[1]) < len(rules):
            rule = rules[int(parts[1])]
            place, name = _place(rule, parts[2:])
            said = _MISSING.get(parts[-1], sentence) if sentence == _IS_MISSING else sentence
            if name == "" and rule.conditions.get(place, {}).get("kind") == "scans":
                said = "Say how many scans."
            found.setdefault(rule.key, {}).setdefault(place, Wrong(said, name))
    return found


def _place(rule: EditedRule, parts: list[str]) -> tuple[str, str]:
    """Of "conditions.1.in": the key of the condition, and the name of the field in its row."""
    lists: dict[str, list[str]] = {
        "conditions": list(rule.conditions),
        "split": [variant.key for variant in rule.variants],
    }
    if len(parts) > 1 and parts[0] in lists and parts[1].isdigit():
        keys, at = lists[parts[0]], int(parts[1])
        if at < len(keys):
            return keys[at], _field(rule, keys[at], parts[2] if len(parts) > 2 else "")
    return ("", "") if not parts else (parts[0], parts[0])


def _field(rule: EditedRule, key: str, name: str) -> str:
    if name == "from" and rule.conditions.get(key, {}).get("kind") == "scans":
        return "number"
    return _FIELDS.get(name, name)


def _shares(rule: EditedRule) -> list[int]:
    weights: list[Any] = [number_or_text(variant.weight) for variant in rule.variants]
    return split_shares([weight if isinstance(weight, int) else 0 for weight in weights])
