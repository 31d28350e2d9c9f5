from itertools import count
from typing import Any

from pitchbar.codes.bulk_edits import apply_edit
from pitchbar.codes.bulk_plans import BulkEdit
from pitchbar.codes.labels.services import create_label
from pitchbar.codes.queries import list_earlier_destinations
from pitchbar.codes.services import archive_code, update_code
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from tests.support.changes import Change
from tests.support.domains import HOST, make_domain
from tests.support.factories import People, make_code

_numbers = count(1)


def _code(people: People) -> dict[str, Any]:
    return {"code_id": make_code(people.workspace, name="Menu").id}


def _code_and_domain(people: People) -> dict[str, Any]:
    make_domain(people.workspace)
    return _code(people)


def _archived_code(people: People) -> dict[str, Any]:
    code = make_code(people.workspace)
    archive_code(code, SYSTEM)
    return {"code_id": code.id}


def _moved_code(people: People) -> dict[str, Any]:
    code = make_code(people.workspace)
    update_code(code, SYSTEM, current_settings(), destination_url="https://destination.example/new")
    return {"code_id": code.id, "destination_id": list_earlier_destinations(code)[0].id}


def _label(people: People) -> dict[str, Any]:
    label = create_label(people.workspace, SYSTEM, name=f"Label {next(_numbers)}")
    db.session.commit()
    return {"label_id": label.id}


def _two_labels(people: People) -> dict[str, Any]:
    return {**_label(people), "into": _label(people)["label_id"]}


def _edit(people: People) -> dict[str, Any]:
    ids, wanted = [_code(people)["code_id"]], BulkEdit(values={"campaign": "Spring"})
    _, edit = apply_edit(people.workspace, ids, wanted, SYSTEM, current_settings())
    db.session.commit()
    assert edit
    return {"edit_id": edit.id}


_NEW_CODE = {"name": "Menu", "destination_url": "https://destination.example/menu"}
_TAGS = {"default_utm_source": "print", "default_error_correction": "Q", "fallback_url": ""}

CHANGES = {
    "POST /api/v1/workspaces/<slug>/codes": Change(_NEW_CODE),
    "PATCH /api/v1/workspaces/<slug>/codes/<int:code_id>": Change({"notes": "n"}, parts=_code),
    "DELETE /api/v1/workspaces/<slug>/codes/<int:code_id>": Change(parts=_code),
    "POST /w/<slug>/codes": Change(_NEW_CODE),
    "POST /w/<slug>/codes/<int:code_id>": Change({**_NEW_CODE, "name": "Card"}, parts=_code),
    "POST /w/<slug>/codes/<int:code_id>/address": Change({"domain": HOST}, parts=_code_and_domain),
    "POST /w/<slug>/codes/<int:code_id>/archival": Change(parts=_code),
    "POST /w/<slug>/codes/<int:code_id>/restoration": Change(parts=_archived_code),
    "POST /w/<slug>/codes/<int:code_id>/deletion": Change({"confirmation": "Menu"}, parts=_code),
    "POST /w/<slug>/codes/<int:code_id>/destinations/<int:destination_id>/restoration": Change(
        parts=_moved_code
    ),
    "POST /w/<slug>/codes/archivals": Change(parts=_code),
    "POST /w/<slug>/codes/restorations": Change(parts=_archived_code),
    "POST /w/<slug>/codes/preview": Change(_NEW_CODE, unaudited="it draws and stores nothing"),
    "POST /w/<slug>/codes/<int:code_id>/preview": Change(
        _NEW_CODE, parts=_code, unaudited="it draws and stores nothing"
    ),
    "POST /w/<slug>/codes/edits/review": Change(
        {"campaign_act": "clear"}, parts=_code, unaudited="it asks, and changes nothing"
    ),
    "POST /w/<slug>/codes/edits": Change(
        {"campaign_act": "set", "campaign": "Spring"}, parts=_code
    ),
    "POST /w/<slug>/codes/edits/<int:edit_id>/reversal": Change(parts=_edit),
    "POST /w/<slug>/settings/codes": Change(_TAGS),
    "POST /api/v1/workspaces/<slug>/labels": Change({"name": "Print"}),
    "PATCH /api/v1/workspaces/<slug>/labels/<int:label_id>": Change(
        {"colour": "blue"}, parts=_label
    ),
    "DELETE /api/v1/workspaces/<slug>/labels/<int:label_id>": Change(parts=_label),
    "POST /w/<slug>/labels": Change({"name": "Paper", "colour": "red"}),
    "POST /w/<slug>/labels/<int:label_id>": Change(
        {"name": "Poster", "colour": "red"}, parts=_label
    ),
    "POST /w/<slug>/labels/<int:label_id>/merger": Change(parts=_two_labels),
    "POST /w/<slug>/labels/<int:label_id>/deletion": Change(parts=_label),
}
