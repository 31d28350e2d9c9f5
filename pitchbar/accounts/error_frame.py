"""Errors on the pages of an account keep their frame, for who is signed in."""

from flask import request
from flask_login import current_user

from pitchbar.core.features import ErrorFrame
from pitchbar.core.form_pages import find_form_page, find_page_above
from pitchbar.extensions import db


def frame_of_error(_status: int) -> ErrorFrame | None:
    if not request.path.startswith("/account/"):
        return None
    db.session.rollback()
    if not current_user.is_authenticated:
        return None
    is_form = request.method == "POST"
    way_back = find_form_page(request.path) if is_form else find_page_above(request.path)
    return ErrorFrame("errors/in_account.html", {"way_back": way_back})
