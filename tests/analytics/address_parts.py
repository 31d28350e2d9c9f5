from itertools import count
from typing import Any

from flask import Flask

from pitchbar.analytics.boards.annotations.services import add_annotation
from pitchbar.analytics.boards.saved_views.services import save_view
from pitchbar.analytics.public_stats.services import publish
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from tests.analytics.factories import make_export, make_scan
from tests.support.factories import People, make_code

_numbers = count(1)


def make_parts(app: Flask, people: People) -> dict[str, Any]:
    view = save_view(people.workspace, SYSTEM, name=f"View {next(_numbers)}", query="country=DE")
    note = add_annotation(people.workspace, SYSTEM, day=clock.now().date(), text="Posters up")
    scan = make_scan(people.workspace)
    code = make_code(people.workspace)
    publish(code, SYSTEM, shows=["chart"], password=None)
    db.session.commit()
    export = make_export(people.workspace)
    return {
        "view_id": view.id,
        "annotation_id": note.id,
        "dimension_key": "country",
        "scan_id": scan.id,
        "export_id": export.id,
        "short_code": code.short_code,
    }
