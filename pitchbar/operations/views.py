from flask import Blueprint, Response, jsonify, make_response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from pitchbar.accounts.access import open_to_all
from pitchbar.extensions import db

bp = Blueprint("operations", __name__)


@bp.get("/up")
@open_to_all
def up() -> Response:
    """The process answers."""
    return make_response("ok\n", 200, {"Content-Type": "text/plain"})


@bp.get("/up/ready")
@open_to_all
def ready() -> Response:
    """What the process needs answers too; 503 names what does not."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return make_response(jsonify(status="unavailable", database="down"), 503)
    return make_response(jsonify(status="ok", database="ok"), 200)
