"""What lets the widget speak first: made fit, and said in words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pitchbar.agents.config import MOST_TRIGGERS, Trigger
from pitchbar.agents.errors import InvalidAgent, InvalidFields
from pitchbar.core.text import storable

LONGEST_GREETING = 160
KINDS = {
    "time": "After a time on the page",
    "scroll": "Having scrolled",
    "exit": "About to leave",
    "idle": "After doing nothing",
    "utm": "Coming by a campaign",
}
ACTIONS = {"greet": "Show a greeting", "open": "Open the chat"}


@dataclass(frozen=True)
class _Span:
    least: int
    most: int
    sentence: str

    def holds(self, value: int) -> bool:
        return self.least <= value <= self.most


_SPANS = {
    "time": _Span(1, 3600, "Enter seconds from 1 to 3,600."),
    "scroll": _Span(1, 100, "Enter percent from 1 to 100."),
    "idle": _Span(5, 3600, "Enter seconds from 5 to 3,600."),
}
_PAIR = re.compile(r"(?:utm_)?(source|medium|campaign|term|content)=(\S(?:.{0,98}\S)?)")
_NO_PAIR = (
    "Enter a pair such as campaign=spring: source, medium, campaign, term or content, and what it "
    "must be."
)


def clean_triggers(triggers: Sequence[Trigger]) -> tuple[Trigger, ...]:
    """Raises InvalidFields with all that is not fit, by its place as in `triggers.0.value`."""
    if len(triggers) > MOST_TRIGGERS:
        raise InvalidAgent("triggers", f"There can be {MOST_TRIGGERS} triggers at the most.")
    cleaned: list[Trigger] = []
    wrong: dict[str, str] = {}
    for place, one in enumerate(triggers):
        made, errors = _clean(one)
        if any((made.kind, made.value) == (other.kind, other.value) for other in cleaned):
            errors.setdefault("kind", "This one is there already.")
        wrong |= {f"triggers.{place}.{name}": said for name, said in errors.items()}
        cleaned += [] if errors else [made]
    if wrong:
        raise InvalidFields(wrong)
    return tuple(cleaned)


def _clean(trigger: Trigger) -> tuple[Trigger, dict[str, str]]:
    """With what is wrong, by field."""
    wrong: dict[str, str] = {}
    text = " ".join(storable(trigger.text).split()) if trigger.action == "greet" else ""
    if trigger.action == "greet" and not text:
        wrong["text"] = "Write what it says."
    if len(text) > LONGEST_GREETING:
        wrong["text"] = f"Use at most {LONGEST_GREETING} characters; these are {len(text)}."
    value: int | str | None = None
    try:
        value = _clean_value(trigger)
    except ValueError as error:
        wrong["value"] = str(error)
    return Trigger(kind=trigger.kind, value=value, action=trigger.action, text=text), wrong


def _clean_value(trigger: Trigger) -> int | str | None:
    """Raises ValueError with a sentence."""
    if trigger.kind == "exit":
        return None
    typed = "" if trigger.value is None else str(trigger.value).strip()
    if trigger.kind == "utm":
        pair = _PAIR.fullmatch(storable(typed))
        if pair is None:
            raise ValueError(_NO_PAIR)
        return f"{pair[1]}={pair[2]}"
    span = _SPANS[trigger.kind]
    number = int(typed) if re.fullmatch(r"[0-9]{1,6}", typed) else 0
    if not span.holds(number):
        raise ValueError(span.sentence)
    return number


def trigger_words(trigger: Trigger) -> str:
    """Such as: After 20 seconds on the page: “Hello”."""
    when = {
        "time": f"After {trigger.value} seconds on the page",
        "scroll": f"Having scrolled {trigger.value} %",
        "exit": "About to leave",
        "idle": f"After {trigger.value} seconds of doing nothing",
        "utm": f"Coming by utm_{trigger.value}",
    }[trigger.kind]
    return f"{when}: " + (f"“{trigger.text}”" if trigger.action == "greet" else "opens the chat")
