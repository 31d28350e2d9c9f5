from typing import Any

from flask import Flask
from sqlalchemy import select

from pitchbar.codes.models import CodeDestination
from pitchbar.extensions import db
from tests.support.factories import People, make_code


def make_parts(app: Flask, people: People) -> dict[str, Any]:
    code = make_code(people.workspace)
    traces = select(CodeDestination.id).where(CodeDestination.code_id == code.id)
    destination_id = db.session.scalars(traces).one()
    return {"code_id": code.id, "destination_id": destination_id, "format": "svg"}
