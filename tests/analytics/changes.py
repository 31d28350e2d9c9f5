from typing import Any

from pitchbar.analytics.boards.annotations.services import add_annotation
from pitchbar.analytics.boards.saved_views.services import save_view
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from tests.support.changes import Change
from tests.support.factories import People


def _view(people: People) -> dict[str, Any]:
    view = save_view(people.workspace, SYSTEM, name="Germany", query="country=DE")
    db.session.commit()
    return {"view_id": view.id}


def _note(people: People) -> dict[str, Any]:
    note = add_annotation(people.workspace, SYSTEM, day=clock.now().date(), text="Posters up")
    db.session.commit()
    return {"annotation_id": note.id}


_NOTE = {"day": "2026-11-05", "text": "Advert in the paper", "code_id": "0"}

CHANGES = {
    "POST /w/<slug>/views": Change({"name": "Phones", "query": "device=phone"}),
    "POST /w/<slug>/views/<int:view_id>": Change({"name": "Home"}, parts=_view),
    "POST /w/<slug>/views/<int:view_id>/deletion": Change(parts=_view),
    "POST /w/<slug>/notes": Change(_NOTE),
    "POST /w/<slug>/notes/<int:annotation_id>": Change(_NOTE, parts=_note),
    "POST /w/<slug>/notes/<int:annotation_id>/deletion": Change(parts=_note),
    "POST /w/<slug>/notes/restoration": Change(_NOTE),
}
