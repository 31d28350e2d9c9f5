"""Tables, and imports made of them."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pitchbar.events.actors import Actor
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.transfers.models import CHECK, IMPORT, CodeImport
from pitchbar.transfers.reading.plans import Options
from pitchbar.transfers.receiving import look_at
from pitchbar.transfers.services import begin_import, bring_in, look_through
from pitchbar.transfers.working import work_on
from pitchbar.workspaces.models import Workspace
from tests.support.factories import People

SAMPLES = Path(__file__).parent / "samples"
HEAD = ("name", "destination", "short code")
ROWS = (
    ("Spring menu", "https://harbour.example/menu", "spring"),
    ("Window poster", "https://harbour.example/book", ""),
)


def csv_of(rows: Sequence[Sequence[object]], head: Sequence[str] = HEAD) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue().encode()


def owner_of(people: People) -> Actor:
    return Actor("person", people.owner.id, people.owner.name)


def make_import(
    workspace: Workspace,
    by: Actor,
    data: bytes = b"",
    *,
    name: str = "links.csv",
    mapping: Mapping[str, int] | None = None,
    **options: Any,
) -> CodeImport:
    """One whose file was looked through."""
    an_import = draft(workspace, by, data, name=name)
    chosen = an_import.mapping if mapping is None else mapping
    look_through(workspace, an_import, chosen, Options(**options), goal=CHECK)
    db.session.commit()
    work_on(an_import.id, current_settings())
    return db.session.get_one(CodeImport, an_import.id)


def draft(
    workspace: Workspace, by: Actor, data: bytes = b"", *, name: str = "links.csv"
) -> CodeImport:
    table = look_at(data or csv_of(ROWS), name, current_settings())
    an_import = begin_import(workspace, by, table)
    db.session.commit()
    return an_import


def carry_out(an_import: CodeImport, by: Actor) -> CodeImport:
    bring_in(an_import, by)
    db.session.commit()
    assert an_import.goal == IMPORT
    work_on(an_import.id, current_settings())
    return db.session.get_one(CodeImport, an_import.id)
