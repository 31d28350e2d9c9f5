"""The heat map: people by weekday and hour, as the workspace's clock shows them."""

from collections.abc import Sequence
from dataclasses import dataclass

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_STEPS = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """`step` is 0 (nobody) to 5 (most)."""

    hour: int
    people: int
    step: int


@dataclass(frozen=True, slots=True)
class Week:
    """Attributes:
    rows: Monday first, each with its 24 hours.
    top: the most people of a cell.
    busiest: in words; empty where there was nobody.
    """

    rows: Sequence[tuple[str, Sequence[Cell]]]
    top: int
    busiest: str


def draw_week(week: Sequence[Sequence[int]]) -> Week:
    """`week` has people by weekday and hour."""
    top = max((people for day in week for people in day), default=0)
    rows = [
        (name, [Cell(hour, people, _step(people, top)) for hour, people in enumerate(day)])
        for name, day in zip(DAYS, week, strict=True)
    ]
    return Week(rows, top, _busiest(rows, top))


def _step(people: int, top: int) -> int:
    return -(-people * _STEPS // top) if people else 0


def _busiest(rows: Sequence[tuple[str, Sequence[Cell]]], top: int) -> str:
    if not top:
        return ""
    name, cell = next((name, cell) for name, row in rows for cell in row if cell.people == top)
    return f"{name}s from {cell.hour:02}:00 to {(cell.hour + 1) % 24:02}:00"
