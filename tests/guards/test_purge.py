"""A purged workspace leaves nothing: every table is filled, and what the purge left is looked for.

A new table says by its `workspace_id` that it belongs to a workspace; one that does so by another
way, or holds nothing of anybody, needs a line here.
"""

import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from flask import Flask
from sqlalchemy import Column, String, Table, TypeDecorator, delete, func, insert, select

from pitchbar.accounts.models import Person
from pitchbar.core import clock
from pitchbar.core.database import Model
from pitchbar.extensions import db
from pitchbar.workspaces.deletion.services import purge_deleted_workspaces
from pitchbar.workspaces.models import UNDO_DAYS, ApiToken, Invitation, Workspace
from tests.support.factories import make_person, make_workspace

# Stands in every text that is filled in, so that it is found wherever it stays.
# No hash and no token has it by chance.
MARK = "z~"

# Rows that are a workspace's own without naming it: the column that says whose they are.
LINKED = {"kept_answers": "client_id", "mail_log": "reference", "jobs": "", "job_tags": "tag"}
# What is filled by rows above, of which each takes its own along.
WITHIN = {"job_attempts", "mail_bodies"}

# What stays of a purged workspace, and why.
KEPT = {
    "codes": "a printed short code is never given out again: the row holds it, and no more",
    "workspaces": "an empty row, to which those codes point",
}
KEPT_TEXTS = {
    "codes.short_code": "see above",
    "workspaces.plan": "says nothing of anybody",
    "codes.status": "says nothing of anybody",
    "audit_entries.subject_name": "operators see which workspace was purged, and when",
}

# Tables with a person's data that belong to the account: they go with it.
ACCOUNTS = {
    "people",
    "person_sessions",
    "two_factors",
    "recovery_codes",
    "identities",
    "email_changes",
}
# Nothing of a workspace or a person.
OPERATIONS = {
    "alert_rounds",
    "backup_runs",
    "crawl_hosts",
    "crawl_robots",
    "job_count_marks",
    "job_snapshots",
    "job_totals",
    "queue_alarms",
    "operator_settings",
    "csp_reports",
    "queue_states",
    "scan_copies",
    "scan_feed_turns",
    "reconciled_hours",
    "release_runs",
    "schedule_runs",
    "tick_leases",
    "ticks",
    "workers",
}

# Columns of these names hold something of a person.
PERSONAL_WORDS = ("email", "ip", "user_agent", "actor_name", "created_by_name", "phone", "to")

_numbers = count(1)


def tables() -> list[Table]:
    return list(Model.metadata.sorted_tables)


def has_workspace(table: Table) -> bool:
    return "workspace_id" in table.columns


def example(column: Column[Any]) -> Any:
    """A value of the column's kind, another one each time; a text holds the mark."""
    number, own = next(_numbers), column.type
    kind = (own.impl_instance if isinstance(own, TypeDecorator) else own).python_type
    length = getattr(column.type, "length", None)
    made: dict[type[Any], Any] = {
        str: f"{MARK}{number}"[:length],
        int: number,
        float: float(number),
        bool: False,
        bytes: f"{MARK}{number}".encode(),
        datetime: clock.now(),
        date: clock.now().date(),
        object: {MARK: number},  # JSON
        uuid.UUID: uuid.uuid4(),
    }
    return made[kind]


class Filler:
    """Fills every table with a row for one workspace and one of its people."""

    def __init__(self, workspace: Workspace, person: Person) -> None:
        self.rows: dict[str, dict[str, Any]] = {
            "workspaces": {"id": workspace.id},
            "people": {"id": person.id},
        }

    def fill(self) -> None:
        for table in sorted(tables(), key=lambda table: table.name in {*LINKED, *WITHIN}):
            if table.name not in (*self.rows, *OPERATIONS):
                row = {column.name: self._value(column) for column in table.columns}
                db.session.execute(insert(table).values(row))
                self.rows[table.name] = row
        db.session.commit()

    def _value(self, column: Column[Any]) -> Any:
        for key in column.foreign_keys:
            return self.rows[key.column.table.name][key.column.name]
        if column.name == "workspace_id":
            return self.rows["workspaces"]["id"]
        linked: dict[str, Callable[[], Any]] = {
            "kept_answers.client_id": lambda: self.rows["api_tokens"]["id"],
            "mail_log.reference": lambda: f"invitation:{self.rows['invitations']['id']}",
            "job_tags.tag": lambda: f"invitation:{self.rows['invitations']['id']}",
            "jobs.state": lambda: "done",
        }
        return linked.get(str(column), lambda: example(column))()


def texts_left() -> Iterator[str]:
    """`table.column` of each cell that still holds the mark."""
    for table in tables():
        for row in db.session.execute(select(table)).mappings():
            for column in table.columns:
                if MARK in str(row[column.name]):
                    yield str(column)


def count_rows(table: Table, workspace_id: int) -> int:
    mine = table.c.workspace_id == workspace_id
    return db.session.scalar(select(func.count()).select_from(table).where(mine)) or 0


def purge(workspace: Workspace) -> None:
    workspace.deletion_asked_at = clock.now() - timedelta(days=UNDO_DAYS)
    db.session.commit()
    assert purge_deleted_workspaces(clock.now()) == 1
    db.session.expire_all()


def test_every_table_says_whose_it_is(app: Flask) -> None:
    known = {*LINKED, *WITHIN, *ACCOUNTS, *OPERATIONS, "workspaces"}
    own = {table.name for table in tables() if has_workspace(table)}
    unknown = sorted({table.name for table in tables()} - own - known)
    assert unknown == [], "give these a workspace_id, or say in this guard whose they are"
    assert sorted(known - {table.name for table in tables()}) == [], "these tables are gone"


def test_every_column_about_a_person_says_how_it_goes(app: Flask) -> None:
    personal = [
        column
        for table in tables()
        for column in table.columns
        if column.name in PERSONAL_WORDS
        or column.name.endswith(("_email", "_ip", "_phone"))
        or str(column) == "people.name"
    ]
    assert len(personal) > 10
    silent = [str(column) for column in personal if not column.info.get("forgotten")]
    assert silent == [], 'say with `info={"forgotten": "with …"}` when these are forgotten'


def test_purge_leaves_nothing(app: Flask) -> None:
    gone, stays = make_workspace(name=f"{MARK} gone"), make_workspace(name="Elsewhere")
    Filler(gone, make_person()).fill()
    Filler(stays, make_person()).fill()
    own = [table for table in tables() if has_workspace(table)]
    assert all(count_rows(table, gone.id) and count_rows(table, stays.id) for table in own)
    gone_id, stays_id = gone.id, stays.id
    purge(gone)
    left = [table.name for table in own if count_rows(table, gone_id)]
    assert sorted(set(left) - set(KEPT)) == [], "no subscriber of workspace.purged empties these"
    lost = [table.name for table in own if not count_rows(table, stays_id)]
    assert lost == [], "the purge took these of another workspace, too"


def test_purge_leaves_no_text(app: Flask) -> None:
    """Not in the rows that stay either, nor where rows belong to it by another way."""
    workspace, person = make_workspace(), make_person()
    for column in Model.metadata.tables["workspaces"].columns:
        if isinstance(column.type, String):
            setattr(workspace, column.name, example(column))
    Filler(workspace, person).fill()
    for name in ACCOUNTS - {"people"}:
        db.session.execute(delete(Model.metadata.tables[name]))
    assert len(set(texts_left())) > 40
    purge(workspace)
    assert sorted(set(texts_left())) == sorted(KEPT_TEXTS)
    assert db.session.scalars(select(ApiToken.id)).all() == []
    assert db.session.scalars(select(Invitation.id)).all() == []


def test_account_takes_its_rows_along(app: Flask) -> None:
    workspace, person = make_workspace(), make_person()
    Filler(workspace, person).fill()
    db.session.execute(delete(Person).where(Person.id == person.id))
    db.session.commit()
    left = {column.partition(".")[0] for column in texts_left()}
    assert sorted(left & ACCOUNTS) == [], "their person_id needs ondelete=CASCADE"
