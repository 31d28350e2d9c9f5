"""How the audit log tells of rules: a line for each place in the list."""

from collections.abc import Mapping, Sequence
from typing import Any

from pitchbar.rules.models import Rule

# Of 200 rules with long addresses, a log needs no more to be read.
_LONGEST = 500


def describe_rules(rules: Sequence[Rule]) -> dict[str, str]:
    """By place: {"rule 1": "“Phones”: device in phone → https://…"}."""
    return {f"rule {number}": _describe(rule)[:_LONGEST] for number, rule in enumerate(rules, 1)}


def _describe(rule: Rule) -> str:
    joint = " or " if rule.match == "any" else " and "
    who = joint.join(map(_describe_condition, rule.conditions)) or "every visitor"
    name = f"“{rule.name}”: " if rule.name else ""
    off = "" if rule.is_enabled else " (switched off)"
    return f"{name}{who} → {_describe_target(rule)}{off}"


def _describe_condition(condition: Mapping[str, Any]) -> str:
    told = {name: value for name, value in condition.items() if name != "kind"}
    parts = [f"{name.replace('_', ' ')} {_value(value)}" for name, value in told.items()]
    return " ".join([condition["kind"], *parts])


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else f"{value}"


def _describe_target(rule: Rule) -> str:
    if not rule.split:
        return rule.destination_url
    return " or ".join(map(_describe_variant, rule.split))


def _describe_variant(variant: Mapping[str, Any]) -> str:
    name = f"“{variant['name']}”, " if variant.get("name") else ""
    return f"{variant['destination_url']} ({name}weight {variant['weight']})"
