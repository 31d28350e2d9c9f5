"""What scans show of a code: columns of the list, and a panel of its page."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template
from markupsafe import Markup

from pitchbar.codes.models import Code
from pitchbar.codes.panels import Column, Columns, Panel, register_columns, register_panel
from pitchbar.codes.states import register_scan_counter
from pitchbar.scans.code_totals import last_scan_at, people_by_day, people_ever, totals_of
from pitchbar.scans.ranges import days_of
from pitchbar.scans.usage import count_led_of, find_unrecorded
from pitchbar.workspaces.models import Workspace


def register() -> None:
    register_scan_counter(count_led_of)
    register_columns(Columns((Column("30 days", "line", room="some"),), _load_lines))
    totals = (
        Column("People, all time", key="people", rank=people_ever),
        Column("Last scan", "moment", room="much", key="last", rank=last_scan_at),
    )
    register_columns(Columns(totals, _load_totals))
    register_panel(Panel(_render_unrecorded, "main", 0))


def _load_totals(workspace: Workspace, code_ids: Sequence[int]) -> Mapping[int, tuple[Any, ...]]:
    return totals_of(workspace, code_ids)


def _load_lines(workspace: Workspace, code_ids: Sequence[int]) -> Mapping[int, tuple[Any, ...]]:
    # Without today, which would look like a fall until it is over.
    whole_days = days_of(31, workspace.time_zone)[:-1]
    lines = people_by_day(workspace, code_ids, whole_days)
    return {code_id: (line,) for code_id, line in lines.items()}


def _render_unrecorded(workspace: Workspace, code: Code) -> Markup:
    unrecorded = find_unrecorded(workspace, code.id)
    if unrecorded is None:
        return Markup("")
    return Markup(render_template("scans/_unrecorded.html", unrecorded=unrecorded))  # noqa: S704  # a template has escaped it
