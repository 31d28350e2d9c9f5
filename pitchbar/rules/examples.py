"""Rules that somebody can start from, where there are none yet."""

from dataclasses import dataclass
from typing import Any

from pitchbar.rules.edited import EditedRule, EditedVariant, edit_one


@dataclass(frozen=True)
class Example:
    """`rule` is in the API's words, without where it leads: only its owner knows that."""

    key: str
    icon: str
    title: str
    text: str
    rule: dict[str, Any]
    is_split: bool = False

    def begin(self, key: str) -> EditedRule:
        rule = edit_one(key, self.rule)
        rule.is_open, rule.is_split = True, self.is_split
        if self.is_split:
            rule.variants = [EditedVariant("v1", name="A"), EditedVariant("v2", name="B")]
        return rule


EXAMPLES = (
    Example(
        "phones",
        "smartphone",
        "Phones to the app store",
        "iPhones go to the App Store; everyone else sees the page.",
        {
            "conditions": [
                {"kind": "device", "in": ["phone"]},
                {"kind": "os", "in": ["iOS"]},
            ]
        },
    ),
    Example(
        "lunch",
        "utensils",
        "Lunch menu until 15:00",
        "On weekdays the code opens the lunch menu, then the usual one.",
        {
            "conditions": [
                {
                    "kind": "time",
                    "weekdays": ["mon", "tue", "wed", "thu", "fri"],
                    "from": "11:00",
                    "to": "15:00",
                }
            ]
        },
    ),
    Example(
        "test",
        "split",
        "A/B test two pages",
        "Half of the people see one page, half the other; we tell which does better.",
        {"conditions": []},
        is_split=True,
    ),
)
