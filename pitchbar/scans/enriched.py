from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(slots=True)
class EnrichedScan:
    """A scan that is ready to be stored; `row` has the columns of `Scan`, `network` is a hash of
    the address that holds as long as `visitor`.
    """

    id: UUID
    at: datetime
    day: date
    workspace_id: int
    code_id: int
    visitor: str | None
    network: str | None
    row: dict[str, Any]
    # A key of SET_APART_LABELS; None for a person.
    set_apart: str | None

    @property
    def is_person(self) -> bool:
        return self.set_apart is None

    def set_aside(self, reason: str) -> None:
        self.set_apart = self.row["robot_reason"] = reason
