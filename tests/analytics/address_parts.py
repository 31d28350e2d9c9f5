from itertools import count
from typing import Any

from flask import Flask

from pitchbar.analytics.boards.annotations.services import add_annotation
from pitchbar.analytics.boards.saved_views.services import save_view
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from tests.support.factories import People

_numbers = count(1)


def make_parts(app: Flask, people: People) -> dict[str, Any]:
    view = save_view(people.workspace, SYSTEM, name=f"View {next(_numbers)}", query="country=DE")
    note = add_annotation(people.workspace, SYSTEM, day=clock.now().date(), text="Posters up")
    db.session.commit()
    return {"view_id": view.id, "annotation_id": note.id, "dimension_key": "country"}
