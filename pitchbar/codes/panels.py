"""What features above the codes show of them: columns of the list, panels of a code's page.

Codes know nothing of those features; whoever has something to show registers it here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from pitchbar.codes.models import Code
from pitchbar.workspaces.models import Workspace

Place = Literal["main", "below"]


@dataclass(frozen=True)
class Column:
    """A column of numbers; a `wide` one is left out where the screen is narrow."""

    label: str
    wide: bool = False


@dataclass(frozen=True)
class Columns:
    """Columns that one query fills for all rows: `load` gets code ids and gives, by id, a number
    for each column. A code that it leaves out has zeros.
    """

    columns: tuple[Column, ...]
    load: Callable[[Workspace, Sequence[int]], Mapping[int, tuple[int, ...]]]


@dataclass(frozen=True)
class Panel:
    """`render` gives the HTML of one element; "main" stands beside the image, "below" under it."""

    render: Callable[[Workspace, Code], Markup]
    place: Place


@dataclass(frozen=True)
class FilledColumn:
    """A column with its numbers by code id."""

    column: Column
    numbers: Mapping[int, int]


_columns: list[Columns] = []
_panels: list[Panel] = []


def register_columns(columns: Columns) -> None:
    if columns not in _columns:
        _columns.append(columns)


def register_panel(panel: Panel) -> None:
    if panel not in _panels:
        _panels.append(panel)


def load_columns(workspace: Workspace, codes: Sequence[Code]) -> list[FilledColumn]:
    """All columns, left to right, for the codes of one page of the list."""
    return [column for group in _columns for column in _fill(group, workspace, codes)]


def render_panels(workspace: Workspace, code: Code) -> dict[Place, list[Markup]]:
    """The panels of each place, in the order in which they were registered."""
    panels: dict[Place, list[Markup]] = {"main": [], "below": []}
    for panel in _panels:
        panels[panel.place].append(panel.render(workspace, code))
    return panels


def _fill(group: Columns, workspace: Workspace, codes: Sequence[Code]) -> list[FilledColumn]:
    rows = group.load(workspace, [code.id for code in codes])
    return [
        FilledColumn(column, {code_id: row[index] for code_id, row in rows.items()})
        for index, column in enumerate(group.columns)
    ]
