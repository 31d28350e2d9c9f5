"""`pitchbar rotate-app-key`: all that is encrypted, from the keys of before to the new one.

Every column that says `info=ENCRYPTED` is one kind, and so is what jobs carry that their task calls
secret. Each batch is a transaction of its own, and each row is changed only while it is as it was
read: processes run on, and the command may be stopped and run again.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Engine, Row, select, tuple_, update

from pitchbar.core.database import Model
from pitchbar.core.encryption import Unreadable, decrypt, encrypt
from pitchbar.jobs import list_tasks
from pitchbar.jobs.declaration import HOOK_TASK, find_task
from pitchbar.jobs.ledger.models import DONE, Job

BATCH = 500
_NAMED = 10
# How every text begins that Fernet made.
_FERNET = "gAAAA"


@dataclass
class Count:
    """Of one kind. `unreadable` names the rows that none of the keys opens."""

    kind: str
    renewed: int = 0
    known: int = 0
    unreadable: list[str] = field(default_factory=list)

    def sentence(self, *, dry_run: bool) -> str:
        done = "would be renewed" if dry_run else "renewed"
        told = f"{self.kind}: {self.renewed} {done}, {self.known} under the new key already"
        if not self.unreadable:
            return told
        named = ", ".join(self.unreadable[:_NAMED])
        more = " and more" if len(self.unreadable) > _NAMED else ""
        return f"{told}, {len(self.unreadable)} under neither ({named}{more})"


class Keys:
    """Args: keys has the new one first, then those of before."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._new, self._old = keys[0], keys[1:]

    def renew(self, token: str, count: Count, name: str) -> str | None:
        """Under the new key; None where it is so already, or none opens it. Counts what it was."""
        try:
            decrypt(token, self._new)
        except Unreadable:
            pass
        else:
            count.known += 1
            return None
        try:
            text = decrypt(token, self._old)
        except Unreadable:
            count.unreadable.append(name)
            return None
        count.renewed += 1
        return encrypt(text, self._new)


def encrypted_columns() -> list[Column[Any]]:
    tables = Model.metadata.sorted_tables
    return [column for table in tables for column in table.columns if "encrypted" in column.info]


def rotate(
    engine: Engine, keys: Sequence[str], *, dry_run: bool, batch: int = BATCH
) -> list[Count]:
    """All kinds, in their order."""
    own = Keys(keys)
    columns = [_rotate_column(engine, one, own, dry_run, batch) for one in encrypted_columns()]
    return [*columns, _rotate_jobs(engine, own, dry_run, batch)]


def _rotate_column(
    engine: Engine, column: Column[Any], keys: Keys, dry_run: bool, batch: int
) -> Count:
    table = column.table
    primary = list(table.primary_key.columns)
    count = Count(f"{table.name}.{column.name}")
    query = select(*primary, column).where(column.is_not(None), column != "").order_by(*primary)

    def renew(row: Row[Any]) -> Any:
        parts: list[Any] = list(row[:-1])
        name = "/".join(map(str, parts))
        token = keys.renew(row[-1], count, name)
        if token is None:
            return None
        mine = [own == value for own, value in zip(primary, parts, strict=True)]
        return update(table).where(*mine, column == row[-1]).values({column.name: token})

    _in_batches(engine, query, primary, renew, dry_run, batch)
    return count


def _rotate_jobs(engine: Engine, keys: Keys, dry_run: bool, batch: int) -> Count:
    count = Count("jobs.arguments")
    secret = [one.name for one in list_tasks() if one.secret]
    query = (
        select(Job.id, Job.attempt, Job.task, Job.arguments)
        .where(Job.task.in_([*secret, HOOK_TASK]), Job.state != DONE)
        .order_by(Job.id)
    )

    def renew(row: Row[Any]) -> Any:
        arguments = _renewed(
            row.task, row.arguments, lambda token: keys.renew(token, count, str(row.id))
        )
        if arguments == row.arguments:
            return None
        mine = (Job.id == row.id, Job.attempt == row.attempt)
        return update(Job).where(*mine).values(arguments=arguments)

    _in_batches(engine, query, [Job.__table__.c.id], renew, dry_run, batch)
    return count


def _renewed(
    task: str, arguments: dict[str, Any], renew: Callable[[str], str | None]
) -> dict[str, Any]:
    """The arguments with what is encrypted among the secret ones under the new key."""
    if task == HOOK_TASK:
        within = _renewed(arguments["task"], arguments["arguments"], renew)
        return {**arguments, "arguments": within}
    declared = find_task(task)
    secret = declared.secret if declared else frozenset[str]()
    changed = dict(arguments)
    for name, value in arguments.items():
        if name in secret and isinstance(value, str) and value.startswith(_FERNET):
            changed[name] = renew(value) or value
    return changed


def _in_batches(
    engine: Engine,
    query: Any,
    primary: list[Any],
    renew: Callable[[Row[Any]], Any],
    dry_run: bool,
    batch: int,
) -> None:
    for rows in _pages(engine, query, primary, batch):
        changes = [change for row in rows if (change := renew(row)) is not None]
        if changes and not dry_run:
            with engine.begin() as connection:
                for change in changes:
                    connection.execute(change)


def _pages(
    engine: Engine, query: Any, primary: list[Any], batch: int
) -> Iterator[Sequence[Row[Any]]]:
    """By the primary key, which the rows begin with."""
    after: tuple[Any, ...] | None = None
    while True:
        page = query.limit(batch)
        if after is not None:
            page = page.where(tuple_(*primary) > tuple_(*after))
        with engine.connect() as connection:
            rows = connection.execute(page).all()
        if not rows:
            return
        yield rows
        after = tuple(rows[-1][: len(primary)])
