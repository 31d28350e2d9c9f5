"""Reads a rule back in words: "Phones in Germany, on weekdays from 09:00 to 17:30 (Berlin time)",
"go to shop.example/menu".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any

from pitchbar.core.wording import plain_address
from pitchbar.rules.choices import DEVICES
from pitchbar.rules.phrases import MISSING, capital, condition_phrase, listed, values_of

Json = Mapping[str, Any]
# What stands in a sentence with a comma before it: it tells when, not who.
_WHEN = ("time", "date", "scans")


@dataclass(frozen=True)
class Target:
    """One of the places a rule leads to; `share` in percent, None where it is the only one."""

    name: str
    url: str
    share: int | None = None


@dataclass(frozen=True)
class Sentence:
    """`who` begins it, `leads` goes on: "are split 70 : 30 between"; the targets end it."""

    who: str
    leads: str
    targets: tuple[Target, ...]

    def __str__(self) -> str:
        return f"{self.who} {self.leads} {listed([one.name for one in self.targets], 'and')}"


def read_back(rule: Json, zone: str = "UTC") -> Sentence:
    """`zone` is the workspace's: other ones are named."""
    who, is_many = _subject(rule, zone)
    targets = _targets(rule)
    if not rule.get("split"):
        return Sentence(who, "go to" if is_many else "goes to", targets)
    verb = "are" if is_many else "is"
    return Sentence(who, f"{verb} split {_ratio(rule['split'])} between", targets)


def split_shares(weights: Sequence[int]) -> list[int]:
    """Whole percents that add up to 100: the largest remainders are rounded up."""
    total = sum(weights) or 1
    exact = [weight * 100 / total for weight in weights]
    shares = [int(one) for one in exact]
    by_remainder = sorted(range(len(exact)), key=lambda at: exact[at] - shares[at], reverse=True)
    for at in by_remainder[: 100 - sum(shares)] if sum(weights) else ():
        shares[at] += 1
    return shares


def _subject(rule: Json, zone: str) -> tuple[str, bool]:
    conditions = rule.get("conditions") or []
    if not conditions:
        return "Everyone", False
    if rule.get("match") == "any" and len(conditions) > 1:
        parts = [_alternative(one, zone) for one in conditions]
        return capital(", or ".join(parts)), _is_plain_device(conditions[-1])
    return _all_of(conditions, zone)


def _alternative(condition: Json, zone: str) -> str:
    if _is_plain_device(condition):
        return _devices(condition)
    return f"anyone {condition_phrase(condition, zone)}"


def _all_of(conditions: Sequence[Json], zone: str) -> tuple[str, bool]:
    """Who first, then in what order they were written, then when."""
    noun = next((one for one in conditions if _is_plain_device(one)), None)
    rest = [one for one in conditions if one is not noun]
    who = [condition_phrase(one, zone) for one in rest if one.get("kind") not in _WHEN]
    when = [condition_phrase(one, zone) for one in rest if one.get("kind") in _WHEN]
    nobody_named = "Visitors" if who else "Everyone"
    subject = capital(_devices(noun)) if noun else nobody_named
    sentence = " ".join([subject, " and ".join(who)]) if who else subject
    return ", ".join([sentence, *when]), subject != "Everyone"


def _is_plain_device(condition: Json) -> bool:
    return condition.get("kind") == "device" and "not_in" not in condition


def _devices(condition: Json) -> str:
    return listed([DEVICES.get(one, (one, one))[0] for one in values_of(condition)])


def _targets(rule: Json) -> tuple[Target, ...]:
    split = rule.get("split")
    if not split:
        url = str(rule.get("destination_url") or "")
        return (Target(plain_address(url) or MISSING, url),)
    shares = split_shares([_weight(one) for one in split])
    return tuple(
        Target(one.get("name") or plain_address(url) or MISSING, url, share)
        for one, share in zip(split, shares, strict=True)
        for url in [str(one.get("destination_url") or "")]
    )


def _ratio(split: Iterable[Json]) -> str:
    weights = [_weight(one) for one in split]
    common = gcd(*weights) or 1
    if sum(weights) == 100:
        common = 1
    return " : ".join(str(weight // common) for weight in weights)


def _weight(variant: Json) -> int:
    weight = variant.get("weight")
    return weight if isinstance(weight, int) and weight > 0 else 0
