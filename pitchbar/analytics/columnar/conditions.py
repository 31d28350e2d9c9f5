"""Filters as ClickHouse reads them. Values of people go beside the text, as parameters."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from pitchbar.analytics.resolving import Condition, Stored
from pitchbar.analytics.sql.slices import Slice
from pitchbar.codes.labels.models import CodeLabel


class Conditions:
    """The text of a WHERE, for scans or conversions, and its parameters."""

    def __init__(
        self, connection: Connection, rows: Slice, conditions: Sequence[Condition]
    ) -> None:
        self._connection = connection
        self._workspace_id = rows.workspace_id
        self.parameters: dict[str, Any] = {}
        clauses = [f"workspace_id = {rows.workspace_id:d}"]
        if rows.code_id is not None:
            clauses.append(f"code_id = {rows.code_id:d}")
        self._text = " AND ".join([*clauses, *map(self._fulfils, conditions)])

    def within(self, time_column: str, rows: Slice, *, since: bool) -> str:
        """With the time of the rows; since the span begins, or since its first day does."""
        start = rows.since if since and rows.since else rows.windows[0].start
        end = rows.windows[-1].end
        return (
            f"{self._text} AND {time_column} >= {moment(int(start.timestamp()))}"
            f" AND {time_column} < {moment(int(end.timestamp()))}"
        )

    def _fulfils(self, condition: Condition) -> str:
        clauses = []
        if condition.included is not None:
            clauses.append(self._any(condition, condition.included, condition.includes_none))
        if condition.excluded:
            clauses.append(f"NOT {self._any(condition, condition.excluded, False)}")
        if condition.excludes_none:
            clauses.append(f"NOT {self._none(condition)}")
        return " AND ".join(clauses) or "true"

    def _any(self, condition: Condition, values: Sequence[Stored], with_none: bool) -> str:
        found = [self._has(condition, values)] if values else []
        return f"({' OR '.join([*found, *([self._none(condition)] if with_none else [])]) or '0'})"

    def _has(self, condition: Condition, values: Sequence[Stored]) -> str:
        dimension = condition.dimension
        if dimension.kind == "label":
            return f"code_id IN {self._named('Int64', self._codes_with(values))}"
        kind = "String" if dimension.kind == "text" else "Int64"
        return f"{dimension.column} IN {self._named(kind, list(values))}"

    def _none(self, condition: Condition) -> str:
        dimension = condition.dimension
        if dimension.kind == "label":
            return f"(code_id NOT IN {self._named('Int64', self._codes_with(None))})"
        nothing = "''" if dimension.kind == "text" else "0"
        return f"({dimension.column} = {nothing})"

    def _named(self, kind: str, values: list[Any]) -> str:
        name = f"v{len(self.parameters)}"
        self.parameters[name] = values
        return f"{{{name}:Array({kind})}}"

    def _codes_with(self, labels: Sequence[Stored] | None) -> list[int]:
        """Codes that carry one of the labels; None: any label."""
        query = select(CodeLabel.code_id).where(CodeLabel.workspace_id == self._workspace_id)
        if labels is not None:
            query = query.where(CodeLabel.label_id.in_(labels))
        return list(self._connection.scalars(query.distinct()))


def moment(seconds: int) -> str:
    return f"fromUnixTimestamp64Micro({seconds * 1_000_000}, 'UTC')"
