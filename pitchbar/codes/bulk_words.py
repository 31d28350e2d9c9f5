"""An edit of many codes in sentences, for who is asked before it is done."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from pitchbar.codes.bulk_plans import BulkEdit, EditPlan
from pitchbar.codes.labels.views import codes_in_words
from pitchbar.codes.models import ARCHIVED
from pitchbar.core.wording import plain_address


def describe(plan: EditPlan, edit: BulkEdit, zone: str) -> list[str]:
    """One sentence for each thing that was chosen, with how many codes it changes."""
    return [*_of_labels(plan, edit), *_of_values(plan, edit, zone), *_of_status(plan, edit)]


def _of_labels(plan: EditPlan, edit: BulkEdit) -> Iterator[str]:
    for name in edit.add:
        count = plan.count_label(name, is_added=True)
        yield f"Label “{name}” is put on {codes_in_words(count)}{_rest(plan, count, 'have it')}."
    for name in edit.remove:
        count = plan.count_label(name, is_added=False)
        rest = _rest(plan, count, "do not have it")
        yield f"Label “{name}” comes off {codes_in_words(count)}{rest}."


def _of_values(plan: EditPlan, edit: BulkEdit, zone: str) -> Iterator[str]:
    names = {
        "campaign": "The campaign",
        "starts_at": "The start",
        "ends_at": "The end",
        "fallback_url": "The fallback address",
    }
    for name, words in names.items():
        if name in edit.values:
            value, count = edit.values[name], plan.count(name)
            act = f"becomes {_shown(value, zone)} on" if value else "is cleared on"
            rest = _rest(plan, count, "have it so" if value else "have none")
            yield f"{words} {act} {codes_in_words(count)}{rest}."
    if "attribution" in edit.values:
        count = plan.count("attribution")
        act = "on" if edit.values["attribution"] else "off"
        rest = _rest(plan, count, "have it so")
        yield f"Attribution is switched {act} for {codes_in_words(count)}{rest}."


def _of_status(plan: EditPlan, edit: BulkEdit) -> Iterator[str]:
    if not edit.status:
        return
    count = plan.count("status")
    if edit.status == ARCHIVED:
        rest = _rest(plan, count, "are archived")
        yield f"{codes_in_words(count).capitalize()} {_verb(count)} archived{rest}."
    else:
        rest = _rest(plan, count, "are active")
        yield f"{codes_in_words(count).capitalize()} {_verb(count)} active again{rest}."


def _verb(count: int) -> str:
    return "is" if count == 1 else "are"


def _rest(plan: EditPlan, count: int, words: str) -> str:
    """How many of the chosen need no change."""
    left = len(plan.codes) - count - len(plan.refusals)
    return f" ({left:,} {words} already)" if left > 0 else ""


def _shown(value: datetime | str, zone: str) -> str:
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(zone)).strftime("%-d %B %Y, %H:%M %Z")
    return plain_address(value) if "://" in value else f"“{value}”"
