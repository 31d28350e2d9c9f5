"""The tables against conditions that are asked one by one."""

import random
from collections.abc import Callable
from typing import Any

from pitchbar.rules.visits import DescribedVisit
from tests.rules.visiting import NO_RULE, at, chosen, compiled, when


def _random_condition(dice: random.Random) -> dict[str, Any]:
    values = {
        "device": ["phone", "tablet", "desktop"],
        "os": ["iOS", "Android", "Windows"],
        "language": ["de", "de-CH", "fr", "en"],
        "country": ["CH", "US", "AT"],
    }
    kind = dice.choice([*values, "parameter", "scans", "visitor", "date"])
    if kind in values:
        side = dice.choice(["in", "not_in"])
        return {"kind": kind, side: dice.sample(values[kind], dice.randint(1, 2))}
    others: dict[str, list[dict[str, Any]]] = {
        "parameter": [
            {"kind": kind, "name": dice.choice("ab"), "is": dice.choice("12")},
            {"kind": kind, "name": dice.choice("ab"), "is_not": dice.choice("12")},
            {"kind": kind, "name": dice.choice("ab"), "present": dice.random() < 0.5},
        ],
        "scans": [{"kind": kind, dice.choice(["below", "from"]): dice.randint(1, 4)}],
        "visitor": [{"kind": kind, "seen": dice.choice(["new", "again"])}],
        "date": [{"kind": kind, "from": dice.choice(["2026-01-01", "2027-01-01"])}],
    }
    return dice.choice(others[kind])


def _holds(condition: dict[str, Any], who: DescribedVisit) -> bool:
    """As a person reads it, and slowly."""
    return bool(_READERS[condition["kind"]](condition, who))


def _is_listed(condition: dict[str, Any], *names: str | None) -> bool:
    listed = condition.get("in") or condition["not_in"]
    return any(name in listed for name in names) == ("in" in condition)


def _asks_parameter(condition: dict[str, Any], who: DescribedVisit) -> bool:
    pairs = dict(pair.split("=") for pair in who.query.split("&") if pair)
    value = pairs.get(condition["name"])
    if "present" in condition:
        return bool((value is not None) == condition["present"])
    return bool(value == condition["is"] if "is" in condition else value != condition["is_not"])


_READERS: dict[str, Callable[[dict[str, Any], DescribedVisit], bool]] = {
    "device": lambda one, who: _is_listed(one, who.device),
    "os": lambda one, who: _is_listed(one, who.os),
    "country": lambda one, who: _is_listed(one, who.country_code),
    "language": lambda one, who: _is_listed(one, who.language_tag, who.language_tag[:2]),
    "parameter": _asks_parameter,
    "scans": lambda one, who: (
        who.scans < one["below"] if "below" in one else who.scans >= one["from"]
    ),
    "visitor": lambda one, who: who.again == (one["seen"] == "again"),
    "date": lambda one, who: one["from"] == "2026-01-01",
}


def test_the_tables_say_what_asking_one_by_one_says() -> None:
    dice = random.Random(10)
    now = at("2026-06-01 12:00")
    for _ in range(300):
        drawn = [
            when(
                *[_random_condition(dice) for _ in range(dice.randint(0, 4))],
                match=dice.choice(["all", "any"]),
            )
            for _ in range(dice.randint(1, 12))
        ]
        rules = compiled(*drawn)
        for _ in range(10):
            who = DescribedVisit(
                now,
                device=dice.choice(["phone", "tablet", None]),
                os=dice.choice(["iOS", "Android", None]),
                language_tag=dice.choice(["de-CH", "de-AT", "fr", ""]),
                country_code=dice.choice(["CH", "DE", None]),
                query=dice.choice(["", "a=1", "b=2&a=2", "a=1&b=1"]),
                scans=dice.randint(0, 5),
                again=dice.random() < 0.5,
            )
            expected = NO_RULE
            for number, rule in enumerate(drawn, 1):
                held = [_holds(one, who) for one in rule["conditions"]]
                if not held or (all(held) if rule["match"] == "all" else any(held)):
                    expected = number
                    break
            assert chosen(rules, who) == expected, (drawn, who)
