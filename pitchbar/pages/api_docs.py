"""`/api/docs`: the description of the API as a page, and the description itself."""

import re
from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from flask_login import current_user
from markupsafe import Markup, escape

from pitchbar.accounts.access import open_to_all
from pitchbar.api.document import openapi_document
from pitchbar.api.reference_page import build_reference
from pitchbar.api.responses import conditional_response
from pitchbar.api.settings import ApiSettings
from pitchbar.core.htmx import render
from pitchbar.settings import current_settings
from pitchbar.workspaces.queries import list_memberships

bp = Blueprint("api_docs", __name__, url_prefix="/api")

_ANY_WORKSPACE = "your-workspace"


@bp.get("/v1/openapi.json")
@open_to_all
def openapi() -> Response:
    response = conditional_response(jsonify(openapi_document(_app())))
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@bp.get("/docs")
@open_to_all
def docs() -> Response:
    settings = current_settings()
    slug = _own_slug()
    return render(
        "api/docs.html",
        topics=build_reference(openapi_document(_app()), slug or _ANY_WORKSPACE),
        slug=slug,
        base_url=f"{settings.app_url}/api/v1",
        rate=settings[ApiSettings].ratelimit_api,
        keep_hours=settings[ApiSettings].idempotency_hours,
    )


@bp.app_template_filter("marked_code")
def marked_code(text: str) -> Markup:
    """Puts what stands in backticks into code elements; everything else is escaped."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704  # escaped


def _own_slug() -> str:
    """A workspace of the person who reads, so that the examples can be used as they are."""
    if not current_user.is_authenticated:
        return ""
    return next((one.workspace.slug for one in list_memberships(current_user)), "")


def _app() -> Any:
    return current_app
