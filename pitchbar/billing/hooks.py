"""What billing asks of those above it: how many scans were recorded, and who operates."""

from collections.abc import Callable
from datetime import date

from pitchbar.workspaces.models import Workspace

CountRecorded = Callable[[Workspace, date], int]

_count_recorded: list[CountRecorded] = []
_is_operator: list[Callable[[], bool]] = []


def register_scan_counter(count: CountRecorded) -> None:
    """`count(workspace, first_day)`: recorded scans of the month that begins on that day."""
    _count_recorded[:] = [count]


def count_recorded(workspace: Workspace, month: date) -> int | None:
    """None where nobody counts."""
    return _count_recorded[0](workspace, month) if _count_recorded else None


def register_operator_check(check: Callable[[], bool]) -> None:
    """`check()`: whether this request's person operates the installation."""
    _is_operator[:] = [check]


def is_operator() -> bool:
    return bool(_is_operator) and _is_operator[0]()
