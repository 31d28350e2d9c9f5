from typing import Any

from tests.sheets.factories import make_sheet
from tests.support.changes import Change
from tests.support.factories import People, make_code


def _ids(people: People) -> dict[str, Any]:
    return {"code_ids": [make_code(people.workspace).id]}


def _codes(people: People) -> dict[str, Any]:
    return {"codes": str(make_code(people.workspace).id)}


def _sheet(people: People) -> dict[str, Any]:
    return {"sheet_id": make_sheet(people.workspace).id}


FIELDS: dict[str, Any] = {
    "kind": "labels",
    "label": "L7160",
    "paper": "A4",
    "captions": ["name"],
    "bleed": "0",
    "copies": "1",
    "start_position": "1",
    "number_start": "1",
    "columns": "3",
    "rows": "7",
    "label_width": "63.5",
    "label_height": "38.1",
    "margin_left": "7.2",
    "margin_top": "15.1",
    "gap_x": "2.5",
    "gap_y": "0",
    "paper_width": "210",
    "paper_height": "297",
    "caption_colour": "#000000",
}

CHANGES = {
    "POST /w/<slug>/codes/sheets": Change(FIELDS, parts=_codes),
    "POST /w/<slug>/codes/sheets/preview": Change(
        FIELDS, parts=_codes, unaudited="it draws and stores nothing"
    ),
    "POST /w/<slug>/codes/sheets/<int:sheet_id>/removal": Change(parts=_sheet),
    "POST /api/v1/workspaces/<slug>/sheets": Change({"label": "L7651"}, parts=_ids),
    "DELETE /api/v1/workspaces/<slug>/sheets/<int:sheet_id>": Change(parts=_sheet),
}
