"""Which rule takes a visit."""

import tracemalloc
from typing import Any

import orjson
import pytest

from bench.rule_sets import twenty_rules
from pitchbar.core.utm import Utm
from pitchbar.rules.compiling import Destination, compile_rules
from pitchbar.rules.visits import DescribedVisit
from tests.rules.visiting import (
    IPHONE,
    KEY,
    NO_RULE,
    WINDOWS,
    at,
    chosen,
    compiled,
    fires,
    visit,
    when,
)

PHONE = {"kind": "device", "in": ["phone"]}
NO_PHONE = {"kind": "device", "not_in": ["phone"]}
GERMAN = {"kind": "language", "in": ["de"]}
FRENCH = {"kind": "language", "in": ["fr"]}


def test_the_first_rule_that_matches_wins() -> None:
    rules = compiled(when(FRENCH), when(GERMAN), when(PHONE), when())
    assert chosen(rules, visit()) == 2
    assert chosen(rules, visit(language="en")) == 3
    assert chosen(rules, visit(language="en", user_agent=WINDOWS)) == 4


def test_without_a_match_no_rule_is_chosen() -> None:
    assert chosen(compiled(when(FRENCH)), visit()) == NO_RULE
    assert chosen(compiled(), visit()) == NO_RULE


def test_all_conditions_must_hold_or_any_of_them() -> None:
    assert chosen(compiled(when(PHONE, FRENCH)), visit()) == NO_RULE
    assert chosen(compiled(when(PHONE, FRENCH, match="any")), visit()) == 1
    assert chosen(compiled(when(NO_PHONE, FRENCH, match="any")), visit()) == NO_RULE


@pytest.mark.parametrize("match", ["all", "any"])
def test_a_rule_without_conditions_takes_every_visitor(match: str) -> None:
    assert chosen(compiled(when(match=match)), visit()) == 1


def test_a_contradiction_is_never_met() -> None:
    rules = compiled(when(PHONE, NO_PHONE))
    assert {chosen(rules, visit(user_agent=agent)) for agent in (IPHONE, WINDOWS, "")} == {NO_RULE}


@pytest.mark.parametrize(
    ("condition", "is_met"),
    [
        ({"kind": "device", "in": ["phone", "tv"]}, True),
        ({"kind": "device", "not_in": ["phone"]}, False),
        ({"kind": "os", "in": ["ios"]}, True),
        ({"kind": "os", "not_in": ["Android"]}, True),
        ({"kind": "browser", "in": ["Safari"]}, True),
        ({"kind": "browser", "in": ["Chrome"]}, False),
        ({"kind": "language", "in": ["de-CH"]}, True),
        ({"kind": "language", "in": ["de-AT"]}, False),
        ({"kind": "language", "not_in": ["de"]}, False),
        ({"kind": "language", "not_in": ["de-AT", "fr"]}, True),
        ({"kind": "country", "in": ["CH"]}, True),
        ({"kind": "country", "in": ["AT", "DE"]}, False),
        ({"kind": "country", "not_in": ["CH"]}, False),
        ({"kind": "parameter", "name": "table", "is": "4 & 5"}, True),
        ({"kind": "parameter", "name": "table", "is": "4"}, False),
        ({"kind": "parameter", "name": "table", "is_not": "4 & 5"}, False),
        ({"kind": "parameter", "name": "table", "is_not": "4"}, True),
        ({"kind": "parameter", "name": "Table", "present": True}, False),
        ({"kind": "parameter", "name": "empty", "present": True}, True),
        ({"kind": "parameter", "name": "empty", "is": ""}, True),
        ({"kind": "parameter", "name": "none", "present": False}, True),
        ({"kind": "parameter", "name": "none", "is": ""}, False),
        ({"kind": "parameter", "name": "none", "is_not": "4"}, True),
        ({"kind": "scans", "below": 100}, True),
        ({"kind": "scans", "below": 99}, False),
        ({"kind": "scans", "from": 99}, True),
        ({"kind": "scans", "from": 100}, False),
        ({"kind": "visitor", "seen": "again"}, True),
        ({"kind": "visitor", "seen": "new"}, False),
    ],
)
def test_a_condition_holds_or_not(condition: dict[str, Any], is_met: bool) -> None:
    who = visit(
        address="80.74.140.2",
        query="a=b&table=4+%26+5&table=4&empty=",
        scans=99,
        again=True,
    )
    assert who.country() == "CH"
    assert fires(condition, who) is is_met


@pytest.mark.parametrize("kind", ["device", "os", "browser", "language", "country"])
def test_what_is_not_known_is_in_no_list(kind: str) -> None:
    value = {"country": "CH", "language": "de"}.get(kind, "phone")
    unknown = visit(address="10.0.0.1", user_agent="", language="")
    assert not fires({"kind": kind, "in": [value]}, unknown)
    assert fires({"kind": kind, "not_in": [value]}, unknown)


@pytest.mark.parametrize(
    ("window", "local", "is_within"),
    [
        ({"from": "09:00", "to": "17:30"}, "2026-11-26 09:00", True),
        ({"from": "09:00", "to": "17:30"}, "2026-11-26 17:29", True),
        ({"from": "09:00", "to": "17:30"}, "2026-11-26 17:30", False),
        ({"from": "09:00", "to": "17:30"}, "2026-11-26 08:59", False),
        ({"from": "12:00", "to": "24:00"}, "2026-11-26 23:59", True),
        ({"weekdays": ["thu"]}, "2026-11-26 00:00", True),
        ({"weekdays": ["fri", "wed"]}, "2026-11-26 12:00", False),
        # Across midnight, the night belongs to the day on which it began.
        ({"weekdays": ["thu"], "from": "22:00", "to": "02:00"}, "2026-11-26 22:00", True),
        ({"weekdays": ["thu"], "from": "22:00", "to": "02:00"}, "2026-11-27 01:59", True),
        ({"weekdays": ["thu"], "from": "22:00", "to": "02:00"}, "2026-11-26 01:59", False),
        ({"weekdays": ["thu"], "from": "22:00", "to": "02:00"}, "2026-11-27 02:00", False),
        ({"weekdays": ["sun"], "from": "22:00", "to": "02:00"}, "2026-11-30 01:00", True),
    ],
)
def test_windows_follow_the_clock(window: dict[str, Any], local: str, is_within: bool) -> None:
    assert fires({"kind": "time", **window}, visit(at(local))) is is_within


def test_an_hour_that_comes_twice_is_in_its_window_twice() -> None:
    window = {"kind": "time", "from": "02:15", "to": "02:45", "zone": "Europe/Zurich"}
    first, second = (at("2026-10-25 02:30", fold=fold) for fold in (0, 1))
    assert second - first == 3_600_000
    assert [fires(window, visit(moment)) for moment in (first, second)] == [True, True]
    assert not fires(window, visit(first + 30 * 60_000))


def test_an_hour_that_never_comes_is_in_no_window() -> None:
    window = {"kind": "time", "from": "02:00", "to": "03:00", "zone": "Europe/Zurich"}
    midnight = at("2026-03-29 00:00")
    assert not any(fires(window, visit(midnight + minute * 60_000)) for minute in range(23 * 60))
    assert fires(window, visit(at("2026-03-30 02:30")))


def test_a_window_keeps_to_its_zone_and_to_the_workspaces_where_it_names_none() -> None:
    noon = when({"kind": "time", "from": "12:00", "to": "13:00"})
    in_tokyo = when({"kind": "time", "from": "12:00", "to": "13:00", "zone": "Asia/Tokyo"})
    rules = compiled(in_tokyo, noon, zone="America/New_York")
    assert chosen(rules, visit(at("2026-06-01 12:30", "Asia/Tokyo"))) == 1
    assert chosen(rules, visit(at("2026-06-01 12:30", "America/New_York"))) == 2


@pytest.mark.parametrize(
    ("local", "is_within"),
    [
        ("2026-11-30 23:59", False),
        ("2026-12-01 00:00", True),
        ("2026-12-24 23:59", True),
        ("2026-12-25 00:00", False),
    ],
)
def test_both_days_of_a_date_range_are_part_of_it(local: str, is_within: bool) -> None:
    both = {"kind": "date", "from": "2026-12-01", "to": "2026-12-24"}
    assert fires(both, visit(at(local))) is is_within
    open_ended = {"kind": "date", "from": "2026-12-01"}
    assert fires(open_ended, visit(at(local))) is (local >= "2026-12-01")


def test_a_minute_later_the_clock_is_read_again() -> None:
    rules = compiled(when({"kind": "time", "from": "09:00", "to": "09:01"}))
    moments = [at(f"2026-11-26 {clock}") for clock in ("08:59", "09:00", "09:01", "09:00")]
    assert [chosen(rules, visit(moment)) for moment in moments] == [0, 1, 0, 1]


def test_a_destination_takes_the_codes_tags_and_its_choice_to_forward() -> None:
    utm = Utm("print", "qr")
    rules = compiled(when(), defaults=utm, forward_parameters=True)
    choice = rules.choose(visit(), KEY)
    assert choice is not None
    location = "https://rule.example/1?utm_source=print&utm_medium=qr"
    assert choice.target == Destination("https://rule.example/1", utm, True, location, utm)


def test_rules_are_compiled_once_until_they_or_the_code_change() -> None:
    written = orjson.dumps([{"id": 1, "match": "all", "conditions": [], "destination_url": "x"}])
    first = compile_rules(written.decode(), "UTC")
    assert compile_rules(written.decode(), "UTC") is first
    assert compile_rules(written.decode(), "Asia/Tokyo") is not first
    assert compile_rules(written.decode(), "UTC", Utm("print")) is not first


@pytest.mark.parametrize("written", ["", "null", "{}", "[5]", "[{}]", "not json", '[{"id": 1}]'])
def test_what_cannot_be_read_is_no_rule(written: str) -> None:
    assert chosen(compile_rules(written, "UTC"), visit()) == NO_RULE


def test_a_condition_of_a_later_release_is_never_met_and_the_next_rule_is_asked() -> None:
    later = {"kind": "weather", "in": ["rain"]}
    rules = compiled(when(later), when(later, PHONE), when(later, PHONE, match="any"))
    assert chosen(rules, visit()) == 3
    assert chosen(rules, visit(user_agent=WINDOWS)) == NO_RULE


@pytest.mark.parametrize(
    "broken",
    [
        {"kind": "time", "from": "09:00", "to": "10:00", "zone": "Mars/X"},
        {"kind": "time", "weekdays": ["funday"]},
        {"kind": "device", "in": ["phone", 5]},
        {"kind": "device"},
        {"kind": "scans", "below": "many"},
        {"in": ["phone"]},
        5,
    ],
)
def test_a_broken_rule_is_left_out_and_the_others_stay(broken: Any) -> None:
    rules = compiled(when(broken), when(FRENCH), when(broken, GERMAN), when(GERMAN))
    assert chosen(rules, visit()) == 4
    assert chosen(rules, visit(language="fr")) == 2


@pytest.mark.parametrize(
    "broken",
    [
        {"split": [{"destination_url": "https://a.example", "weight": 0}]},
        {"split": [{"destination_url": "https://a.example", "weight": "many"}]},
        {"split": [{"weight": 1}]},
        {"split": "half"},
        {"destination_url": None},
        {"conditions": None},
    ],
)
def test_a_rule_that_leads_nowhere_is_left_out(broken: dict[str, Any]) -> None:
    assert chosen(compiled(broken, when()), visit()) == 2


def test_only_what_some_rule_asks_is_found_out_and_once() -> None:
    asked: list[str] = []

    class Counting(DescribedVisit):
        def agent(self) -> Any:
            asked.append("agent")
            return super().agent()

        def country(self) -> Any:
            asked.append("country")
            return super().country()

    swiss = {"kind": "country", "in": ["CH"]}
    assert chosen(compiled(when(swiss), when(swiss, GERMAN)), Counting(0)) == NO_RULE
    assert asked == ["country"]
    asked.clear()
    assert chosen(compiled(when(PHONE), when(swiss), when(PHONE, GERMAN)), Counting(0)) == NO_RULE
    assert asked == ["country", "agent"]


def test_many_kinds_of_visitors_are_led_right_and_take_no_more_memory() -> None:
    rules = compiled(
        *[when({"kind": "parameter", "name": f"p{bit}", "present": True}) for bit in range(12)]
    )
    tracemalloc.start()
    try:
        for number in range(1 << 12):
            names = [f"p{bit}" for bit in range(12) if number >> bit & 1]
            first = int(names[0][1:]) + 1 if names else NO_RULE
            assert chosen(rules, visit(query="&".join(names))) == first
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 200_000


def test_what_a_set_asks_of_the_past_is_known() -> None:
    seen, scans = {"kind": "visitor", "seen": "new"}, {"kind": "scans", "below": 5}
    sets = [compiled(when(one)) for one in (PHONE, seen, scans)]
    assert [rules.asks_seen for rules in sets] == [False, True, False]
    assert [rules.asks_scans for rules in sets] == [False, False, True]
    assert [rules.asks_state for rules in sets] == [False, True, True]


def test_reasons_tell_of_each_condition_whether_it_holds() -> None:
    rules = compiled(when(PHONE, FRENCH), when(FRENCH, GERMAN, match="any"), when())
    first, second, third = rules.explain(visit())
    assert (first.rule_id, first.is_match, first.conditions) == (1, False, (True, False))
    assert (second.is_match, second.conditions) == (True, (False, True))
    assert (third.is_match, third.conditions) == (True, ())


@pytest.mark.parametrize("split", [False, True])
def test_of_the_benchs_twenty_rules_only_the_last_fires(split: bool) -> None:
    rules = compiled(*twenty_rules(split=split))
    reasons = rules.explain(visit())
    assert [reason.is_match for reason in reasons] == [False] * 19 + [True]
    assert chosen(rules, visit(query="utm_source=flyer&table=4")) == 20


def test_two_hundred_rules_of_twenty_conditions_are_compiled_and_asked() -> None:
    full = [
        when(
            *[{"kind": "parameter", "name": f"p{place}", "is": f"{number}"} for place in range(20)]
        )
        for number in range(200)
    ]
    rules = compiled(*full)
    assert chosen(rules, visit()) == NO_RULE
    query = "&".join(f"p{place}=199" for place in range(20))
    assert chosen(rules, visit(query=query)) == 200
