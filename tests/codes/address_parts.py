from itertools import count
from typing import Any

from flask import Flask
from sqlalchemy import select

from pitchbar.codes.bulk_edits import apply_edit
from pitchbar.codes.bulk_plans import BulkEdit
from pitchbar.codes.labels.services import create_label
from pitchbar.codes.models import CodeDestination
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from tests.support.factories import People, make_code

_numbers = count(1)


def make_parts(app: Flask, people: People) -> dict[str, Any]:
    code = make_code(people.workspace)
    traces = select(CodeDestination.id).where(CodeDestination.code_id == code.id)
    destination_id = db.session.scalars(traces).one()
    label = create_label(people.workspace, SYSTEM, name=f"Label {next(_numbers)}")
    wanted = BulkEdit(values={"campaign": "Spring"})
    _, edit = apply_edit(people.workspace, [code.id], wanted, SYSTEM, current_settings())
    db.session.commit()
    assert edit
    return {
        "code_id": code.id,
        "destination_id": destination_id,
        "format": "svg",
        "label_id": label.id,
        "edit_id": edit.id,
    }
