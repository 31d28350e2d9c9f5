"""The list of rules while somebody edits it. It lives in the form alone: each answer draws it, each
request brings it back, and nothing is kept before it is saved.

An open rule stands there in fields; a closed one as one hidden value. Which comes first is the
order in which the form has them.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from pitchbar.rules.written_conditions import (
    Written,
    as_json,
    as_written,
    number_or_text,
    read_written,
)

_KEY = re.compile(r"[a-z][0-9]{1,6}")
# More than a code takes, so that too many are refused in a sentence.
_MOST_RULES, _MOST_PARTS = 260, 40


@dataclass
class EditedVariant:
    """One destination of a split."""

    key: str
    destination_url: str = ""
    weight: str = "1"
    name: str = ""


@dataclass
class EditedRule:
    """`id` is empty for one that is not kept yet."""

    key: str
    id: str = ""
    name: str = ""
    enabled: bool = True
    match: str = "all"
    conditions: dict[str, Written] = field(default_factory=dict)
    destination_url: str = ""
    is_split: bool = False
    variants: list[EditedVariant] = field(default_factory=list)
    is_open: bool = False
    is_removed: bool = False

    def as_json(self) -> dict[str, Any]:
        """As the API takes it."""
        rule: dict[str, Any] = {
            "name": self.name,
            "enabled": self.enabled,
            "match": self.match,
            "conditions": [as_json(one) for one in self.conditions.values()],
        }
        if self.id.isdigit():
            rule["id"] = int(self.id)
        if self.is_split:
            return rule | {"split": [_variant_json(one) for one in self.variants]}
        return rule | {"destination_url": self.destination_url}

    def packed(self) -> str:
        """All of a closed rule, for one hidden field."""
        kept = {
            "id": self.id,
            "name": self.name,
            "match": self.match,
            "conditions": list(self.conditions.values()),
            "destination_url": self.destination_url,
            "is_split": self.is_split,
            "variants": [[one.destination_url, one.weight, one.name] for one in self.variants],
        }
        return json.dumps(kept, separators=(",", ":"), ensure_ascii=False)


@dataclass
class EditedRules:
    """All of them in their order.

    Attributes:
        version: what was kept when the editing began; who saves over another's change is told.
        is_checked: whether it was tried to save them, so that what is wrong is said.
        focus: the id of the element at which the person goes on.
        said: what just happened, for screen readers.
    """

    rules: list[EditedRule] = field(default_factory=list)
    version: str = ""
    is_checked: bool = False
    focus: str = ""
    said: str = ""

    @property
    def kept(self) -> list[EditedRule]:
        return [rule for rule in self.rules if not rule.is_removed]

    def as_json(self) -> list[dict[str, Any]]:
        return [rule.as_json() for rule in self.kept]

    def find(self, key: str) -> EditedRule | None:
        return next((rule for rule in self.rules if rule.key == key), None)

    def new_key(self) -> str:
        return f"r{max((int(rule.key[1:]) for rule in self.rules), default=0) + 1}"


def edit_kept(rules: Iterable[Mapping[str, Any]], version: str = "") -> EditedRules:
    """Of rules as they are kept, in the API's words."""
    found = [edit_one(f"r{number}", rule) for number, rule in enumerate(rules, 1)]
    return EditedRules(found, version)


def edit_one(key: str, rule: Mapping[str, Any]) -> EditedRule:
    split = rule.get("split") or ()
    return EditedRule(
        key,
        str(rule.get("id") or ""),
        rule.get("name") or "",
        bool(rule.get("enabled", True)),
        rule.get("match") or "all",
        _numbered(as_written(one) for one in rule.get("conditions") or ()),
        rule.get("destination_url") or "",
        bool(split),
        _variants([one["destination_url"], one["weight"], one.get("name")] for one in split),
    )


def read_edited(form: MultiDict[str, str]) -> EditedRules:
    """What a form brings back."""
    keys = [key for key in dict.fromkeys(form.getlist("rule")) if _KEY.fullmatch(key)]
    rules = [_read_rule(form, key) for key in keys[:_MOST_RULES]]
    return EditedRules(rules, form.get("version", "")[:64], form.get("checked") == "1")


def _read_rule(form: MultiDict[str, str], key: str) -> EditedRule:
    rule = _read_open(form, key) if f"{key}.open" in form else _unpack(key, form.get(key, ""))
    rule.enabled = f"{key}.enabled" in form
    rule.is_removed = f"{key}.removed" in form
    return rule


def _read_open(form: MultiDict[str, str], key: str) -> EditedRule:
    variants = [
        EditedVariant(name, *(form.get(f"{key}.{name}.{part}", "").strip() for part in _PARTS))
        for name in _keys(form, f"{key}.variant")
    ]
    return EditedRule(
        key,
        form.get(f"{key}.id", ""),
        form.get(f"{key}.name", "").strip(),
        match="any" if form.get(f"{key}.match") == "any" else "all",
        conditions={
            name: read_written(form, f"{key}.{name}") for name in _keys(form, f"{key}.condition")
        },
        destination_url=form.get(f"{key}.destination_url", "").strip(),
        is_split=form.get(f"{key}.leads") == "split",
        variants=variants,
        is_open=True,
    )


_PARTS = ("destination_url", "weight", "name")


def _keys(form: MultiDict[str, str], name: str) -> list[str]:
    found = [key for key in dict.fromkeys(form.getlist(name)) if _KEY.fullmatch(key)]
    return found[:_MOST_PARTS]


def _unpack(key: str, packed: str) -> EditedRule:
    """A value that no form of ours sent is an empty rule."""
    try:
        kept = json.loads(packed)
        return EditedRule(
            key,
            str(kept["id"]),
            str(kept["name"]),
            match=str(kept["match"]),
            conditions=_numbered(dict(one) for one in kept["conditions"][:_MOST_PARTS]),
            destination_url=str(kept["destination_url"]),
            is_split=bool(kept["is_split"]),
            variants=_variants(kept["variants"][:_MOST_PARTS]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return EditedRule(key)


def _numbered(conditions: Iterable[Written]) -> dict[str, Written]:
    return {f"c{number}": one for number, one in enumerate(conditions, 1) if "kind" in one}


def _variants(rows: Iterable[Sequence[Any]]) -> list[EditedVariant]:
    return [
        EditedVariant(f"v{number}", str(url), str(weight), str(name or ""))
        for number, (url, weight, name) in enumerate(rows, 1)
    ]


def _variant_json(variant: EditedVariant) -> dict[str, Any]:
    return {
        "destination_url": variant.destination_url,
        "weight": number_or_text(variant.weight),
        "name": variant.name,
    }
