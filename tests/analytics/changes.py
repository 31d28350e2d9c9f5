from typing import Any

from pitchbar.analytics.boards.annotations.services import add_annotation
from pitchbar.analytics.boards.saved_views.services import save_view
from pitchbar.analytics.public_stats.services import publish
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from tests.analytics.factories import make_export
from tests.support.changes import Change
from tests.support.factories import People, make_code


def _view(people: People) -> dict[str, Any]:
    view = save_view(people.workspace, SYSTEM, name="Germany", query="country=DE")
    db.session.commit()
    return {"view_id": view.id}


def _note(people: People) -> dict[str, Any]:
    note = add_annotation(people.workspace, SYSTEM, day=clock.now().date(), text="Posters up")
    db.session.commit()
    return {"annotation_id": note.id}


_NOTE = {"day": "2026-11-05", "text": "Advert in the paper", "code_id": "0"}


def _export(people: People) -> dict[str, Any]:
    return {"export_id": make_export(people.workspace, state="failed").id}


def _code(people: People) -> dict[str, Any]:
    return {"code_id": make_code(people.workspace).id}


def _open_code(people: People) -> dict[str, Any]:
    code = make_code(people.workspace)
    publish(code, SYSTEM, shows=["chart"], password=None)
    db.session.commit()
    return {"code_id": code.id}


_FILE = "the file is a copy; what it was made from is on record"

CHANGES = {
    "POST /w/<slug>/exports": Change({"kind": "csv", "query": "range=7d"}),
    "POST /w/<slug>/exports/<int:export_id>/retry": Change(parts=_export, unaudited=_FILE),
    "POST /w/<slug>/exports/<int:export_id>/removal": Change(parts=_export, unaudited=_FILE),
    "POST /w/<slug>/codes/<int:code_id>/public-stats": Change({"shows_chart": "y"}, parts=_code),
    "POST /w/<slug>/codes/<int:code_id>/public-stats/removal": Change(parts=_open_code),
    "POST /w/<slug>/views": Change({"name": "Phones", "query": "device=phone"}),
    "POST /w/<slug>/views/<int:view_id>": Change({"name": "Home"}, parts=_view),
    "POST /w/<slug>/views/<int:view_id>/deletion": Change(parts=_view),
    "POST /w/<slug>/notes": Change(_NOTE),
    "POST /w/<slug>/notes/<int:annotation_id>": Change(_NOTE, parts=_note),
    "POST /w/<slug>/notes/<int:annotation_id>/deletion": Change(parts=_note),
    "POST /w/<slug>/notes/restoration": Change(_NOTE),
}
