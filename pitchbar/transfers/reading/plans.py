"""What an import would make of each row, before anything is made."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

# Wrong cells that are kept; what is beyond is counted.
MOST_ERRORS = 10_000
SAMPLE = 20


@dataclass(frozen=True)
class Options:
    """Attributes:
    domain: the own host on which the codes shall be; empty for ours.
    taken: what becomes of short codes that are taken, or that no code of ours can have.
    skip_same: whether rows are left out that are there as codes already.
    """

    domain: str = ""
    taken: Literal["error", "random"] = "error"
    skip_same: bool = False

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Options":
        """From a row that may be of another release."""
        names = cls.__dataclass_fields__.keys() & kept.keys()
        return cls(**{name: kept[name] for name in names})

    def kept(self) -> dict[str, Any]:
        return asdict(self)


class CellError(NamedTuple):
    """`row` counts as a spreadsheet does; `column` is empty for the row as a whole."""

    row: int
    column: str
    message: str


class PlannedCode(NamedTuple):
    """`short_code` is empty where one is to be chosen; `values` are columns of a code that are not
    as they start.
    """

    row: int
    short_code: str
    status: str
    labels: tuple[str, ...]
    values: dict[str, Any]

    def shown(self) -> dict[str, Any]:
        """For the preview: JSON."""
        values = {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in self.values.items()
        }
        own = {"row": self.row, "short_code": self.short_code, "status": self.status}
        return {**values, **own, "labels": list(self.labels)}


@dataclass
class ImportPlan:
    """Of a whole file. `problem` is what stands against it as a whole, as a sentence."""

    codes: list[PlannedCode] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    error_count: int = 0
    skipped: int = 0
    rows: int = 0
    problem: str = ""

    @property
    def is_good(self) -> bool:
        return bool(self.codes) and not self.error_count and not self.problem

    def refuse(self, errors: Sequence[CellError]) -> None:
        self.error_count += len(errors)
        self.errors += errors[: MOST_ERRORS - len(self.errors)]
