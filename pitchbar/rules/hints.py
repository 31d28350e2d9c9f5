"""Rules that can never fire, told while they are edited: an earlier one takes everybody, or their
own conditions cannot hold together. Only what is certain is told.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from pitchbar.rules.choices import KINDS

Json = Mapping[str, Any]
_NEVER = "This rule can never fire:"


def find_hints(rules: Sequence[Json], today: date) -> list[str]:
    """For each rule a sentence, empty where nothing is to be told; `today` is the workspace's."""
    return [_hint(rules, place, today) for place in range(len(rules))]


def _hint(rules: Sequence[Json], place: int, today: date) -> str:
    rule = rules[place]
    if not rule.get("enabled", True):
        return ""
    if reason := _find_contradiction(rule):
        return f"{_NEVER} {reason}"
    for number, earlier in enumerate(rules[:place], 1):
        if earlier.get("enabled", True) and _takes_all_of(earlier, rule):
            whom = "everybody" if _takes_everybody(earlier) else "all of these visitors"
            return f"{_NEVER} rule {number} takes {whom} before it."
    return _find_past(rule, today)


def _conditions(rule: Json) -> Sequence[Json]:
    return rule.get("conditions") or ()


def _is_any(rule: Json) -> bool:
    return rule.get("match") == "any" and len(_conditions(rule)) > 1


def _takes_everybody(rule: Json) -> bool:
    return not _conditions(rule)


def _takes_all_of(earlier: Json, later: Json) -> bool:
    """Whether whoever fits the later rule fits the earlier one, too."""
    if _takes_everybody(earlier):
        return True
    wanted, given = _conditions(earlier), _conditions(later)
    if not given:
        return False
    if _is_any(later):
        return all(_satisfies([one], wanted, _is_any(earlier)) for one in given)
    return _satisfies(given, wanted, _is_any(earlier))


def _satisfies(given: Sequence[Json], wanted: Sequence[Json], is_any: bool) -> bool:
    """Whether conditions that all hold make all (or one) of the wanted ones hold."""
    held = (any(_implies(one, want) for one in given) for want in wanted)
    return any(held) if is_any else all(held)


def _implies(given: Json, wanted: Json) -> bool:
    if given.get("kind") != wanted.get("kind"):
        return False
    if given == wanted:
        return True
    kind = given["kind"]
    if kind in _LISTED and kind != "language":
        return _is_within(given, wanted)
    if kind == "scans" and "below" in given and "below" in wanted:
        return _number(given, "below") <= _number(wanted, "below")
    if kind == "scans" and "from" in given and "from" in wanted:
        return _number(given, "from") >= _number(wanted, "from")
    return False


def _is_within(given: Json, wanted: Json) -> bool:
    ours, theirs = _values(given), _values(wanted)
    if "in" in given:
        return bool(ours) and (ours <= theirs if "in" in wanted else not ours & theirs)
    return "not_in" in wanted and bool(theirs) and theirs <= ours


_LISTED = ("device", "os", "browser", "country", "language")


def _values(condition: Json) -> set[str]:
    values = condition.get("in", condition.get("not_in")) or ()
    return {str(value).casefold() for value in values}


def _number(condition: Json, name: str) -> int:
    value = condition.get(name)
    return value if isinstance(value, int) else 0


def _find_contradiction(rule: Json) -> str:
    """Two conditions of one kind that cannot hold at once, where all must."""
    if _is_any(rule):
        return ""
    conditions = _conditions(rule)
    for number, one in enumerate(conditions):
        for other in conditions[number + 1 :]:
            clash = _CLASHES.get(str(one.get("kind")))
            if clash and one.get("kind") == other.get("kind") and clash(one, other):
                return f"its conditions on “{KINDS[one['kind']]}” contradict each other."
    return ""


def _lists_clash(one: Json, other: Json) -> bool:
    ours, theirs = _values(one), _values(other)
    if not ours or not theirs:
        return False
    if "in" in one and "in" in other:
        return not ours & theirs
    if "in" in one:
        return ours <= theirs
    return "in" in other and theirs <= ours


def _languages_clash(one: Json, other: Json) -> bool:
    """ "de" takes "de-CH", so that two lists may meet in a language that neither has."""
    if "in" not in one or "in" not in other:
        return False
    pairs = [(a, b) for a in _values(one) for b in _values(other)]
    return bool(pairs) and not any(_meet(a, b) for a, b in pairs)


def _meet(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}-") or other.startswith(f"{one}-")


def _times_clash(one: Json, other: Json) -> bool:
    if one.get("zone") != other.get("zone") or _crosses(one) or _crosses(other):
        return False
    days, others = set(one.get("weekdays") or ()), set(other.get("weekdays") or ())
    if days and others and not days & others:
        return True
    if not (one.get("from") and other.get("from")):
        return False
    return bool(max(one["from"], other["from"]) >= min(one["to"], other["to"]))


def _crosses(condition: Json) -> bool:
    """Past midnight, so that it reaches into the next day."""
    return bool(condition.get("from")) and str(condition.get("to")) < str(condition["from"])


def _dates_clash(one: Json, other: Json) -> bool:
    if one.get("zone") != other.get("zone"):
        return False
    start = max(one.get("from") or "", other.get("from") or "")
    end = min(one.get("to") or "9999", other.get("to") or "9999")
    return start > end


def _parameters_clash(one: Json, other: Json) -> bool:
    if one.get("name") != other.get("name"):
        return False
    tests = [{key: value for key, value in each.items() if key != "kind"} for each in (one, other)]
    first, second = sorted(tests, key=lambda test: "is" not in test)
    if "is" in first:
        wanted = first["is"]
        return (
            ("is" in second and second["is"] != wanted)
            or second.get("is_not") == wanted
            or second.get("present") is False
        )
    return {first.get("present"), second.get("present")} == {True, False}


def _scans_clash(one: Json, other: Json) -> bool:
    for low, high in ((one, other), (other, one)):
        if "from" in low and "below" in high:
            return _number(low, "from") >= _number(high, "below")
    return False


def _visitors_clash(one: Json, other: Json) -> bool:
    return {one.get("seen"), other.get("seen")} == {"new", "again"}


def _find_past(rule: Json, today: date) -> str:
    if _is_any(rule):
        return ""
    for condition in _conditions(rule):
        end = str(condition.get("to") or "")
        if condition.get("kind") == "date" and end and end < today.isoformat():
            return "Its last day has passed: this rule will not fire any more."
    return ""


_CLASHES: Mapping[str, Callable[[Json, Json], bool]] = {
    "device": _lists_clash,
    "os": _lists_clash,
    "browser": _lists_clash,
    "country": _lists_clash,
    "language": _languages_clash,
    "time": _times_clash,
    "date": _dates_clash,
    "parameter": _parameters_clash,
    "scans": _scans_clash,
    "visitor": _visitors_clash,
}
