"""Errors on the operators' pages keep their frame, for operators alone."""

from flask import request

from pitchbar.core.features import ErrorFrame
from pitchbar.core.form_pages import find_page_above
from pitchbar.extensions import db
from pitchbar.operations.access import is_operator


def frame_of_error(_status: int) -> ErrorFrame | None:
    if not request.path.startswith("/ops/"):
        return None
    db.session.rollback()
    if not is_operator():
        return None
    return ErrorFrame("errors/in_operations.html", {"way_back": find_page_above(request.path)})
