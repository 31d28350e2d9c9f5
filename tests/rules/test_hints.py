"""A rule that can never fire is told, and no other."""

from datetime import date
from typing import Any

import pytest

from pitchbar.rules.hints import find_hints

TODAY = date(2026, 11, 26)
PHONE = {"kind": "device", "in": ["phone"]}
DACH = {"kind": "country", "in": ["DE", "AT", "CH"]}


def rule(*conditions: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"conditions": list(conditions), **fields}


def hints(*rules: dict[str, Any]) -> list[str]:
    return find_hints(rules, TODAY)


def test_what_stands_behind_a_rule_for_everybody_never_fires() -> None:
    first, second, third = hints(rule(PHONE), rule(), rule(DACH))
    assert (first, second) == ("", "")
    assert third == "This rule can never fire: rule 2 takes everybody before it."


def test_rule_for_everybody_that_is_switched_off_takes_nobody() -> None:
    assert hints(rule(enabled=False), rule(DACH)) == ["", ""]
    assert hints(rule(), rule(DACH, enabled=False)) == ["", ""]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (rule(PHONE), rule(PHONE, DACH)),
        (rule(DACH), rule({"kind": "country", "in": ["DE"]})),
        (rule({"kind": "country", "not_in": ["FR"]}), rule(DACH)),
        (
            rule({"kind": "country", "not_in": ["FR"]}),
            rule({"kind": "country", "not_in": ["FR", "IT"]}),
        ),
        (rule({"kind": "scans", "below": 100}), rule({"kind": "scans", "below": 50})),
        (rule({"kind": "scans", "from": 10}), rule({"kind": "scans", "from": 20})),
        (rule(PHONE, DACH, match="any"), rule(DACH)),
        (rule(PHONE, DACH, match="any"), rule(DACH, PHONE, match="any")),
    ],
)
def test_later_rule_for_a_part_of_the_same_visitors_never_fires(
    earlier: dict[str, Any], later: dict[str, Any]
) -> None:
    assert hints(earlier, later)[1].endswith("rule 1 takes all of these visitors before it.")
    assert hints(later, earlier) == ["", ""] or earlier["conditions"] == later["conditions"][::-1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (PHONE, {"kind": "device", "in": ["tablet"]}),
        (PHONE, {"kind": "device", "not_in": ["phone", "tv"]}),
        ({"kind": "os", "in": ["iOS"]}, {"kind": "os", "in": ["Android"]}),
        ({"kind": "language", "in": ["de"]}, {"kind": "language", "in": ["fr", "it"]}),
        ({"kind": "time", "weekdays": ["mon"]}, {"kind": "time", "weekdays": ["tue"]}),
        (
            {"kind": "time", "from": "09:00", "to": "12:00"},
            {"kind": "time", "from": "12:00", "to": "24:00"},
        ),
        ({"kind": "date", "to": "2027-01-01"}, {"kind": "date", "from": "2027-01-02"}),
        (
            {"kind": "parameter", "name": "t", "is": "1"},
            {"kind": "parameter", "name": "t", "is": "2"},
        ),
        (
            {"kind": "parameter", "name": "t", "is": "1"},
            {"kind": "parameter", "name": "t", "present": False},
        ),
        (
            {"kind": "parameter", "name": "t", "is_not": "1"},
            {"kind": "parameter", "name": "t", "is": "1"},
        ),
        (
            {"kind": "parameter", "name": "t", "present": True},
            {"kind": "parameter", "name": "t", "present": False},
        ),
        ({"kind": "scans", "below": 100}, {"kind": "scans", "from": 100}),
        ({"kind": "visitor", "seen": "new"}, {"kind": "visitor", "seen": "again"}),
    ],
)
def test_conditions_that_cannot_hold_together_are_told(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    for pair in ((one, other), (other, one)):
        (hint,) = hints(rule(DACH, *pair))
        assert hint.startswith("This rule can never fire: its conditions on “")
        assert hints(rule(*pair, match="any")) == [""]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"kind": "language", "in": ["de"]}, {"kind": "language", "in": ["de-CH"]}),
        ({"kind": "country", "in": ["DE", "FR"]}, {"kind": "country", "not_in": ["DE"]}),
        ({"kind": "device", "not_in": ["tv"]}, {"kind": "device", "not_in": ["watch"]}),
        # In two zones it may be both days at once.
        (
            {"kind": "time", "weekdays": ["mon"], "zone": "Asia/Tokyo"},
            {"kind": "time", "weekdays": ["tue"], "zone": "Pacific/Auckland"},
        ),
        # Past midnight it is still part of Monday's window.
        (
            {"kind": "time", "weekdays": ["mon"], "from": "22:00", "to": "02:00"},
            {"kind": "time", "weekdays": ["tue"]},
        ),
        (
            {"kind": "parameter", "name": "a", "is": "1"},
            {"kind": "parameter", "name": "b", "is": "2"},
        ),
        (
            {"kind": "parameter", "name": "a", "present": True},
            {"kind": "parameter", "name": "a", "is_not": "2"},
        ),
        ({"kind": "scans", "below": 100}, {"kind": "scans", "from": 99}),
    ],
)
def test_conditions_that_may_hold_together_are_left_alone(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert hints(rule(one, other)) == [""]
    assert hints(rule(other, one)) == [""]


def test_days_that_are_over_are_told() -> None:
    over = {"kind": "date", "from": "2026-11-01", "to": "2026-11-25"}
    assert hints(rule(over)) == ["Its last day has passed: this rule will not fire any more."]
    assert hints(rule({"kind": "date", "to": "2026-11-26"})) == [""]
    assert hints(rule(over, PHONE, match="any")) == [""]


def test_what_is_only_half_written_is_no_contradiction() -> None:
    half = rule({"kind": "country", "in": []}, DACH, {"kind": "scans"}, {"kind": "time"})
    assert hints(half) == [""]
