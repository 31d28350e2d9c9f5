"""What the tables of the features hold of one person, so that it can be found, handed over and
erased. A feature that stores something of visitors or of addresses registers a holding; a guard
names tables that nobody registered.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import ColumnElement, delete, false, func, select, update
from sqlalchemy.orm import Session

from pitchbar.core.database import Model, changed_rows


@dataclass(frozen=True)
class Whom:
    """Somebody as they can be named: by the fingerprint of their scans on one day, or by an e-mail
    address (in lower case). One of the two is empty.
    """

    visitor: str = ""
    email: str = ""


class Holding(Protocol):
    """What one table holds of people. `workspace_id` narrows each of the three down."""

    @property
    def table(self) -> str: ...
    @property
    def label(self) -> str: ...
    def count(self, session: Session, workspace_id: int, whom: Whom) -> int: ...
    def list_rows(
        self, session: Session, workspace_id: int, whom: Whom
    ) -> Iterator[Mapping[str, Any]]: ...
    def erase(self, session: Session, workspace_id: int, whom: Whom) -> int:
        """Returns how many rows it met; afterwards `count` is 0."""


Condition = Callable[[Whom], ColumnElement[bool] | None]


@dataclass(frozen=True)
class TableHolding:
    """Rows of a table with a `workspace_id`.

    Attributes:
        where: which rows are somebody's; None when none can be.
        cleared: columns by name, and what they are set to; without any, the rows are deleted.
        hidden: columns that say nothing to the person, and are not handed over.
    """

    model: type[Model]
    label: str
    where: Condition
    cleared: Mapping[str, Any] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset({"workspace_id"})

    @property
    def table(self) -> str:
        return str(self.model.__tablename__)

    def count(self, session: Session, workspace_id: int, whom: Whom) -> int:
        rows = select(func.count()).select_from(self.model).where(*self._of(workspace_id, whom))
        return session.scalar(rows) or 0

    def list_rows(
        self, session: Session, workspace_id: int, whom: Whom
    ) -> Iterator[Mapping[str, Any]]:
        table = self.model.__table__
        columns = [column for column in table.columns if column.key not in self.hidden]
        query = select(*columns).where(*self._of(workspace_id, whom)).order_by(*table.primary_key)
        for row in session.execute(query.execution_options(yield_per=1000)).mappings():
            yield {str(name): value for name, value in row.items()}

    def erase(self, session: Session, workspace_id: int, whom: Whom) -> int:
        of_whom = self._of(workspace_id, whom)
        if self.cleared:
            change: Any = update(self.model).where(*of_whom).values(self.cleared)
        else:
            change = delete(self.model).where(*of_whom)
        return changed_rows(session, change.execution_options(synchronize_session=False))

    def _of(self, workspace_id: int, whom: Whom) -> tuple[ColumnElement[bool], ...]:
        condition = self.where(whom)
        own: Any = self.model
        return own.workspace_id == workspace_id, false() if condition is None else condition


_holdings: dict[str, Holding] = {}


def register_holding(holding: Holding) -> None:
    """A later one stands above: what it holds may be found through those before it."""
    _holdings[holding.table] = holding


def list_holdings() -> tuple[Holding, ...]:
    return tuple(_holdings.values())


def list_holdings_to_erase() -> tuple[Holding, ...]:
    """What leads to others' rows goes last."""
    return tuple(reversed(_holdings.values()))
