"""The triggers of an agent in its form: as many rows as there may be, of which those count that say
when. So a row is added and taken away without anything else that was typed being lost, also where
no script runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from flask import request

from pitchbar.agents.config import MOST_TRIGGERS, Trigger
from pitchbar.agents.triggers import ACTIONS, KINDS


@dataclass(frozen=True)
class TriggerRow:
    """Just as it was typed; without a `kind` it is not there. `errors` are by field."""

    kind: str = ""
    value: str = ""
    action: str = "greet"
    text: str = ""
    errors: Mapping[str, str] | None = None

    def as_trigger(self) -> Trigger | None:
        """None where it is not there, or chooses what nobody is offered."""
        if self.kind not in KINDS or self.action not in ACTIONS:
            return None
        return Trigger(
            kind=cast(Any, self.kind),
            value=self.value,
            action=cast(Any, self.action),
            text=self.text,
        )


def rows_of(triggers: Sequence[Trigger]) -> list[TriggerRow]:
    rows = [
        TriggerRow(one.kind, "" if one.value is None else str(one.value), one.action, one.text)
        for one in triggers
    ]
    return [*rows, *(TriggerRow() for _ in range(MOST_TRIGGERS - len(rows)))]


def rows_typed() -> list[TriggerRow]:
    """Where a row says when, but nothing that can be chosen, it says so."""
    rows = []
    for number in range(MOST_TRIGGERS):
        typed = {
            name: request.form.get(f"trigger-{number}-{name}", default)[:2000]
            for name, default in (("kind", ""), ("value", ""), ("action", "greet"), ("text", ""))
        }
        row = TriggerRow(typed["kind"], typed["value"], typed["action"], typed["text"])
        wrong = {"kind": KINDS, "action": ACTIONS}
        errors = {
            name: "Choose one of these."
            for name, known in wrong.items()
            if row.kind and typed[name] not in known
        }
        rows.append(replace(row, errors=errors or None))
    return rows


def triggers_of(rows: Sequence[TriggerRow]) -> tuple[Trigger, ...]:
    return tuple(made for row in rows if (made := row.as_trigger()) is not None)


def with_errors(rows: Sequence[TriggerRow], errors: Mapping[str, str]) -> list[TriggerRow]:
    """`errors` as the service names them: `triggers.0.value` is of the first row that counts."""
    there = [place for place, row in enumerate(rows) if row.as_trigger() is not None]
    marked = list(rows)
    for name, sentence in errors.items():
        _, number, field = name.split(".")
        place = there[int(number)]
        marked[place] = replace(
            marked[place], errors={**(marked[place].errors or {}), field: sentence}
        )
    return marked
