import io
from typing import Any

from pitchbar.events.actors import SYSTEM
from tests.support.changes import Change
from tests.support.factories import People
from tests.transfers.factories import ROWS, carry_out, csv_of, draft, make_import

_PAGES = "/w/<slug>/codes"
_ONE = f"{_PAGES}/imports/<int:import_id>"
_API = "/api/v1/workspaces/<slug>/codes/imports"
_DRAFT = "keeps a file or a choice; nothing of the codes changes before its start, which is told"


def _file(_people: People) -> dict[str, Any]:
    return {"file": (io.BytesIO(csv_of(ROWS)), "links.csv")}


def _draft(people: People) -> dict[str, Any]:
    return {"import_id": draft(people.workspace, SYSTEM).id}


def _checked(people: People) -> dict[str, Any]:
    return {"import_id": make_import(people.workspace, SYSTEM, taken="random").id}


def _done(people: People) -> dict[str, Any]:
    one = make_import(people.workspace, SYSTEM, taken="random")
    return {"import_id": carry_out(one, SYSTEM).id}


CHANGES = {
    f"POST {_PAGES}/imports": Change(parts=_file, unaudited=_DRAFT),
    f"POST {_ONE}/columns": Change({"destination_url": "1"}, parts=_draft, unaudited=_DRAFT),
    f"POST {_ONE}/start": Change(parts=_checked),
    f"POST {_ONE}/reversal": Change(parts=_done),
    f"POST {_ONE}/removal": Change(parts=_draft, unaudited=_DRAFT),
    f"POST {_PAGES}/export": Change({"kind": "csv"}),
    f"POST {_API}": Change({"table": csv_of(ROWS).decode()}),
    f"DELETE {_API}/<int:import_id>": Change(parts=_done),
}
