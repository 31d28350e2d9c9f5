"""What is wrong in a rule is said at its place, in a sentence for whoever wrote it."""

from typing import Any

import pytest

from pitchbar.rules.drafts import RuleSet, read_rules
from pitchbar.rules.errors import InvalidRules
from pitchbar.settings import Settings

LEADS = {"destination_url": "https://destination.example/here"}
OWN = {"destination_url": "http://pitchbar.test/t/menu"}
Rules = list[dict[str, Any]]


def rule_with(*conditions: Any) -> dict[str, Any]:
    return {**LEADS, "conditions": list(conditions)}


def refused(rules: Rules, settings: Settings) -> dict[str, str]:
    with pytest.raises(InvalidRules) as error:
        read_rules(rules, settings)
    return error.value.fields


def test_every_kind_of_condition_is_read(settings: Settings) -> None:
    conditions: Rules = [
        {"kind": "device", "in": ["phone"]},
        {"kind": "os", "not_in": ["iOS"]},
        {"kind": "browser", "in": ["Instagram", "Safari"]},
        {"kind": "language", "in": ["de", "pt-BR"]},
        {"kind": "country", "not_in": ["CH", "XK"]},
        {"kind": "time", "weekdays": ["mon"], "from": "22:00", "to": "02:00", "zone": "Asia/Tokyo"},
        {"kind": "date", "from": "2026-12-01", "to": "2026-12-24"},
        {"kind": "parameter", "name": "table", "is": "4"},
        {"kind": "parameter", "name": "table", "present": False},
        {"kind": "scans", "below": 100},
        {"kind": "visitor", "seen": "new"},
    ]
    (draft,) = read_rules([rule_with(*conditions)], settings)
    assert [condition.stored() for condition in draft.conditions] == conditions


def test_values_are_kept_as_they_are_usually_written(settings: Settings) -> None:
    (draft,) = read_rules(
        [
            rule_with(
                {"kind": "device", "in": ["Phone", "phone"]},
                {"kind": "country", "in": ["ch"]},
                {"kind": "language", "in": ["PT-br", "zh-hANS"]},
            )
        ],
        settings,
    )
    assert [condition.stored() for condition in draft.conditions] == [
        {"kind": "device", "in": ["phone"]},
        {"kind": "country", "in": ["CH"]},
        {"kind": "language", "in": ["pt-BR", "zh-Hans"]},
    ]


@pytest.mark.parametrize(
    ("condition", "place", "sentence"),
    [
        ({"kind": "device", "in": []}, ".in", "Choose at least one"),
        ({"kind": "device", "in": ["fridge"]}, ".in", "“fridge” is no device"),
        ({"kind": "device"}, "", "“in” or “not_in”"),
        ({"kind": "device", "in": ["tv"], "not_in": ["tv"]}, "", "“in” or “not_in”"),
        ({"kind": "country", "not_in": ["CH", "ZZ"]}, ".not_in", "“ZZ” is no country"),
        ({"kind": "country", "in": ["CH"] * 301}, ".in", "at most 300"),
        ({"kind": "country", "in": "CH"}, ".in", "must be a list"),
        ({"kind": "language", "in": ["xx"]}, ".in", "“xx” is no language"),
        ({"kind": "language", "in": ["de;q=1"]}, ".in", "“de;q=1” is no language"),
        ({"kind": "time", "weekdays": ["funday"]}, ".weekdays", "“funday” is no day"),
        ({"kind": "time", "weekdays": []}, ".weekdays", "Choose at least one"),
        ({"kind": "time"}, "", "Choose days of the week"),
        ({"kind": "time", "from": "09:00"}, "", "needs both"),
        ({"kind": "time", "from": "9:00", "to": "10:00"}, ".from", "as 09:00"),
        ({"kind": "time", "from": "24:00", "to": "10:00"}, ".from", "as 09:00"),
        ({"kind": "time", "from": "10:00", "to": "10:00"}, "", "window is empty"),
        ({"kind": "time", "weekdays": ["mon"], "zone": "Mars/X"}, ".zone", "“Mars/X” is no time"),
        ({"kind": "date", "from": "2026-02-30"}, ".from", "Write the day"),
        ({"kind": "date", "from": "2026-02-02", "to": "2026-02-01"}, "", "before the first"),
        ({"kind": "date"}, "", "Say the first day"),
        ({"kind": "parameter", "name": "a", "is": "b", "present": True}, "", "one of them"),
        ({"kind": "parameter", "name": ""}, ".name", "missing"),
        ({"kind": "parameter", "name": "a\x00", "is": "b"}, ".name", "cannot be stored"),
        ({"kind": "scans", "below": 0}, ".below", "from 1 on"),
        ({"kind": "scans", "below": True}, ".below", "whole number"),
        ({"kind": "scans", "below": 5, "from": 5}, "", "“below” or “from”"),
        ({"kind": "visitor", "seen": "never"}, ".seen", "'new' or 'again'"),
        ({"kind": "moon"}, "", "no such kind"),
        ({}, "", "Say the kind"),
        (5, "", "must be an object"),
    ],
)
def test_a_wrong_condition_is_refused_at_its_place(
    settings: Settings, condition: Any, place: str, sentence: str
) -> None:
    good = {"kind": "device", "in": ["phone"]}
    fields = refused([LEADS, rule_with(good, condition)], settings)
    assert list(fields) == [f"rules.1.conditions.1{place}"]
    assert sentence in fields[f"rules.1.conditions.1{place}"]


def test_all_that_is_wrong_is_said_at_once_in_the_order_of_the_rules(settings: Settings) -> None:
    wrong = rule_with({"kind": "country", "in": ["ZZ"]})
    rules = [LEADS, LEADS, {**wrong, "destination_url": "ftp://x.example"}, *[LEADS] * 7, wrong]
    assert list(refused(rules, settings)) == [
        "rules.2.conditions.0.in",
        "rules.2.destination_url",
        "rules.10.conditions.0.in",
    ]


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ({}, "rules.0"),
        ({**LEADS, "split": [{**LEADS, "weight": 1}] * 2}, "rules.0"),
        ({"split": [{**LEADS, "weight": 1}]}, "rules.0.split"),
        ({"split": [{**LEADS, "weight": 1}] * 11}, "rules.0.split"),
        ({"split": [{**LEADS, "weight": 1}, {**LEADS, "weight": 0}]}, "rules.0.split.1.weight"),
        ({"split": [{**LEADS, "weight": 1001}, {**LEADS, "weight": 1}]}, "rules.0.split.0.weight"),
        ({"split": [{**LEADS, "weight": 1.5}, {**LEADS, "weight": 1}]}, "rules.0.split.0.weight"),
        ({"split": "half"}, "rules.0.split"),
        ({"split": [5, 5]}, "rules.0.split.0"),
        ({**LEADS, "match": "most"}, "rules.0.match"),
        ({**LEADS, "enabled": "yes"}, "rules.0.enabled"),
        ({**LEADS, "colour": "red"}, "rules.0.colour"),
        ({**LEADS, "conditions": 5}, "rules.0.conditions"),
        ({**LEADS, "name": "n" * 101}, "rules.0.name"),
        ({"destination_url": " "}, "rules.0.destination_url"),
        ({"destination_url": "javascript:alert(1)"}, "rules.0.destination_url"),
        (OWN, "rules.0.destination_url"),
        ({"destination_url": "https://x.example/" + "a" * 2048}, "rules.0.destination_url"),
        (
            {
                "split": [
                    {**LEADS, "weight": 1},
                    {**OWN, "weight": 1},
                ]
            },
            "rules.0.split.1.destination_url",
        ),
    ],
)
def test_a_wrong_rule_is_refused_at_its_place(
    settings: Settings, rule: dict[str, Any], place: str
) -> None:
    assert place in refused([rule], settings)


def test_twenty_conditions_and_two_hundred_rules_are_the_most(settings: Settings) -> None:
    condition = {"kind": "device", "in": ["phone"]}
    assert len(read_rules([rule_with(*[condition] * 20)] * 200, settings)) == 200
    assert list(refused([rule_with(*[condition] * 21)], settings)) == ["rules.0.conditions"]
    assert list(refused([LEADS] * 201, settings)) == ["rules"]


def test_no_rules_are_fine(settings: Settings) -> None:
    assert read_rules([], settings) == []


def test_contradictions_are_taken_as_they_are_never_met(settings: Settings) -> None:
    never = rule_with({"kind": "device", "in": ["phone"]}, {"kind": "device", "not_in": ["phone"]})
    assert len(read_rules([never], settings)) == 1


@pytest.mark.parametrize("sent", [{}, {"rules": None}, {"rules": [None]}, {"rules": [], "x": 1}])
def test_what_is_no_list_of_rules_is_refused_by_name(sent: Any) -> None:
    with pytest.raises(InvalidRules) as error:
        RuleSet.model_validate(sent)
    assert error.value.fields
