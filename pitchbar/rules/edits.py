"""What the buttons of the editor do to the list: "up:r3", "condition:r3:country".

Each leaves the focus where the person goes on, and says what happened.
"""

from collections.abc import Callable
from copy import deepcopy

from pitchbar.rules.choices import KINDS
from pitchbar.rules.edited import EditedRule, EditedRules, EditedVariant
from pitchbar.rules.examples import EXAMPLES
from pitchbar.rules.written_conditions import new_written


def edit(edited: EditedRules, act: str) -> None:
    """Does what the button of that name stands for; one that is not known changes nothing."""
    verb, _, rest = act.partition(":")
    key, _, part = rest.partition(":")
    if verb in _ON_THE_LIST:
        _ON_THE_LIST[verb](edited, rest)
        return
    rule = edited.find(key)
    if rule and verb in _ON_A_RULE:
        _ON_A_RULE[verb](edited, rule)
    elif rule and verb in _ON_A_PART:
        _ON_A_PART[verb](edited, rule, part)


def _add(edited: EditedRules, _rest: str) -> None:
    rule = EditedRule(edited.new_key(), is_open=True)
    edited.rules.append(rule)
    edited.focus, edited.said = f"{rule.key}-add", "A new rule stands at the end of the list."


def _stay(edited: EditedRules, element: str) -> None:
    """Only draws the list anew, for somebody who is at that element."""
    edited.focus = element[:40]


def _start_from(edited: EditedRules, name: str) -> None:
    for example in EXAMPLES:
        if example.key == name:
            rule = example.begin(edited.new_key())
            edited.rules.append(rule)
            edited.focus = f"{rule.key}-first-url"
            edited.said = "The example stands in the list. Say where it leads."


def _open(edited: EditedRules, rule: EditedRule) -> None:
    rule.is_open = True
    edited.focus = f"{rule.key}-close"


def _close(edited: EditedRules, rule: EditedRule) -> None:
    rule.is_open = False
    edited.focus = f"{rule.key}-open"


def _up(edited: EditedRules, rule: EditedRule) -> None:
    _move(edited, rule, -1)


def _down(edited: EditedRules, rule: EditedRule) -> None:
    _move(edited, rule, 1)


def _move(edited: EditedRules, rule: EditedRule, step: int) -> None:
    """Past the next one that is shown; removed ones stay where they were."""
    kept = edited.kept
    place = kept.index(rule) + step if rule in kept else -1
    if 0 <= place < len(kept):
        at = edited.rules.index(kept[place])
        edited.rules.remove(rule)
        edited.rules.insert(at, rule)
    place = edited.kept.index(rule)
    words = "up" if (step < 0 and place > 0) or place == len(kept) - 1 else "down"
    edited.focus = f"{rule.key}-{words}"
    edited.said = f"Now rule {place + 1} of {len(kept)}."


def _duplicate(edited: EditedRules, rule: EditedRule) -> None:
    copy = deepcopy(rule)
    copy.key, copy.id, copy.is_open = edited.new_key(), "", True
    edited.rules.insert(edited.rules.index(rule) + 1, copy)
    edited.focus, edited.said = f"{copy.key}-close", "A copy stands below it."


def _remove(edited: EditedRules, rule: EditedRule) -> None:
    rule.is_removed, rule.is_open = True, False
    edited.focus, edited.said = f"{rule.key}-restore", "Removed once you save."


def _restore(edited: EditedRules, rule: EditedRule) -> None:
    rule.is_removed = False
    edited.focus, edited.said = f"{rule.key}-open", "The rule is back."


def _split(edited: EditedRules, rule: EditedRule) -> None:
    """What was typed is the first of the two."""
    rule.is_split = True
    if not rule.variants:
        rule.variants = [EditedVariant("v1", rule.destination_url), EditedVariant("v2")]
    edited.focus = f"{rule.key}-{'v2' if rule.variants[0].destination_url else 'v1'}-url"


def _lead_to_one(edited: EditedRules, rule: EditedRule) -> None:
    rule.is_split = False
    if not rule.destination_url and rule.variants:
        rule.destination_url = rule.variants[0].destination_url
    edited.focus = f"{rule.key}-first-url"


def _add_variant(edited: EditedRules, rule: EditedRule) -> None:
    number = max((int(one.key[1:]) for one in rule.variants), default=0) + 1
    rule.variants.append(EditedVariant(f"v{number}"))
    edited.focus = f"{rule.key}-v{number}-url"


def _remove_variant(edited: EditedRules, rule: EditedRule, part: str) -> None:
    rule.variants = [one for one in rule.variants if one.key != part]
    edited.focus, edited.said = f"{rule.key}-add-variant", "Destination removed."


def _add_condition(edited: EditedRules, rule: EditedRule, kind: str) -> None:
    if kind in KINDS:
        number = max((int(one[1:]) for one in rule.conditions), default=0) + 1
        rule.conditions[f"c{number}"] = new_written(kind)
        edited.focus, edited.said = f"{rule.key}-c{number}-kind", "Condition added."


def _remove_condition(edited: EditedRules, rule: EditedRule, part: str) -> None:
    if rule.conditions.pop(part, None):
        edited.focus, edited.said = f"{rule.key}-add", "Condition removed."


def _drop_value(edited: EditedRules, rule: EditedRule, part: str) -> None:
    """The cross on a chosen country: "c1:DE"."""
    name, _, value = part.partition(":")
    written = rule.conditions.get(name)
    if written and value in written.get("chosen", ()):
        written["chosen"].remove(value)
        edited.focus = f"{rule.key}-{name}-chosen"


_ON_THE_LIST: dict[str, Callable[[EditedRules, str], None]] = {
    "add": _add,
    "focus": _stay,
    "example": _start_from,
}
_ON_A_RULE: dict[str, Callable[[EditedRules, EditedRule], None]] = {
    "open": _open,
    "close": _close,
    "up": _up,
    "down": _down,
    "duplicate": _duplicate,
    "remove": _remove,
    "restore": _restore,
    "split": _split,
    "single": _lead_to_one,
    "variant": _add_variant,
}
_ON_A_PART: dict[str, Callable[[EditedRules, EditedRule, str], None]] = {
    "condition": _add_condition,
    "remove_condition": _remove_condition,
    "remove_variant": _remove_variant,
    "drop": _drop_value,
}
