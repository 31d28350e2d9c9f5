"""What features above the codes show of them: columns of the list, panels of a code's page, and
what can be done there.

Codes know nothing of those features; whoever has something to show registers it here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from markupsafe import Markup
from sqlalchemy import ColumnElement

from pitchbar.codes.models import Code
from pitchbar.workspaces.models import Workspace

Place = Literal["main", "below"]


Kind = Literal["number", "moment", "line"]


@dataclass(frozen=True)
class Column:
    """A column of numbers, of moments (each perhaps None), or of small lines (a row of numbers).

    Attributes:
        room: "any" is shown on every screen; "some" needs a desk's, "much" a large one.
        key: what the address of a list calls it that is sorted by it.
        rank: gives what such a list is sorted by, for each `Code` of a query.
    """

    label: str
    kind: Kind = "number"
    room: Literal["any", "some", "much"] = "any"
    key: str = ""
    rank: Callable[[Workspace], ColumnElement[Any]] | None = None


@dataclass(frozen=True)
class Columns:
    """Columns that one query fills for all rows: `load` gets code ids and gives, by id, a value
    for each column. A code that it leaves out has nothing in them.
    """

    columns: tuple[Column, ...]
    load: Callable[[Workspace, Sequence[int]], Mapping[int, tuple[Any, ...]]]


@dataclass(frozen=True)
class Panel:
    """`render` gives the HTML of one element; "main" stands beside the image, "below" under it.
    `position` is its place there, smallest first.
    """

    render: Callable[[Workspace, Code], Markup]
    place: Place
    position: int = 10


@dataclass(frozen=True)
class Action:
    """A page of one code, led to from its head; `endpoint` takes the slug and the code's id."""

    right: str
    endpoint: str
    icon: str
    label: str


@dataclass(frozen=True)
class ListAction:
    """A page about all codes, led to from the head of their list; `endpoint` takes the slug."""

    right: str
    endpoint: str
    icon: str
    label: str


@dataclass(frozen=True)
class FilledColumn:
    """A column with its values by code id."""

    column: Column
    values: Mapping[int, Any]


_columns: list[Columns] = []
_panels: list[Panel] = []
_actions: list[Action] = []
_list_actions: list[ListAction] = []


def register_columns(columns: Columns) -> None:
    if columns not in _columns:
        _columns.append(columns)


def register_panel(panel: Panel) -> None:
    if panel not in _panels:
        _panels.append(panel)


def register_action(action: Action) -> None:
    if action not in _actions:
        _actions.append(action)


def register_list_action(action: ListAction) -> None:
    if action not in _list_actions:
        _list_actions.append(action)


def actions_of_list() -> tuple[ListAction, ...]:
    """In the order in which they were registered."""
    return tuple(_list_actions)


def list_actions() -> tuple[Action, ...]:
    """In the order in which they were registered."""
    return tuple(_actions)


def find_rank(workspace: Workspace, key: str) -> ColumnElement[Any] | None:
    """What a list is sorted by whose address names that column."""
    for column in (column for group in _columns for column in group.columns):
        if column.rank and column.key == key:
            return column.rank(workspace)
    return None


def load_columns(workspace: Workspace, codes: Sequence[Code]) -> list[FilledColumn]:
    """All columns, left to right, for the codes of one page of the list."""
    return [column for group in _columns for column in _fill(group, workspace, codes)]


def render_panels(workspace: Workspace, code: Code) -> dict[Place, list[Markup]]:
    """The panels of each place, in their order, and else in that of their registration."""
    panels: dict[Place, list[Markup]] = {"main": [], "below": []}
    for panel in sorted(_panels, key=lambda panel: panel.position):
        panels[panel.place].append(panel.render(workspace, code))
    return panels


def _fill(group: Columns, workspace: Workspace, codes: Sequence[Code]) -> list[FilledColumn]:
    rows = group.load(workspace, [code.id for code in codes])
    return [
        FilledColumn(column, {code_id: row[index] for code_id, row in rows.items()})
        for index, column in enumerate(group.columns)
    ]
