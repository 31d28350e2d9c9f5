"""What the panels and the page show of conversions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pitchbar.codes.queries import CodeName, names_of
from pitchbar.conversions.models import NO_CURRENCY, Conversion
from pitchbar.conversions.queries import list_latest, list_refused, sum_of_range
from pitchbar.conversions.refusals import REASONS
from pitchbar.scans.ranges import Range
from pitchbar.workspaces.models import Workspace

_LATEST = 6


@dataclass(frozen=True)
class Worth:
    """What the conversions of one currency sum up to, in minor units."""

    currency: str
    value_minor: int
    count: int


@dataclass(frozen=True)
class ShownConversion:
    """A conversion as a row of a list."""

    told: Conversion
    code: CodeName


@dataclass(frozen=True)
class Results:
    """What came in a span; `worth` has the currency with the most conversions first."""

    count: int
    worth: Sequence[Worth]


@dataclass(frozen=True)
class RefusedKind:
    label: str
    calls: int
    last_at: datetime
    last_said: str


@dataclass(frozen=True)
class LastCall:
    """The newest that came in: a conversion, or a call that was refused."""

    stored: ShownConversion | None
    refused: RefusedKind | None


def load_results(workspace: Workspace, code_id: int | None, span: Range) -> Results:
    sums = sum_of_range(workspace, code_id, span)
    worth = [Worth(name, value, n) for name, (n, value) in sums.items() if name != NO_CURRENCY]
    return Results(
        sum(count for count, _ in sums.values()),
        sorted(worth, key=lambda one: (-one.count, one.currency)),
    )


def load_latest(workspace: Workspace, code_id: int | None) -> Sequence[ShownConversion]:
    return show_conversions(workspace, list_latest(workspace, code_id, _LATEST))


def show_conversions(
    workspace: Workspace, conversions: Sequence[Conversion]
) -> list[ShownConversion]:
    names = names_of(workspace, {one.code_id for one in conversions})
    return [ShownConversion(one, names[one.code_id]) for one in conversions]


def load_refused(workspace: Workspace) -> list[RefusedKind]:
    """Calls of the last week; one of a later release's reasons is told by its bare name."""
    return [
        RefusedKind(REASONS[reason].label if reason in REASONS else reason, calls, at, said)
        for reason, calls, at, said in list_refused(workspace)
    ]


def find_last_call(workspace: Workspace, refused: Sequence[RefusedKind]) -> LastCall | None:
    stored = next(iter(show_conversions(workspace, list_latest(workspace, None, 1))), None)
    worst = refused[0] if refused else None
    if stored is None and worst is None:
        return None
    stored_at = stored.told.occurred_at if stored else None
    if worst and (stored_at is None or worst.last_at > stored_at):
        return LastCall(None, worst)
    return LastCall(stored, None)
